/* SPDX-License-Identifier: ISC */
/* hearing.c - lets a dialogue hear what a test has for it */
#include <stdlib.h>

#include "hearing.h"
#include "xalloc.h"

/* From memory of its own and of no more bytes, so that a sanitizer sees who
 * reads behind them. */
static enum dialogue_result
hear_once(struct dialogue *d, const uint8_t *bytes, size_t n, size_t *used)
{
	uint8_t *copy = xcalloc(1, n);
	enum dialogue_result result;

	memcpy(copy, bytes, n);
	*used = SIZE_MAX;
	result = d->ops->hear(d, copy, n, used);
	free(copy);
	if (*used > n || (result == DIALOGUE_MORE && *used != n))
		ck_abort_msg("%s took %zu of %zu", d->ops->name, *used, n);
	if ((result == DIALOGUE_FAILED) != (d->error[0] != '\0'))
		ck_abort_msg("%s: %d: \"%s\"", d->ops->name, result, d->error);
	return result;
}

enum dialogue_result
hear(struct dialogue *d, const void *bytes, size_t n, size_t step, size_t *used)
{
	enum dialogue_result result = DIALOGUE_MORE;
	size_t taken;

	for (*used = 0; *used < n && result == DIALOGUE_MORE; *used += taken) {
		size_t share = n - *used < step ? n - *used : step;

		result =
		    hear_once(d, (const uint8_t *)bytes + *used, share, &taken);
	}
	return result;
}

void
expect_said(struct dialogue *d, const void *bytes, size_t n)
{
	ck_assert_uint_eq(d->out.len, n);
	if (n > 0)
		ck_assert_mem_eq(buffer_head(&d->out), bytes, n);
	buffer_consume(&d->out, n);
}

void
hear_noise(struct dialogue *d, uint64_t seed, struct bytes likely, size_t limit)
{
	enum dialogue_result result = DIALOGUE_MORE;
	struct rng rng = rng_of(seed);
	size_t heard = 0, used;
	uint8_t noise[64];

	while (result == DIALOGUE_MORE) {
		size_t n = 1 + rng_below(&rng, sizeof(noise));

		rng_fill(&rng, noise, n);
		for (size_t i = 0; i < n; i++) {
			if (rng_below(&rng, 8) > 0)
				noise[i] =
				    (uint8_t)
					likely.at[rng_below(&rng, likely.len)];
		}
		result = hear(d, noise, n, n, &used);
		heard += used;
		if (heard > limit)
			ck_abort_msg("seed %llu: no end after %zu bytes",
			    (unsigned long long)seed, heard);
	}
}
