/* SPDX-License-Identifier: ISC */
/* race.h - several addresses of one host, and the first that answers
 *
 * RFC 8305, "Happy Eyeballs" version 2: the families take turns (section 4),
 * an attempt gets a head start before the next one is made (section 5), or
 * none when it failed, and the first that succeeds ends the others.
 *
 * The race decides when; what an attempt is, its operations know. */
#ifndef NCX_RACE_H
#define NCX_RACE_H

#include <stdint.h>

#include "endpoint.h"

/* ms; RFC 8305 section 8, the recommended Connection Attempt Delay */
#define RACE_DELAY_MS 250

struct attempt {
	const struct address *to;
	int fd;           /* for the operations; -1 at first */
	int64_t start_ns; /* of its last start; clock.h */
	bool under_way;
};

/* Each gives 0: connected, IO_WAIT: under way, IO_ERROR: failed, and then the
 * attempt is as it was before. */
struct race_ops {
	int (*start)(struct attempt *, void *arg);
	int (*check)(struct attempt *, void *arg); /* of one under way */
};

struct race {
	const struct race_ops *ops;
	void *arg;
	struct attempt *attempts; /* owned; in the order to start them */
	size_t count, started;
	size_t under_way; /* so many of the started */
	int64_t delay_ms; /* head start; negative: one at a time */
	int64_t next_ms;  /* when the next may start */
};

/* The addresses are borrowed. */
void race_init(
    struct race *, const struct address *, const struct race_ops *, void *arg);

/* Make what progress can be made now.  0: *winner has connected, and is no
 * longer under way; IO_WAIT: run it again when an attempt may be decided, or at
 * race_deadline(); IO_ERROR: all have failed. */
int race_run(struct race *, int64_t now_ms, struct attempt **winner);

/* When the next attempt is due; CLOCK_NEVER: when none is left to start */
int64_t race_deadline(const struct race *);

void race_free(struct race *); /* a zeroed one is fine */

#endif
