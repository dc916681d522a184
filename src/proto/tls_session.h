/* SPDX-License-Identifier: ISC */
/* tls_session.h - the handshake that turns a channel into a TLS one
 *
 * Theory of operation: the channel keeps its socket and gets other operations.
 * Its shut sends close_notify and leaves the socket open, so that reading goes
 * on (RFC 8446 section 6.1); a peer that ends without one has cut the stream,
 * which is an error.  It is read and written in memory only. */
#ifndef NCX_TLS_SESSION_H
#define NCX_TLS_SESSION_H

#include "channel.h"
#include "tls_context.h"

struct tls_request {
	struct tls_context *context; /* borrowed; client or server */
	/* The name that the peer has to have, NULL: any; a client also tells it
	 * to the server (RFC 6066 section 3) unless it is an address.  Both are
	 * borrowed until the handshake is over. */
	const char *name;
	const char *known_as; /* HOST:PORT among the known peers; or NULL */
	int64_t limit_ms;     /* give it up after so long; -1: never */
	/* Called once, with what was agreed or with why it failed; either may
	 * be NULL */
	void (*done)(struct channel *, const struct tls_facts *, void *arg);
	void (*failed)(const char *why, int error_code, void *arg);
	void *arg;
};

/* For a channel that is connected, with a stream socket. */
struct handshake *tls_handshake_new(const struct tls_request *);

#endif
