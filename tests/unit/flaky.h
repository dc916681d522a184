/* SPDX-License-Identifier: ISC */
/* flaky.h - a channel that gives and takes random shares and often says wait
 *
 * Its descriptor is always ready, for whatever event, so that a loop is never
 * stuck; the same seed gives the same schedule. */
#ifndef NCX_TEST_FLAKY_H
#define NCX_TEST_FLAKY_H

#include "buffer.h"
#include "channel.h"
#include "support.h"

struct flaky {
	struct rng rng;
	const uint8_t *input; /* what it gives, borrowed */
	size_t input_len;
	size_t share;    /* bytes; at most so many at once, 0: any number */
	size_t waits;    /* one operation of so many says wait; 0: none */
	int read_error;  /* errno in place of the end; 0: the end */
	size_t take_max; /* bytes; then writing fails */
	int write_error; /* errno of that; 0: it takes all */

	size_t given;
	struct buffer taken;
	struct buffer refused; /* the last write, if it was told to wait */
	unsigned reads, writes, shuts, closes; /* calls */
	bool late;    /* it was written to after its end */
	bool changed; /* what it told to wait did not come again */
};

/* room: bytes that it will be given to take. */
void flaky_init(struct flaky *, uint64_t seed, size_t room);
void flaky_free(struct flaky *);

struct channel *flaky_channel(struct flaky *); /* borrows it */

#endif
