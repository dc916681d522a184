/* SPDX-License-Identifier: ISC */
/* tls_session.h - the handshake that turns a channel into a TLS one
 *
 * Theory of operation: the channel keeps its socket and gets other operations.
 * Its shut sends close_notify and leaves the socket open, so that reading goes
 * on (RFC 8446 section 6.1); a peer that ends without one has cut the stream,
 * which is an error.  It is read and written in memory only. */
#ifndef NCX_TLS_SESSION_H
#define NCX_TLS_SESSION_H

#include <errno.h>

#include "channel.h"
#include "tls_context.h"

/* error_code of a channel whose peer has refused us by an alert */
#define TLS_REFUSED EKEYREJECTED

/* Strings are borrowed until the handshake is over. */
struct tls_request {
	struct tls_context *context; /* borrowed; client or server */
	const char *sni;  /* a client asks for it, unless it is an address (RFC
			   * 6066 section 3); or NULL */
	const char *name; /* the peer's certificate has to have; NULL: any */
	/* Its HOST:PORT among the known peers, once it is connected; or NULL */
	const char *(*known_as)(void *arg);
	/* Called once: with what was agreed, to which the answer is NULL or why
	 * it will not do; or with why it failed, and the errno, ETIMEDOUT or 0.
	 * Both may be NULL */
	const char *(*done)(const struct tls_facts *, void *arg);
	void (*failed)(const char *why, int error_code, void *arg);
	/* Called before that with the certificate that is refused, if it is for
	 * that; may be NULL */
	void (*refused)(const struct tls_certificate *, void *arg);
	void *arg;
};

/* For a channel that is connected, with a stream socket. */
struct handshake *tls_handshake_new(const struct tls_request *);

#endif
