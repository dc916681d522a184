/* SPDX-License-Identifier: ISC */
/* connect.h - the handshake that gives a channel its connection */
#ifndef NCX_CONNECT_H
#define NCX_CONNECT_H

#include "channel.h"
#include "endpoint.h"
#include "sockopts.h"
#include "spare_sockets.h"
#include "unix_path.h"

/* What came of an address that was tried; all is borrowed. */
struct connect_attempt {
	const struct address *to;
	/* What failed: "connect", "set --send-buffer"; or "bind", and then it
	 * was this source */
	const char *what;
	const struct address *source;
	int error;                /* errno; ECANCELED: another was quicker */
	struct address local;     /* len 0: it had none */
	int64_t start_ns, end_ns; /* clock.h */
};

/* Called after each. */
typedef void attempt_fn(const struct connect_attempt *, void *arg);

/* All pointers are borrowed.  The lists are looked at when the handshake's turn
 * has come: a lookup before it may fill them. */
struct connect_request {
	struct address *const *addresses; /* of one host: they race */
	const int *ports;                 /* tried one after the other */
	size_t port_count;                /* 0: as the addresses say */
	struct address *const *sources;   /* to bind to; *sources NULL: any */
	struct sockopts options;
	const char *tcp_md5;   /* password of RFC 2385; NULL: none */
	struct unix_path *own; /* the path of a source in the file system */
	/* Of connections alike, without a source; NULL: none are kept */
	struct spare_sockets *spares;
	const char *about; /* for log_step(): whose it is, of several */
	attempt_fn *attempt;
	void *arg;
};

/* The handshake fails when no address is left. */
struct handshake *connect_handshake(const struct connect_request *);

/* The attempts under way of a channel: their sockets, and to where they go.
 * None where it is not connecting right now. */
typedef void pending_fn(int fd, const struct address *to, void *arg);
void connect_pending(const struct channel *ch, pending_fn *each, void *arg);

#endif
