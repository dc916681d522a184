/* SPDX-License-Identifier: ISC */
/* backoff.c - how long to wait before the next try */
#include "backoff.h"

void
backoff_init(struct backoff *b, int64_t first_ms)
{
	b->next_ms = first_ms;
}

int64_t
backoff_next(struct backoff *b, uint32_t random)
{
	int64_t wait_ms = b->next_ms, quarter = wait_ms / 4;

	if (b->next_ms < BACKOFF_LONGEST_MS) {
		b->next_ms *= 2;
		if (b->next_ms > BACKOFF_LONGEST_MS)
			b->next_ms = BACKOFF_LONGEST_MS;
	}
	return wait_ms - quarter + (int64_t)random % (2 * quarter + 1);
}
