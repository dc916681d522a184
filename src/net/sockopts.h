/* SPDX-License-Identifier: ISC */
/* sockopts.h - the options of a socket that the user can set */
#ifndef NCX_SOCKOPTS_H
#define NCX_SOCKOPTS_H

#define SOCKOPT_UNSET (-1)

/* SOCKOPT_UNSET leaves the system's default. */
struct sockopts {
	int recv_buffer; /* bytes */
	int send_buffer; /* bytes */
	int broadcast;   /* 1: datagrams may go to all */
	int debug;       /* 1: SO_DEBUG */
	int ttl;         /* hops our packets may take */
	int min_ttl;     /* hops theirs must have left */
	int tos;         /* the byte of the IP header */
};

#define SOCKOPTS_DEFAULT                                                    \
	{                                                                   \
		.recv_buffer = SOCKOPT_UNSET, .send_buffer = SOCKOPT_UNSET, \
		.broadcast = SOCKOPT_UNSET, .debug = SOCKOPT_UNSET,         \
		.ttl = SOCKOPT_UNSET, .min_ttl = SOCKOPT_UNSET,             \
		.tos = SOCKOPT_UNSET,                                       \
	}

/* Set those that fit the socket's family.  NULL, or the long name of the
 * option that failed: errno */
const char *sockopts_apply(const struct sockopts *, int fd, int family);

#endif
