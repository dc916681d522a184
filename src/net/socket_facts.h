/* SPDX-License-Identifier: ISC */
/* socket_facts.h - what the system knows of a socket, in ss(8)'s words */
#ifndef NCX_SOCKET_FACTS_H
#define NCX_SOCKET_FACTS_H

#include <stdint.h>

#include "endpoint.h"

/* "ADDRESS:PORT", "[V6]:PORT", or a path */
#define SOCKET_WHERE (ADDRESS_TEXT + 16)

struct socket_facts {
	const char *state; /* "ESTAB", "SYN-SENT"; datagrams: "UNCONN" */
	/* Bytes that wait to be read, and bytes that the peer has not
	 * acknowledged; of a TCP listener the clients that wait to be accepted,
	 * and how many may.  -1: not known */
	int64_t recv_q, send_q;
	int64_t rtt_us; /* smoothed; -1: not known, or not TCP */
	char local[SOCKET_WHERE], peer[SOCKET_WHERE];
};

/* 0, or -1: errno */
int socket_facts(int fd, struct socket_facts *);

/* An address as ss(8) has it, always in numbers; NULL and one without a name
 * are "*".  Into text, which it returns. */
const char *socket_where(const struct address *, char text[SOCKET_WHERE]);

#endif
