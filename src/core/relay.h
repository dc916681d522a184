/* SPDX-License-Identifier: ISC */
/* relay.h - two channels and the two flows between them
 *
 * By convention end[0] is our side and end[1] the network, so flow[0] is
 * outbound and flow[1] inbound.  flow[i] reads end[i] and writes end[!i].
 *
 * A relay is over when both flows are done.  What makes it end sooner - a rule,
 * -q, a fault - does so by ending a flow.  Only silence for idle_ms, a network
 * that takes nothing for stall_ms, and max_ms end it as it is; on_done can ask
 * the flows what they still hold. */
#ifndef NCX_RELAY_H
#define NCX_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "channel.h"
#include "flow.h"
#include "loop.h"

enum relay_side { RELAY_OUTBOUND, RELAY_INBOUND };

/* What ends it, besides the end of both directions. */
enum relay_until {
	UNTIL_BOTH,
	UNTIL_INBOUND,  /* the end of the network's direction */
	UNTIL_OUTBOUND, /* the end of ours */
};

enum relay_result {
	RELAY_OVER,    /* both flows are done; see their faults */
	RELAY_IDLE,    /* no byte for idle_ms */
	RELAY_STALLED, /* the network took nothing for stall_ms */
	RELAY_CUT,     /* by relay_cut() */
	RELAY_EXPIRED, /* max_ms have passed */
};

struct relay {
	struct task task;       /* first: a relay is a task */
	struct channel *end[2]; /* owned */
	struct flow flow[2];
	enum relay_until until;
	int64_t idle_ms; /* give up after so long without a byte; -1: never */
	int64_t quit_ms; /* leave so long after our input ended; -1: never */
	int64_t max_ms;  /* give up so long after the start; -1: never */
	/* When the peer talked and ended, and our input gave nothing yet: how
	 * long to wait for its first byte.  -1: for ever */
	int64_t linger_ms;
	/* An end that may take the end of what it is told for the end of both
	 * directions hears of it only after so long a silence; which flow goes
	 * to it.  -1: at once */
	int64_t patience_ms;
	/* ... unless it was told more than that and has said nothing: then it
	 * only listens.  0: it may have been told anything */
	uint64_t patience_bytes;
	enum relay_side patient;

	/* Give up when the network takes nothing of what is held for it; -1:
	 * never */
	int64_t stall_ms;

	/* When the network takes nothing any more: what it has said still goes
	 * to our end, whose own words are dropped meanwhile, until our end has
	 * taken nothing for so long.  -1: for ever, and nothing is dropped, but
	 * for a seat of a hub, where others would wait for it */
	int64_t abandon_ms;

	/* Called at the end, before anything is freed; NULL: not */
	void (*on_done)(struct relay *, enum relay_result, void *);
	void *arg;

	bool started;     /* the flows have chosen their ways */
	bool cut;         /* by relay_cut() */
	bool ready;       /* can go on without news */
	bool watched;     /* the peer's host is probed */
	bool held;        /* something for the network, when last looked at */
	bool silent;      /* our end has nothing more to drop */
	int64_t due_ms;   /* when it has to, at the latest */
	int64_t start_ms; /* 0: it has not begun */
	int64_t last_ms;  /* when the last byte moved, or the start */
	uint64_t moved;   /* bytes and reads when last looked at */
	uint64_t given;   /* of the flow to the network, likewise */
	int64_t given_ms; /* when it took some, or nothing was held for it */
	int64_t inbound_done_ms; /* 0: not yet */
	int64_t unacked_ms; /* patience: when bytes were last on their way */
	int64_t lost_ms; /* when the reader of our output left; 0: it has not */
};

/* Owns both channels, which are up.  Fields and flows may be set until it is
 * started. */
struct relay *relay_new(struct channel *, struct channel *);
void relay_start(struct relay *, struct loop *); /* the loop owns it */

/* For a relay that is under way: what ends it from now on. */
void relay_set_until(struct relay *, enum relay_until);

/* Another stall_ms, which begins now: nothing has been refused yet. */
void relay_limit_stall(struct relay *, int64_t stall_ms);

/* Let it end at its next turn, as it is. */
void relay_cut(struct relay *);

#endif
