/* SPDX-License-Identifier: ISC */
/* backoff.h - how long to wait before the next try */
#ifndef NCX_BACKOFF_H
#define NCX_BACKOFF_H

#include <stdint.h>

/* ms; the first wait, and the longest that doubling leads to */
#define BACKOFF_FIRST_MS   100
#define BACKOFF_LONGEST_MS 10000

struct backoff {
	int64_t next_ms; /* the next wait, before chance has its say */
};

void backoff_init(struct backoff *, int64_t first_ms);

/* The next wait in ms: twice the last up to BACKOFF_LONGEST_MS (or the first,
 * where that is longer), a quarter more or less by chance, so that many who
 * lost the same server do not come back together.  random is any number. */
int64_t backoff_next(struct backoff *, uint32_t random);

#endif
