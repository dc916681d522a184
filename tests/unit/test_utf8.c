/* SPDX-License-Identifier: ISC */
/* test_utf8.c - one character of a text */
#include "support.h"
#include "utf8.h"

static void
check_character(const char *text, size_t bytes, uint32_t want)
{
	uint32_t point = 0;

	ck_assert_uint_eq(utf8_next(text, strlen(text), &point), bytes);
	ck_assert_uint_eq(point, want);
}

START_TEST(characters_of_every_length)
{
	check_character("a", 1, 'a');
	check_character("\x7f", 1, 0x7f);
	check_character("\xc2\x80", 2, 0x80);
	check_character("\xdf\xbf!", 2, 0x7ff);
	check_character("\xe0\xa0\x80", 3, 0x800);
	check_character("\xef\xbf\xbf", 3, 0xffff);
	check_character("\xf0\x90\x80\x80", 4, 0x10000);
	check_character("\xf4\x8f\xbf\xbf", 4, 0x10ffff);
}
END_TEST

START_TEST(a_nul_is_one_like_others)
{
	uint32_t point = 7;

	ck_assert_uint_eq(utf8_next("\0x", 2, &point), 1);
	ck_assert_uint_eq(point, 0);
}
END_TEST

START_TEST(what_is_none)
{
	static const char *const none[] = { "\x80", "\xbf", "\xff", "\xfe",
		"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80",
		"\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80",
		"\xc2", "\xc2x", "\xe2\x82", "\xe2\x82x", "\xf0\x9f\x98" };
	uint32_t point;

	for (size_t i = 0; i < COUNT(none); i++)
		ck_assert_uint_eq(
		    utf8_next(none[i], strlen(none[i]), &point), 0);
}
END_TEST

START_TEST(it_looks_at_no_more_than_there_is)
{
	uint32_t point;

	ck_assert_uint_eq(utf8_next("\xc3\xbc", 1, &point), 0);
	ck_assert_uint_eq(utf8_next("\xe2\x82\xac", 2, &point), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		characters_of_every_length,
		a_nul_is_one_like_others,
		what_is_none,
		it_looks_at_no_more_than_there_is,
	};
	int failed = run_tests("utf8", tests, COUNT(tests));

	return failed != 0;
}
