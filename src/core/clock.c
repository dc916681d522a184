/* SPDX-License-Identifier: ISC */
/* clock.c - the monotonic clock */
#include <time.h>

#include "clock.h"

int64_t
clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

int64_t
clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + 1;
}

int64_t
clock_wall_ns(int64_t at_ns)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec -
	    (clock_ns() - at_ns);
}

void
clock_lower(int64_t *deadline_ms, int64_t at_ms)
{
	if (at_ms < *deadline_ms)
		*deadline_ms = at_ms;
}

int64_t
clock_after(int64_t start_ms, int64_t length_ms)
{
	if (length_ms < 0 || length_ms > CLOCK_NEVER - start_ms)
		return CLOCK_NEVER;
	return start_ms + length_ms;
}
