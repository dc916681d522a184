/* SPDX-License-Identifier: ISC */
/* tls_rig.h - both ends of a TLS session in one process */
#ifndef NCX_TEST_TLS_RIG_H
#define NCX_TEST_TLS_RIG_H

#include "channel.h"
#include "tls_context.h"
#include "tls_session.h"

enum tls_end { CLIENT, SERVER, TLS_ENDS };

struct tls_rig {
	struct tls_settings settings[TLS_ENDS]; /* may be changed before open */
	struct tls_context *context[TLS_ENDS];
	struct channel *ch[TLS_ENDS];    /* NULL: closed */
	const char *name;                /* the server has to have; NULL: any */
	const char *objection[TLS_ENDS]; /* to what was agreed; NULL: none */
	struct tls_facts facts[TLS_ENDS];
	unsigned agreed[TLS_ENDS], failed[TLS_ENDS]; /* calls */
	int error_code[TLS_ENDS];
	char why[TLS_ENDS][1024];
};

/* A server that made a certificate for localhost, and a client that trusts
 * anybody. */
void tls_rig_init(struct tls_rig *);
void tls_rig_make(struct tls_rig *, enum tls_end);     /* its context */
void tls_rig_open(struct tls_rig *, const int fds[2]); /* owns them */
void tls_rig_open_end(struct tls_rig *, enum tls_end, int fd);
void tls_rig_connect(struct tls_rig *); /* over Unix sockets, to the end */
void tls_rig_free(struct tls_rig *);

/* Let both go on until neither can. */
void tls_rig_shake(struct tls_rig *);

/* What comes next from an end is this, or IO_EOF. */
void tls_rig_expect(struct tls_rig *, enum tls_end, const char *text);
int tls_rig_read_end(struct tls_rig *, enum tls_end);

#endif
