/* SPDX-License-Identifier: ISC */
/* rate.c - so many bytes a second: a token bucket */
#include "rate.h"

/* A byte a second earns one of them in a ms. */
#define UNITS 1000

/* ms; what a bucket holds, and what it is worth to wait for */
#define FULL_MS 100
#define STEP_MS 20
/* bytes; more than that need not be there at a time */
#define STEP_MAX (256 * 1024)

/* bytes a second; no machine moves as many */
#define RATE_MAX (INT64_C(1) << 50)

static int64_t
at_least_a_byte(int64_t units)
{
	return units < UNITS ? UNITS : units;
}

static int64_t
capacity(const struct rate *r)
{
	return at_least_a_byte(r->per_second * FULL_MS);
}

static int64_t
step(const struct rate *r)
{
	int64_t units = at_least_a_byte(r->per_second * STEP_MS);

	return units > STEP_MAX * UNITS ? STEP_MAX * UNITS : units;
}

/* ms until as much has been earned; n is not negative. */
static int64_t
time_for(const struct rate *r, int64_t n)
{
	return n / r->per_second + (n % r->per_second != 0);
}

static int64_t
credit_at(const struct rate *r, int64_t now_ms)
{
	int64_t passed_ms = now_ms - r->since_ms;

	if (r->since_ms == 0 || passed_ms <= 0)
		return r->credit;
	if (passed_ms >= time_for(r, capacity(r) - r->credit))
		return capacity(r);
	return r->credit + passed_ms * r->per_second;
}

void
rate_init(struct rate *r, int64_t per_second)
{
	*r = (struct rate){ .per_second =
				per_second > RATE_MAX ? RATE_MAX : per_second };
	if (per_second > 0)
		r->credit = step(r);
}

int64_t
rate_ready_ms(const struct rate *r)
{
	if (r->per_second == 0 || r->credit >= step(r))
		return r->since_ms;
	return r->since_ms + time_for(r, step(r) - r->credit);
}

size_t
rate_allows(const struct rate *r, int64_t now_ms)
{
	int64_t credit;

	if (r->per_second == 0)
		return SIZE_MAX;
	credit = credit_at(r, now_ms);
	return credit < 0 ? 0 : (size_t)(credit / UNITS);
}

void
rate_take(struct rate *r, size_t n, int64_t now_ms)
{
	if (r->per_second == 0)
		return;
	r->credit = credit_at(r, now_ms) - (int64_t)n * UNITS;
	if (now_ms > r->since_ms)
		r->since_ms = now_ms;
}
