/* SPDX-License-Identifier: ISC */
/* opener.h - a task that runs the handshakes of a channel */
#ifndef NCX_OPENER_H
#define NCX_OPENER_H

#include <stdint.h>

#include "channel.h"
#include "loop.h"

enum opener_result {
	OPENER_UP,     /* bytes may flow */
	OPENER_FAILED, /* a handshake did; channel->error */
	OPENER_LATE,   /* they took too long; they have reported it */
};

/* Called at the end, once.  Owns the channel. */
typedef void opened_fn(struct channel *, enum opener_result, void *arg);

struct opener;

/* Begins at once, and may have called back when it returns: then NULL.  Owns
 * the channel until then.  A deadline of CLOCK_NEVER is none. */
struct opener *opener_start(struct loop *, struct channel *,
    int64_t deadline_ms, opened_fn *opened, void *arg);

/* Give it up, before it has called back, which it never will: closes the
 * channel.  The loop frees it. */
void opener_cancel(struct opener *);

/* Its channel, which stays its own, before it has called back. */
const struct channel *opener_channel(const struct opener *);

#endif
