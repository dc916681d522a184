/* SPDX-License-Identifier: ISC */
/* test_value.c - the arguments of options: numbers, sizes, times and words */
#include <stdio.h>

#include "support.h"
#include "value.h"

#define BAD  INT64_MIN
#define WIDE (INT64_C(1) << 50)

typedef int value_fn(const char *, int64_t least, int64_t most, int64_t *);

struct row {
	const char *text;
	int64_t least, most;
	int64_t want; /* BAD: refused */
};

static void
check_rows(value_fn *parse, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		int64_t value = 0;
		int result = parse(row->text, row->least, row->most, &value);

		ck_assert_msg(result == (row->want == BAD ? -1 : 0),
		    "\"%s\" gives %d", row->text, result);
		ck_assert_msg(row->want == BAD || value == row->want,
		    "\"%s\" is %lld", row->text, (long long)value);
	}
}

START_TEST(numbers_are_strict)
{
	static const struct row rows[] = {
		{ "0", 0, 9, 0 },
		{ "9", 0, 9, 9 },
		{ "007", 0, 9, 7 },
		{ "-5", -5, 5, -5 },
		{ "9223372036854775807", 0, INT64_MAX, INT64_MAX },
		{ "", 0, 9, BAD },
		{ " 1", 0, 9, BAD },
		{ "1 ", 0, 9, BAD },
		{ "1x", 0, 9, BAD },
		{ "x", 0, 9, BAD },
		{ "+1", 0, 9, BAD },
		{ "--1", -9, 9, BAD },
		{ "- 1", -9, 9, BAD },
		{ "-", -9, 9, BAD },
		{ "0x1", 0, 9, BAD },
		{ "1.0", 0, 9, BAD },
		{ "1e0", 0, 9, BAD },
		{ "1k", 0, 9, BAD },
		{ "\n1", 0, 9, BAD },
	};

	check_rows(value_number, rows, COUNT(rows));
}
END_TEST

START_TEST(numbers_keep_their_range)
{
	static const struct row rows[] = {
		{ "10", 0, 9, BAD },
		{ "-1", 0, 9, BAD },
		{ "-6", -5, 5, BAD },
		{ "99999999999", 0, 65535, BAD },
		{ "9223372036854775808", 0, INT64_MAX, BAD },
		{ "-9223372036854775809", INT64_MIN, 0, BAD },
		{ "99999999999999999999999999", 0, INT64_MAX, BAD },
	};

	check_rows(value_number, rows, COUNT(rows));
}
END_TEST

/* "No sign but where the range has one." */
START_TEST(minus_zero_has_a_sign)
{
	static const struct row number[] = { { "-0", 0, 9, BAD } };
	static const struct row time[] = { { "-0", 0, 9, BAD },
		{ "-0ms", 0, 9, BAD }, { "-0.0", 0, 9, BAD } };

	check_rows(value_number, number, COUNT(number));
	check_rows(value_time, time, COUNT(time));
}
END_TEST

START_TEST(sizes_have_units_of_1024)
{
	static const struct row rows[] = {
		{ "0", 0, WIDE, 0 },
		{ "4096", 1, 4096, 4096 },
		{ "64k", 1, WIDE, 65536 },
		{ "64K", 1, WIDE, 65536 },
		{ "1m", 1, WIDE, 1048576 },
		{ "1M", 1, WIDE, 1048576 },
		{ "2g", 1, WIDE, INT64_C(2147483648) },
		{ "2G", 1, WIDE, INT64_C(2147483648) },
		{ "", 0, WIDE, BAD },
		{ "k", 0, WIDE, BAD },
		{ "1kb", 0, WIDE, BAD },
		{ "1 k", 0, WIDE, BAD },
		{ "1b", 0, WIDE, BAD },
		{ "1t", 0, WIDE, BAD },
		{ "0.5k", 0, WIDE, BAD },
		{ "-1", -9, WIDE, BAD },
		{ "+1k", 0, WIDE, BAD },
		{ "1kk", 0, WIDE, BAD },
	};

	check_rows(value_size, rows, COUNT(rows));
}
END_TEST

START_TEST(sizes_keep_their_range_and_do_not_overflow)
{
	static const struct row rows[] = {
		{ "0", 1, 10, BAD },
		{ "11", 1, 10, BAD },
		{ "1k", 1, 1023, BAD },
		{ "1k", 1, 1024, 1024 },
		{ "65508", 1, 65507, BAD },
		{ "8589934591g", 0, INT64_MAX, INT64_C(8589934591) << 30 },
		{ "8589934592g", 0, INT64_MAX, BAD },
		{ "9223372036854775807g", 0, INT64_MAX, BAD },
		{ "18446744073709551617", 0, INT64_MAX, BAD },
		{ "17179869185g", 0, INT64_MAX, BAD },
	};

	check_rows(value_size, rows, COUNT(rows));
}
END_TEST

START_TEST(times_have_units_and_fractions)
{
	static const struct row rows[] = {
		{ "0", 0, WIDE, 0 },
		{ "5", 0, WIDE, 5000 },
		{ "5s", 0, WIDE, 5000 },
		{ "5S", 0, WIDE, 5000 },
		{ "500ms", 0, WIDE, 500 },
		{ "500MS", 0, WIDE, 500 },
		{ "2m", 0, WIDE, 120000 },
		{ "2h", 0, WIDE, 7200000 },
		{ "0.5", 0, WIDE, 500 },
		{ ".5", 0, WIDE, 500 },
		{ "5.", 0, WIDE, 5000 },
		{ "1.5h", 0, WIDE, 5400000 },
		{ "0.25m", 0, WIDE, 15000 },
		{ "0.000", 0, WIDE, 0 },
		{ "-1", -WIDE, WIDE, -1000 },
		{ "-1.5s", -WIDE, WIDE, -1500 },
	};

	check_rows(value_time, rows, COUNT(rows));
}
END_TEST

START_TEST(times_are_strict)
{
	static const char *const bad[] = { "", ".", "-", "-.", "s", "ms",
		"1.2.3", "..5", "1..", " 1", "1 ", "1 s", "1x", "1d", "1sec",
		"1mss", "1e3", "0x10", "+1", "--1", "1,5", "1-", "inf", "nan",
		"1m30", "1m30s", "\t1", "1\n" };

	for (size_t i = 0; i < COUNT(bad); i++) {
		int64_t ms;

		ck_assert_msg(value_time(bad[i], -WIDE, WIDE, &ms) == -1,
		    "\"%s\" is %lld", bad[i], (long long)ms);
	}
}
END_TEST

START_TEST(times_keep_their_range)
{
	static const struct row rows[] = {
		{ "1ms", 1, 10, 1 },
		{ "0", 1, 10, BAD },
		{ "10ms", 1, 10, 10 },
		{ "11ms", 1, 10, BAD },
		{ "0.011", 1, 10, BAD },
		{ "-1ms", 0, 10, BAD },
		{ "-11ms", -10, 10, BAD },
		{ "9999999999999999999", 0, WIDE, BAD },
		{ "9999999999999999999h", 0, INT64_MAX, BAD },
		{ "99999999999999999999999999999999", 0, WIDE, BAD },
	};

	check_rows(value_time, rows, COUNT(rows));
}
END_TEST

/* A limit that is set is not "at once", and one below 0 is not, either. */
START_TEST(the_least_fraction_is_not_zero)
{
	int64_t ms;

	ck_assert_int_eq(value_time("0.0001", 0, WIDE, &ms), 0);
	ck_assert_int_eq(ms, 1);
	ck_assert_int_eq(value_time("0.4ms", 0, WIDE, &ms), 0);
	ck_assert_int_eq(ms, 1);
	ck_assert_int_eq(value_time("-0.0001", -WIDE, WIDE, &ms), 0);
	ck_assert_int_lt(ms, 0);
}
END_TEST

START_TEST(every_millisecond_can_be_said_in_seconds)
{
	for (int want = 0; want < 20000; want++) {
		char text[32];
		int64_t ms = -1;

		snprintf(
		    text, sizeof(text), "%d.%03d", want / 1000, want % 1000);
		if (value_time(text, 0, WIDE, &ms) == -1 || ms != want)
			ck_abort_msg("\"%s\" is %lld", text, (long long)ms);
	}
}
END_TEST

static void
check_tos(const char *text, int want)
{
	int tos = -1, result = value_tos(text, &tos);

	ck_assert_msg(result == (want == -1 ? -1 : 0) && tos == want,
	    "\"%s\" is %d, %d", text, result, tos);
}

/* RFC 2597 section 6: class times 8 and drop precedence times 2, and two bits
 * to the left of ECN's; RFC 2474 section 4.2.2 */
START_TEST(the_type_of_service_has_its_names)
{
	for (int class = 1; class <= 4; class ++) {
		for (int drop = 1; drop <= 3; drop++) {
			char name[32];

			snprintf(name, sizeof(name), "af%d%d", class, drop);
			check_tos(name, (class * 8 + drop * 2) << 2);
		}
	}
	for (int class = 0; class <= 7; class ++) {
		char name[32];

		snprintf(name, sizeof(name), "cs%d", class);
		check_tos(name, class << 5);
	}
	check_tos("ef", 0xb8);
	check_tos("critical", 0xa0);
	check_tos("inetcontrol", 0xc0);
	check_tos("netcontrol", 0xe0);
	check_tos("lowdelay", 0x10);
	check_tos("throughput", 0x08);
	check_tos("reliability", 0x04);
	check_tos("lowcost", 0x02);
}
END_TEST

START_TEST(the_type_of_service_is_a_byte)
{
	check_tos("0", 0);
	check_tos("255", 255);
	check_tos("0x0", 0);
	check_tos("0xb8", 0xb8);
	check_tos("0xB8", 0xb8);
	check_tos("0xff", 255);
}
END_TEST

START_TEST(the_type_of_service_is_nothing_else)
{
	static const char *const bad[] = { "", "256", "-1", "+1", "1 ", " 1",
		"0x", "0x100", "0x1g", "0x-1", "0x 1", "0X1F", "0x001", "b8",
		"af", "af14", "af44", "cs8", "ef ", "EF", "x" };

	for (size_t i = 0; i < COUNT(bad); i++)
		check_tos(bad[i], -1);
}
END_TEST

START_TEST(a_choice_is_the_group_of_a_word)
{
	static const char *const choices = "4=socks4|4a=socks4a|x";

	ck_assert_int_eq(value_choice("4", choices), 0);
	ck_assert_int_eq(value_choice("socks4", choices), 0);
	ck_assert_int_eq(value_choice("4a", choices), 1);
	ck_assert_int_eq(value_choice("4A", choices), 1);
	ck_assert_int_eq(value_choice("SOCKS4a", choices), 1);
	ck_assert_int_eq(value_choice("x", choices), 2);
	ck_assert_int_eq(value_choice("only", "only"), 0);
}
END_TEST

START_TEST(a_choice_is_a_whole_word)
{
	static const char *const bad[] = { "", "=", "|", "4=socks4", "4|4a",
		"sock", "socks", "socks4aa", "5", "4 ", " 4", "x|", "xx" };

	for (size_t i = 0; i < COUNT(bad); i++)
		ck_assert_msg(
		    value_choice(bad[i], "4=socks4|4a=socks4a|x") == -1,
		    "\"%s\"", bad[i]);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		numbers_are_strict,
		numbers_keep_their_range,
		minus_zero_has_a_sign,
		sizes_have_units_of_1024,
		sizes_keep_their_range_and_do_not_overflow,
		times_have_units_and_fractions,
		times_are_strict,
		times_keep_their_range,
		the_least_fraction_is_not_zero,
		every_millisecond_can_be_said_in_seconds,
		the_type_of_service_has_its_names,
		the_type_of_service_is_a_byte,
		the_type_of_service_is_nothing_else,
		a_choice_is_the_group_of_a_word,
		a_choice_is_a_whole_word,
	};
	int failed = run_tests("value", tests, COUNT(tests));

	return failed != 0;
}
