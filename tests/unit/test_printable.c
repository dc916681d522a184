/* SPDX-License-Identifier: ISC */
/* test_printable.c - text of others, so that it can be shown */
#include <string.h>

#include "printable.h"
#include "support.h"

#define TEXT(text) text, sizeof(text) - 1

static void
check(const char *text, size_t len, const char *want)
{
	char shown[256];

	memset(shown, 'x', sizeof(shown));
	ck_assert_uint_eq(
	    printable_text(shown, sizeof(shown), text, len), strlen(want));
	ck_assert_str_eq(shown, want);
}

START_TEST(what_can_be_seen_stays)
{
	check(TEXT(""), "");
	check(TEXT("a b, \"c\" \\ ~"), "a b, \"c\" \\ ~");
	check(TEXT("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"),
	    "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
	check(TEXT("\xc2\xa0\xf4\x8f\xbf\xbd"), "\xc2\xa0\xf4\x8f\xbf\xbd");
}
END_TEST

START_TEST(control_characters_are_made_visible)
{
	check(TEXT("a\rb\033[0m\177"), "a^Mb^[[0m^?");
	check(TEXT("a\nb\0c"), "a\\012b\\000c");
	check(TEXT("\xc2\x80"), "M-BM^@");
	check(TEXT("\xc2\x9f"), "M-BM^_");
}
END_TEST

START_TEST(marks_that_are_not_seen_are_made_visible)
{
	const char *const marks[] = { "\xc2\xad", "\xd8\x9c", "\xe2\x80\x8b",
		"\xe2\x80\xae", "\xe2\x81\xa6", "\xef\xbb\xbf",
		"\xf3\xa0\x80\x81" };
	char shown[64];

	for (size_t i = 0; i < COUNT(marks); i++) {
		printable_text(
		    shown, sizeof(shown), marks[i], strlen(marks[i]));
		for (const char *c = shown; *c != '\0'; c++)
			ck_assert(*c > ' ' && *c <= '~');
	}
}
END_TEST

START_TEST(what_is_no_utf8_is_made_visible)
{
	check(TEXT("\xff"), "M^?");
	check(TEXT("\xe1"), "M-a");
	check(TEXT("\xc3"
		   "a"),
	    "M-Ca");
	check(TEXT("\xe2\x82"), "M-bM^B");
	/* longer than needed, surrogates, beyond the last */
	check(TEXT("\xc1\xa1"), "M-AM-!");
	check(TEXT("\xe0\xa1"), "M-`M-!");
	check(TEXT("\xe0\x82\xa1"), "M-`M^BM-!");
	check(TEXT("\xf0\x82\x82\xa1"), "M-pM^BM^BM-!");
	check(TEXT("\xed\xa0\x80"), "M-m\\240M^@");
	check(TEXT("\xf4\x90\x80\x80"), "M-tM^PM^@M^@");
	check(TEXT("\xf8\x88\x80\x80\x80"), "M-xM^HM^@M^@M^@");
	/* the bytes behind text are none of it */
	check("\xc3\xa9", 1, "M-C");
}
END_TEST

static void
check_cut(const char *text, size_t size, const char *want)
{
	char shown[64];

	memset(shown, 'x', sizeof(shown));
	ck_assert_uint_eq(
	    printable_text(shown, size, text, strlen(text)), strlen(want));
	ck_assert_str_eq(shown, want);
	ck_assert_int_eq(shown[size], 'x');
}

START_TEST(what_is_too_long_is_cut_between_characters)
{
	check_cut("abcdef", 7, "abcdef");
	check_cut("abcdefg", 7, "abc...");
	check_cut("abcdefghijklm", 7, "abc...");
	check_cut("abcd", 4, "...");
	check_cut("abc", 4, "abc");
	check_cut("ab\xc3\xa9"
		  "def",
	    7, "ab...");
	check_cut("a\xc3\xa9"
		  "defg",
	    7,
	    "a\xc3\xa9"
	    "...");
	check_cut("ab\xff\xff", 7, "ab...");
	check_cut("\xff\xff\xff", 6, "...");
}
END_TEST

/* Every byte, alone and before others */
START_TEST(no_bytes_write_beyond_their_room)
{
	struct rng rng = rng_of(1);

	for (int round = 0; round < 20000; round++) {
		char text[6], shown[PRINTABLE_MAX + 1];
		size_t len = 1 + rng_below(&rng, sizeof(text) - 1), n;

		rng_fill(&rng, text, sizeof(text));
		shown[PRINTABLE_MAX] = 'x';
		n = printable_next(shown, text, len);
		ck_assert_uint_ge(n, 1);
		ck_assert_uint_le(n, len);
		ck_assert_uint_lt(strlen(shown), PRINTABLE_MAX);
		ck_assert_int_eq(shown[PRINTABLE_MAX], 'x');
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_can_be_seen_stays,
		control_characters_are_made_visible,
		marks_that_are_not_seen_are_made_visible,
		what_is_no_utf8_is_made_visible,
		what_is_too_long_is_cut_between_characters,
		no_bytes_write_beyond_their_room,
	};
	int failed = run_tests("printable", tests, COUNT(tests));

	return failed != 0;
}
