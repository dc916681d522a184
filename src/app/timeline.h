/* SPDX-License-Identifier: ISC */
/* timeline.h - what happened on the way to a session, and when (clock.h) */
#ifndef NCX_TIMELINE_H
#define NCX_TIMELINE_H

#include "connect.h"

/* One address that was tried. */
struct timeline_attempt {
	struct address to;
	struct address local; /* len 0: it had none */
	int error;            /* errno; ECANCELED: another was quicker */
	int64_t start_ns, end_ns;
};

/* attempts that are kept; those after them are counted */
#define TIMELINE_ATTEMPTS 256

/* Zeroed is an empty one. */
struct timeline {
	int64_t start_ns; /* we began to dial, or the peer was accepted */
	int64_t up_ns;    /* bytes may flow; 0: not yet */
	int64_t end_ns;   /* 0: not yet */
	struct timeline_attempt *attempts; /* owned; to the hop, in order */
	size_t attempt_count, attempts_dropped;
};

/* Failures to bind are none to connect, and left out. */
void timeline_add_attempt(struct timeline *, const struct connect_attempt *);
void timeline_free(struct timeline *);

#endif
