/* SPDX-License-Identifier: ISC */
/* test_backoff.c - how long to wait before the next try */
#include "backoff.h"
#include "support.h"

#define SEEDS 20000

/* Any number, the bounds among them. */
static uint32_t
number(struct rng *rng, int i)
{
	static const uint32_t edges[] = { 0, 1, UINT32_MAX, UINT32_MAX - 1,
		UINT32_C(1) << 31 };

	return i < (int)COUNT(edges) ? edges[i] : (uint32_t)rng_next(rng);
}

/* Whatever the random number, the wait is within a quarter of this. */
static void
check_wait(struct backoff *b, int64_t middle)
{
	int64_t least = INT64_MAX, most = 0;
	struct backoff next = *b;
	struct rng rng = rng_of(1);

	for (int i = 0; i < SEEDS; i++) {
		int64_t ms;

		next = *b;
		ms = backoff_next(&next, number(&rng, i));
		least = ms < least ? ms : least;
		most = ms > most ? ms : most;
	}
	ck_assert_int_ge(least, middle - middle / 4);
	ck_assert_int_le(most, middle + middle / 4);
	/* and it makes use of them */
	ck_assert_int_le(least, middle - middle / 5);
	ck_assert_int_ge(most, middle + middle / 5);
	*b = next;
}

START_TEST(it_doubles_up_to_the_longest)
{
	struct backoff b;

	backoff_init(&b, BACKOFF_FIRST_MS);
	check_wait(&b, 100);
	check_wait(&b, 200);
	check_wait(&b, 400);
	check_wait(&b, 800);
	check_wait(&b, 1600);
	check_wait(&b, 3200);
	check_wait(&b, 6400);
	check_wait(&b, 10000);
	check_wait(&b, 10000);
	check_wait(&b, 10000);
}
END_TEST

START_TEST(a_longer_first_wait_stays)
{
	struct backoff b;

	backoff_init(&b, 60000);
	check_wait(&b, 60000);
	check_wait(&b, 60000);
	backoff_init(&b, BACKOFF_LONGEST_MS);
	check_wait(&b, BACKOFF_LONGEST_MS);
	check_wait(&b, BACKOFF_LONGEST_MS);
	backoff_init(&b, BACKOFF_LONGEST_MS - 4);
	check_wait(&b, BACKOFF_LONGEST_MS - 4);
	check_wait(&b, BACKOFF_LONGEST_MS);
}
END_TEST

START_TEST(the_shortest_has_no_room_for_chance)
{
	struct backoff b;

	for (uint32_t random = 0; random < 100; random++) {
		backoff_init(&b, 1);
		ck_assert_int_eq(backoff_next(&b, random), 1);
		ck_assert_int_eq(backoff_next(&b, random), 2);
		ck_assert_int_ge(backoff_next(&b, random), 3);
	}
}
END_TEST

/* The longest time that --retry-delay takes. */
START_TEST(nothing_overflows)
{
	const int64_t longest = INT64_C(2147483) * 1000;
	struct backoff b;

	backoff_init(&b, longest);
	for (int i = 0; i < 100; i++) {
		int64_t ms = backoff_next(&b, UINT32_MAX);

		ck_assert_int_ge(ms, longest - longest / 4);
		ck_assert_int_le(ms, longest + longest / 4);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_doubles_up_to_the_longest,
		a_longer_first_wait_stays,
		the_shortest_has_no_room_for_chance,
		nothing_overflows,
	};
	int failed = run_tests("backoff", tests, COUNT(tests));

	return failed != 0;
}
