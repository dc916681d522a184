/* SPDX-License-Identifier: ISC */
/* test_rate.c - so many bytes a second, at times that are made up */
#include "rate.h"
#include "support.h"

#define START 5000 /* ms; some time */
#define TURNS 100000

/* Takes what may be taken, at most most at a time, whenever it may be, from
 * *now_ms on for so long; how many bytes.  late is how many ms a turn is too
 * late, at most. */
static uint64_t
take_for(struct rate *r, int64_t *now_ms, int64_t length_ms, size_t most,
    size_t late)
{
	int64_t end_ms = *now_ms + length_ms;
	struct rng rng = rng_of(1);
	uint64_t taken = 0;

	for (int turn = 0; *now_ms < end_ms; turn++) {
		int64_t ready_ms = rate_ready_ms(r);
		size_t n;

		ck_assert_int_lt(turn, TURNS);
		if (ready_ms > *now_ms) {
			*now_ms = ready_ms + (int64_t)rng_below(&rng, late + 1);
			continue;
		}
		n = rate_allows(r, *now_ms);
		ck_assert_uint_gt(n, 0);
		rate_take(r, n < most ? n : most, *now_ms);
		taken += n < most ? n : most;
	}
	return taken;
}

START_TEST(none_limits_nothing)
{
	struct rate r = { 0 };

	rate_init(&r, 0);
	ck_assert_int_le(rate_ready_ms(&r), 0);
	ck_assert_uint_eq(rate_allows(&r, START), SIZE_MAX);
	rate_take(&r, 1 << 30, START);
	ck_assert_int_le(rate_ready_ms(&r), START);
	ck_assert_uint_eq(rate_allows(&r, START), SIZE_MAX);
}
END_TEST

START_TEST(any_rate_is_kept)
{
	static const int64_t rates[] = { 1, 2, 3, 7, 10, 99, 1000, 1024, 54321,
		1 << 20, 100 << 20, INT64_C(1) << 31, INT64_C(7) << 32 };

	for (size_t i = 0; i < COUNT(rates); i++) {
		int64_t now_ms = START, seconds = rates[i] < 100 ? 100 : 2;
		double taken, due = (double)(rates[i] * seconds);
		struct rate r;

		rate_init(&r, rates[i]);
		taken =
		    (double)take_for(&r, &now_ms, seconds * 1000, SIZE_MAX, 0);
		ck_assert_msg(
		    taken >= due * 0.98 - 1 && taken <= due * 1.02 + 1,
		    "%.0f bytes instead of %.0f", taken, due);
	}
}
END_TEST

/* Whoever is late by less than the bucket holds loses nothing by it. */
START_TEST(late_turns_are_made_up_for)
{
	int64_t now_ms = START;
	struct rate r;
	uint64_t taken;

	rate_init(&r, 1000000);
	taken = take_for(&r, &now_ms, 10000, SIZE_MAX, 60);
	ck_assert_uint_ge(taken, 9800000);
	ck_assert_uint_le(taken, 10200000);
}
END_TEST

START_TEST(small_reads_keep_it_too)
{
	int64_t now_ms = START;
	struct rate r;
	uint64_t taken;

	rate_init(&r, 1000000);
	taken = take_for(&r, &now_ms, 2000, 1448, 0);
	ck_assert_uint_ge(taken, 1960000);
	ck_assert_uint_le(taken, 2040000);
}
END_TEST

START_TEST(the_first_bytes_go_at_once)
{
	struct rate r;

	rate_init(&r, 1);
	ck_assert_int_le(rate_ready_ms(&r), START);
	ck_assert_uint_eq(rate_allows(&r, START), 1);
	rate_take(&r, 1, START);
	ck_assert_int_eq(rate_ready_ms(&r), START + 1000);
	ck_assert_uint_eq(rate_allows(&r, START + 999), 0);
	ck_assert_uint_eq(rate_allows(&r, START + 1000), 1);
}
END_TEST

START_TEST(a_silence_is_no_reason_for_a_burst)
{
	static const int64_t silences[] = { 100, 1000, 3600 * 1000,
		INT64_MAX / 2 };

	for (size_t i = 0; i < COUNT(silences); i++) {
		struct rate r;

		rate_init(&r, 10000);
		rate_take(&r, rate_allows(&r, START), START);
		ck_assert_uint_eq(rate_allows(&r, START), 0);
		ck_assert_uint_eq(rate_allows(&r, START + silences[i]), 1000);
	}
}
END_TEST

START_TEST(what_was_too_much_is_waited_for)
{
	struct rate r;

	rate_init(&r, 1000);
	rate_take(&r, 20 + 65000, START); /* 20 are there */
	ck_assert_uint_eq(rate_allows(&r, START + 64999), 0);
	ck_assert_int_eq(rate_ready_ms(&r), START + 65020);
	ck_assert_uint_eq(rate_allows(&r, START + 65020), 20);
}
END_TEST

START_TEST(it_says_no_for_20_ms_at_a_time)
{
	struct rate r;

	rate_init(&r, 100000);
	rate_take(&r, rate_allows(&r, START), START);
	ck_assert_int_eq(rate_ready_ms(&r), START + 20);
	rate_take(&r, 1, START + 20);
	ck_assert_int_eq(rate_ready_ms(&r), START + 21);
	rate_init(&r, 300 << 20); /* a quarter of a MiB is enough at a time */
	rate_take(&r, rate_allows(&r, START), START);
	ck_assert_int_eq(rate_ready_ms(&r), START + 1);
}
END_TEST

START_TEST(the_largest_numbers_do_not_overflow)
{
	struct rate r;

	rate_init(&r, INT64_MAX);
	ck_assert_uint_ge(rate_allows(&r, 1), 256 * 1024);
	rate_take(&r, 1 << 20, 1);
	rate_take(&r, 1 << 20, INT64_MAX / 2);
	ck_assert_int_le(rate_ready_ms(&r), INT64_MAX / 2);
	ck_assert_uint_gt(rate_allows(&r, INT64_MAX - 1), 1 << 30);
}
END_TEST

START_TEST(a_clock_that_goes_back_gives_nothing)
{
	struct rate r;

	rate_init(&r, 1000);
	rate_take(&r, 20, START);
	ck_assert_uint_eq(rate_allows(&r, START - 1000), 0);
	rate_take(&r, 1, START - 1000);
	ck_assert_int_eq(rate_ready_ms(&r), START + 21);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		none_limits_nothing,
		any_rate_is_kept,
		late_turns_are_made_up_for,
		small_reads_keep_it_too,
		the_first_bytes_go_at_once,
		a_silence_is_no_reason_for_a_burst,
		what_was_too_much_is_waited_for,
		it_says_no_for_20_ms_at_a_time,
		the_largest_numbers_do_not_overflow,
		a_clock_that_goes_back_gives_nothing,
	};
	int failed = run_tests("rate", tests, COUNT(tests));

	return failed != 0;
}
