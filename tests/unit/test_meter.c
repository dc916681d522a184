/* SPDX-License-Identifier: ISC */
/* test_meter.c - numbers in, a line out that fits */
#include <string.h>

#include "meter.h"
#include "support.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

static void
check_bytes(uint64_t n, const char *want)
{
	char text[METER_TEXT];

	ck_assert_str_eq(meter_bytes(n, text), want);
}

START_TEST(bytes_are_told_in_three_digits)
{
	check_bytes(0, "0B");
	check_bytes(1, "1B");
	check_bytes(999, "999B");
	check_bytes(1000, "0.98KiB");
	check_bytes(1023, "1.00KiB");
	check_bytes(KIB, "1.00KiB");
	check_bytes(10 * KIB - 1, "10.0KiB");
	check_bytes(12345, "12.1KiB");
	check_bytes(100 * KIB - 1, "100KiB");
	check_bytes(999 * KIB, "999KiB");
	check_bytes(1000 * KIB, "0.98MiB");
	check_bytes(GIB, "1.00GiB");
	check_bytes(200 * GIB, "200GiB");
	check_bytes(5 * GIB * KIB, "5.00TiB");
	check_bytes(UINT64_MAX, "16.0EiB");
	for (uint64_t n = 1; n < UINT64_MAX / 3; n = n * 3 / 2 + 1) {
		char text[METER_TEXT];

		ck_assert_uint_le(strlen(meter_bytes(n, text)), 7);
	}
}
END_TEST

static void
check_time(int64_t seconds, const char *want)
{
	char text[METER_TEXT];

	ck_assert_str_eq(meter_time(seconds * 1000 + 999, text), want);
}

START_TEST(times_are_told_as_on_a_clock)
{
	check_time(0, "0:00");
	check_time(7, "0:07");
	check_time(59 * 60 + 59, "59:59");
	check_time(3600, "1:00:00");
	check_time(3600 + 2 * 60 + 3, "1:02:03");
	check_time(99 * 3600, "99:00:00");
	check_time(100 * 3600, "4d 4h");
	check_time(INT64_C(1000) * 86400, "1000d 0h");
}
END_TEST

START_TEST(a_steady_rate_is_known_at_once)
{
	struct meter_rate r = { 0 };

	ck_assert_uint_eq(meter_rate(&r), 0);
	meter_rate_look(&r, 100, 1000);
	ck_assert_uint_eq(meter_rate(&r), 0);
	for (int i = 1; i < 100; i++) {
		meter_rate_look(
		    &r, 100 + (uint64_t)i * 500, 1000 + (int64_t)i * 250);
		ck_assert_uint_eq(meter_rate(&r), 2000);
	}
}
END_TEST

/* After METER_MEMORY_MS about a third of it is left. */
START_TEST(a_rate_that_changes_is_followed)
{
	struct meter_rate r = { 0 };
	uint64_t bytes = 0;
	int64_t now_ms = 1000;

	meter_rate_look(&r, bytes, now_ms);
	for (int i = 0; i < 100; i++)
		meter_rate_look(&r, bytes += 2500, now_ms += 250);
	for (int i = 0; i < METER_MEMORY_MS / 250; i++)
		meter_rate_look(&r, bytes, now_ms += 250);
	ck_assert_uint_gt(meter_rate(&r), 3300);
	ck_assert_uint_lt(meter_rate(&r), 4300);
	for (int i = 0; i < 400; i++)
		meter_rate_look(&r, bytes, now_ms += 250);
	ck_assert_uint_eq(meter_rate(&r), 0);
}
END_TEST

START_TEST(two_looks_at_the_same_time_are_one)
{
	struct meter_rate r = { 0 };

	meter_rate_look(&r, 0, 1000);
	meter_rate_look(&r, 1000, 1000);
	ck_assert_uint_eq(meter_rate(&r), 0);
	meter_rate_look(&r, 1000, 2000);
	ck_assert_uint_eq(meter_rate(&r), 1000);
}
END_TEST

static void
check_line(const struct meter *m, int columns, const char *want)
{
	char text[METER_LINE];

	meter_line(m, columns, text);
	ck_assert_str_eq(text, want);
}

static struct meter
half_way(void)
{
	return (struct meter){ .sent = 512 * MIB,
		.received = 12 * KIB,
		.done = 512 * MIB,
		.size = GIB,
		.rate = 256 * MIB,
		.elapsed_ms = 2500 };
}

START_TEST(a_wide_terminal_shows_all)
{
	struct meter m = half_way();

	check_line(&m, 79,
	    "in 12.0KiB  out  512MiB   256MiB/s  0:02  "
	    "[=========>         ]   50%  ETA 0:02");
	check_line(
	    &m, 60, "in 12.0KiB  out  512MiB   256MiB/s  0:02   50%  ETA 0:02");
	check_line(&m, 39, "out  512MiB   256MiB/s   50%  ETA 0:02");
}
END_TEST

START_TEST(a_narrow_one_shows_what_is_worth_most)
{
	struct meter m = half_way();

	check_line(&m, 24, "out  512MiB  0:02   50%");
	check_line(&m, 17, "out  512MiB   50%");
	check_line(&m, 16, " 256MiB/s   50%");
	check_line(&m, 14, " 50%  ETA 0:02");
	check_line(&m, 4, " 50%");
	check_line(&m, 3, "");
	check_line(&m, 0, "");
	check_line(&m, -1, "");
}
END_TEST

START_TEST(without_a_size_there_is_no_bar)
{
	struct meter m = half_way();

	m.size = 0;
	check_line(&m, 79, "in 12.0KiB  out  512MiB   256MiB/s  0:02");
	check_line(&m, 12, "out  512MiB");
	m.received = GIB;
	check_line(&m, 12, "in 1.00GiB");
	check_line(&m, 22, "in 1.00GiB   256MiB/s");
}
END_TEST

START_TEST(sessions_are_counted_where_there_are_many)
{
	struct meter m = half_way();

	m.size = 0;
	m.open = 3;
	m.total = 12;
	check_line(
	    &m, 79, "3 of 12 open  in 12.0KiB  out  512MiB   256MiB/s  0:02");
}
END_TEST

/* Whatever the numbers: nothing is wider, and the bar fills the line. */
START_TEST(no_line_is_wider_than_asked_for)
{
	struct rng rng = rng_of(1);
	char text[METER_LINE];

	for (int i = 0; i < 20000; i++) {
		int columns = (int)rng_below(&rng, 250);
		struct meter m = { .sent =
				       rng_next(&rng) >> rng_below(&rng, 64),
			.received = rng_next(&rng) >> rng_below(&rng, 64),
			.rate = rng_next(&rng) >> rng_below(&rng, 64),
			.elapsed_ms = (int64_t)(rng_next(&rng) >>
			    (1 + rng_below(&rng, 60))),
			.total = (unsigned)rng_next(&rng) };

		m.done = m.sent;
		m.size = rng_next(&rng) >> rng_below(&rng, 64);
		meter_line(&m, columns, text);
		ck_assert_int_le((int)strlen(text), columns);
		ck_assert(strchr(text, '[') == NULL || columns > 120 ||
		    (int)strlen(text) == columns);
	}
}
END_TEST

START_TEST(all_of_it_is_said_when_it_is_all)
{
	struct meter m = half_way();
	char text[METER_LINE];

	m.done = m.size - 1;
	meter_line(&m, 79, text);
	ck_assert_ptr_nonnull(strstr(text, " 99%  ETA 0:00"));
	ck_assert_ptr_nonnull(strstr(text, "[==================>]"));
	m.done = m.size;
	meter_line(&m, 79, text);
	ck_assert_ptr_nonnull(strstr(text, "100%  ETA 0:00"));
	ck_assert_ptr_nonnull(strstr(text, "=]"));
	m.done = 0;
	meter_line(&m, 79, text);
	ck_assert_ptr_nonnull(strstr(text, "[>  "));
	ck_assert_ptr_nonnull(strstr(text, "  0%"));
}
END_TEST

START_TEST(more_than_its_size_is_no_per_cent)
{
	struct meter m = half_way();

	m.size = m.done - 1;
	check_line(&m, 79,
	    "in 12.0KiB  out  512MiB   256MiB/s  0:02  more than expected");
	check_line(&m, 15, "out  512MiB");
}
END_TEST

START_TEST(an_end_that_is_not_in_sight_is_not_told)
{
	struct meter m = half_way();
	char text[METER_LINE];

	m.rate = 0;
	meter_line(&m, 79, text);
	ck_assert_ptr_nonnull(strstr(text, "ETA -:--"));
	m.rate = 1;
	meter_line(&m, 79, text);
	ck_assert_ptr_nonnull(strstr(text, "ETA -:--"));
	m.rate = 100;
	meter_line(&m, 79, text);
	ck_assert_ptr_nonnull(strstr(text, "ETA 62d 3h"));
}
END_TEST

static void
check_summary(const struct meter *m, const char *want)
{
	char text[METER_SUMMARY];

	meter_summary(m, text);
	ck_assert_str_eq(text, want);
}

START_TEST(the_summary_has_whole_numbers)
{
	struct meter m = { .received = 7,
		.sent = GIB,
		.done = GIB,
		.size = GIB,
		.elapsed_ms = 4050 };

	check_summary(&m,
	    "7 bytes received, 1073741824 bytes sent (1.00GiB) in 4.050 s, "
	    "253MiB/s");
	m.total = 1;
	check_summary(&m,
	    "7 bytes received, 1073741824 bytes sent (1.00GiB) in 4.050 s, "
	    "253MiB/s, 1 session");
	m.total = 20;
	m.size = 0;
	m.received = 2 * GIB;
	check_summary(&m,
	    "2147483648 bytes received (2.00GiB), 1073741824 bytes sent "
	    "(1.00GiB) in 4.050 s, 506MiB/s, 20 sessions");
	m = (struct meter){ 0 };
	check_summary(&m, "0 bytes received, 0 bytes sent in 0.000 s, 0B/s");
}
END_TEST

START_TEST(the_summary_tells_of_a_size_that_was_wrong)
{
	struct meter m = {
		.sent = 500, .done = 500, .size = 400, .elapsed_ms = 1000
	};

	check_summary(&m,
	    "0 bytes received, 500 bytes sent in 1.000 s, 500B/s, "
	    "where 400 were expected");
	m.size = 600;
	check_summary(&m,
	    "0 bytes received, 500 bytes sent in 1.000 s, 500B/s, "
	    "where 600 were expected");
}
END_TEST

START_TEST(the_largest_numbers_fit)
{
	struct meter m = { .received = UINT64_MAX,
		.sent = UINT64_MAX,
		.done = UINT64_MAX,
		.size = UINT64_MAX - 1,
		.rate = UINT64_MAX,
		.elapsed_ms = INT64_MAX,
		.open = UINT32_MAX,
		.total = UINT32_MAX };
	char line[METER_LINE], text[METER_SUMMARY];

	meter_line(&m, 250, line);
	ck_assert_uint_lt(strlen(line), METER_LINE);
	meter_summary(&m, text);
	ck_assert_ptr_nonnull(strstr(text, "4294967295 sessions"));
	ck_assert_ptr_nonnull(strstr(text, " were expected"));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		bytes_are_told_in_three_digits,
		times_are_told_as_on_a_clock,
		a_steady_rate_is_known_at_once,
		a_rate_that_changes_is_followed,
		two_looks_at_the_same_time_are_one,
		a_wide_terminal_shows_all,
		a_narrow_one_shows_what_is_worth_most,
		without_a_size_there_is_no_bar,
		sessions_are_counted_where_there_are_many,
		no_line_is_wider_than_asked_for,
		all_of_it_is_said_when_it_is_all,
		more_than_its_size_is_no_per_cent,
		an_end_that_is_not_in_sight_is_not_told,
		the_summary_has_whole_numbers,
		the_summary_tells_of_a_size_that_was_wrong,
		the_largest_numbers_fit,
	};
	int failed = run_tests("meter", tests, COUNT(tests));

	return failed != 0;
}
