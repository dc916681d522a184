/* SPDX-License-Identifier: ISC */
/* rate.h - so many bytes a second: a token bucket
 *
 * It fills with time, to 100 ms' worth at most, so a silence is not made up for
 * by a burst.  What is taken may be more than it holds: then the next has to
 * wait the longer.  It says no for about 20 ms' worth at a time, and not for
 * every byte. */
#ifndef NCX_RATE_H
#define NCX_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed is a valid one that limits nothing. */
struct rate {
	int64_t per_second; /* bytes; 0: any number */
	int64_t credit;     /* at since_ms, in thousandths of a byte */
	int64_t since_ms;   /* 0: nothing has been taken yet */
};

void rate_init(struct rate *, int64_t per_second); /* 0 or more */

/* When some may be taken, as a point in time; in the past: now. */
int64_t rate_ready_ms(const struct rate *);

/* How many bytes there are to be taken; SIZE_MAX for any number. */
size_t rate_allows(const struct rate *, int64_t now_ms);

void rate_take(struct rate *, size_t n, int64_t now_ms);

#endif
