/* SPDX-License-Identifier: ISC */
/* test_c_escape.c - C escapes in text that people type */
#include "c_escape.h"
#include "support.h"

#define TEXT_MAX 64

/* All of it, and in its own place. */
static void
check_bytes(const char *text, const void *want, size_t n)
{
	uint8_t apart[TEXT_MAX], inside[TEXT_MAX];
	size_t len = strlen(text), wrong;

	memcpy(inside, text, len);
	ck_assert_int_eq(c_escape_decode(apart, text, len, &wrong), (ssize_t)n);
	ck_assert_int_eq(
	    c_escape_decode(inside, (char *)inside, len, &wrong), (ssize_t)n);
	ck_assert_mem_eq(apart, want, n);
	ck_assert_mem_eq(inside, want, n);
}

static void
check(const char *text, const char *want)
{
	check_bytes(text, want, strlen(want));
}

static void
check_wrong(const char *text, size_t at, const char *complaint)
{
	char words[C_ESCAPE_COMPLAINT];
	size_t len = strlen(text), wrong = SIZE_MAX;
	uint8_t out[TEXT_MAX];

	ck_assert_int_eq(c_escape_decode(out, text, len, &wrong), -1);
	ck_assert_uint_eq(wrong, at);
	c_escape_complaint(text + wrong, len - wrong, words);
	ck_assert_msg(strncmp(words, complaint, strlen(complaint)) == 0,
	    "%s: not %s", words, complaint);
	ck_assert_str_eq(words + strlen(complaint),
	    ": expected a C escape such as \\n or \\x1b");
}

START_TEST(every_letter_means_what_it_means_in_c)
{
	check("", "");
	check("plain", "plain");
	check("\\a\\b\\f\\n\\r\\t\\v", "\a\b\f\n\r\t\v");
	check("\\\\\\'\\\"\\?", "\\'\"?");
	check("\\e[1m", "\033[1m");
	check("GET / HTTP/1.0\\r\\n\\r\\n", "GET / HTTP/1.0\r\n\r\n");
}
END_TEST

START_TEST(numbers_are_octal_or_hexadecimal)
{
	check_bytes("\\0", "\0", 1);
	check_bytes("\\08",
	    "\0"
	    "8",
	    2);
	check("\\1", "\1");
	check("\\101", "A");
	check("\\1018", "A8");
	check("\\377", "\377");
	check("\\x1b", "\033");
	check("\\x1B", "\033");
	check("\\x9", "\t");
	check("\\x9g", "\tg");
	check("\\x414", "A4");
	check_bytes("\\x00\\x0", "\0\0", 2);
}
END_TEST

START_TEST(characters_become_utf8)
{
	check("\\u0041", "A");
	check("\\u007f\\u0080", "\x7f\xc2\x80");
	check("\\u00e9", "\xc3\xa9");
	check("\\u07ff\\u0800", "\xdf\xbf\xe0\xa0\x80");
	check("\\u20ac", "\xe2\x82\xac");
	check("\\uffff\\U00010000", "\xef\xbf\xbf\xf0\x90\x80\x80");
	check("\\U0001f600x", "\xf0\x9f\x98\x80x");
	check("\\U0010ffff", "\xf4\x8f\xbf\xbf");
}
END_TEST

START_TEST(what_is_no_escape_is_told)
{
	check_wrong("\\q", 0, "\"\\q\"");
	check_wrong("ab\\qc", 2, "\"\\qc\"");
	check_wrong("ab\\", 2, "\"\\\"");
	check_wrong("\\ x", 0, "\"\\ \"");
	check_wrong("\\8", 0, "\"\\8\"");
	check_wrong("\\x", 0, "\"\\x\"");
	check_wrong("\\xgg", 0, "\"\\x\"");
	check_wrong("\\400", 0, "\"\\400\"");
	check_wrong("\\777", 0, "\"\\777\"");
	check_wrong("\\u12", 0, "\"\\u12\"");
	check_wrong("\\u12zz", 0, "\"\\u12\"");
	check_wrong("\\ud800", 0, "\"\\ud800\"");
	check_wrong("\\udfff", 0, "\"\\udfff\"");
	check_wrong("\\U00110000", 0, "\"\\U00110000\"");
	check_wrong("\\n\\cx", 2, "\"\\c\"");
}
END_TEST

START_TEST(what_is_told_does_not_steer_a_terminal)
{
	check_wrong("\\\033[2J", 0, "\"\\^[\"");
	check_wrong("\\\n", 0, "\"\\\"");
	check_wrong("\\\r\n", 0, "\"\\\"");
	check_wrong("\\\xc3\xa9", 0, "\"\\\xc3\xa9\"");
	check_wrong("\\\xff", 0, "\"\\M^?\"");
}
END_TEST

START_TEST(an_escape_that_is_cut_is_none)
{
	static const char *const whole[] = { "\\n", "\\u20ac", "\\U0001f600" };
	uint8_t out[C_ESCAPE_BYTES];
	size_t n;

	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(whole[i]);

		for (size_t cut = 0; cut < len; cut++)
			ck_assert_uint_eq(
			    c_escape_next(whole[i], cut, out, &n), 0);
		ck_assert_uint_eq(c_escape_next(whole[i], len, out, &n), len);
	}
	ck_assert_uint_eq(c_escape_next("n", 1, out, &n), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		every_letter_means_what_it_means_in_c,
		numbers_are_octal_or_hexadecimal,
		characters_become_utf8,
		what_is_no_escape_is_told,
		what_is_told_does_not_steer_a_terminal,
		an_escape_that_is_cut_is_none,
	};
	int failed = run_tests("c_escape", tests, COUNT(tests));

	return failed != 0;
}
