/* SPDX-License-Identifier: ISC */
/* tls_inside.h - what the files of TLS know of each other */
#ifndef NCX_TLS_INSIDE_H
#define NCX_TLS_INSIDE_H

#include "buffer.h"
#include "channel.h"
#include "tls_context.h"
#include "tls_library.h"
#include "tls_selfsigned.h"

/* bytes, with a NUL: what is quoted of a peer that does not speak TLS */
#define TLS_SAID_LEN 64

struct tls_context {
	struct tls_library library;
	struct tls_config *config;
	struct tls *server; /* NULL: of clients */
	bool chain;         /* a certificate has to lead to a CA */
	bool ask;           /* the peer has to show one */
	char *suites;       /* owned; of TLS 1.3, NULL: the usual ones */
	const char *const *pins;
	size_t pin_count;
	struct known_peers *known;
	struct tls_keypair own; /* made for this run; or empty */
};

/* The bytes of a TLS session, between a socket and its channel's user. */
struct tls_stream {
	const struct tls_library *library;
	struct tls *tls;         /* owned */
	struct channel *channel; /* has the socket */
	struct buffer in, out;   /* records, as they came and as they will go */
	size_t taken; /* of a write: bytes that are in out, and not reported */
	int over; /* reading: IO_EOF or IO_ERROR from now on; 0: it goes on */
	bool closed;                /* close_notify is in out, or was sent */
	bool fin;                   /* the peer's system has ended */
	int recv_error, send_error; /* errno; 0: none */
	char said[TLS_SAID_LEN];    /* the peer's first bytes; "": none yet */
};

/* A session in the context, over the stream, and its SSL; *why is NULL or says
 * why not, valid until the next call. */
struct tls *tls_context_start(struct tls_context *, const char *sni,
    struct tls_stream *, SSL **, const char **why);

struct tls_stream *tls_stream_new(struct channel *);
void tls_stream_free(struct tls_stream *); /* not the socket; NULL is fine */

/* What libtls reads and writes with; arg is the stream. */
ssize_t tls_stream_pull(struct tls *, void *, size_t, void *arg);
ssize_t tls_stream_push(struct tls *, const void *, size_t, void *arg);

/* Send what is in out: 0, IO_WAIT (and wwait is set), or IO_ERROR: it is
 * dropped, and send_error says why. */
int tls_stream_flush(struct tls_stream *);

/* The alert by which the peer has just refused us, in words; or NULL. */
const char *tls_stream_alert(const struct tls_stream *);

/* What has just failed otherwise, in OpenSSL's words or in libtls's; or NULL.
 */
const char *tls_stream_words(const struct tls_stream *);

/* The handshake is over: bytes of the channel go through it, which owns it. */
void tls_stream_use(struct tls_stream *);

#endif
