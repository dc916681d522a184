/* SPDX-License-Identifier: ISC */
/* connect.h - the handshake that gives a channel its connection */
#ifndef NCX_CONNECT_H
#define NCX_CONNECT_H

#include "channel.h"
#include "endpoint.h"
#include "sockopts.h"
#include "unix_path.h"

/* Called after each address was tried: error is 0 or the errno, what is what
 * failed: "connect", "set --send-buffer"; or "bind", and then the address is
 * the source. */
typedef void attempt_fn(
    const struct address *, const char *what, int error, void *arg);

struct connect_request {
	struct address *addresses; /* owned; tried in order */
	struct address *sources;   /* owned; to bind to; NULL: none */
	struct sockopts options;
	struct unix_path *own; /* borrowed: the path of a source in the fs */
	attempt_fn *attempt;
	void *arg;
};

/* The handshake fails when no address is left. */
struct handshake *connect_handshake(const struct connect_request *);

/* The address that is being tried, or was tried last. */
const struct address *connect_current(const struct handshake *);

#endif
