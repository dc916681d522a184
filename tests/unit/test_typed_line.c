/* SPDX-License-Identifier: ISC */
/* test_typed_line.c - what a line that is typed by hand says */
#include <stdio.h>

#include "c_escape.h"
#include "support.h"
#include "typed_line.h"

#define TEXT_MAX 256

static struct typed_said
say(enum typed_form form, const char *text, const char *want)
{
	struct typed_said said;
	uint8_t out[TEXT_MAX];

	typed_line(form, text, strlen(text), false, out, &said);
	ck_assert_str_eq(said.wrong, "");
	ck_assert_uint_eq(said.used, strlen(text));
	ck_assert_uint_eq(said.n, strlen(want));
	ck_assert_mem_eq(out, want, said.n);
	return said;
}

static void
check_wrong(enum typed_form form, const char *text, const char *why)
{
	struct typed_said said;
	uint8_t out[TEXT_MAX];

	typed_line(form, text, strlen(text), false, out, &said);
	ck_assert_str_eq(said.wrong, why);
}

START_TEST(escapes_are_bytes)
{
	struct typed_said said;

	said = say(TYPED_ESCAPES, "GET / HTTP/1.0\\r\\n\\r\\n",
	    "GET / HTTP/1.0\r\n\r\n");
	ck_assert(!said.no_newline);
	ck_assert(!said.rest);
	say(TYPED_ESCAPES, "", "");
	say(TYPED_ESCAPES, "plain \r", "plain \r");
	say(TYPED_ESCAPES, "\\x02E\\u20ac", "\002E\xe2\x82\xac");
}
END_TEST

START_TEST(a_c_takes_the_newline_away)
{
	ck_assert(say(TYPED_ESCAPES, "login: \\c", "login: ").no_newline);
	ck_assert(say(TYPED_ESCAPES, "\\c", "").no_newline);
	ck_assert(say(TYPED_ESCAPES, "dos\\c\r", "dos").no_newline);
	ck_assert(!say(TYPED_ESCAPES, "\\\\c", "\\c").no_newline);
	check_wrong(TYPED_ESCAPES, "ab\\cd",
	    "\"\\cd\": expected \\c at the end of a line only");
	check_wrong(TYPED_ESCAPES, "\\c\r\r",
	    "\"\\c^M^M\": expected \\c at the end of a line only");
}
END_TEST

START_TEST(a_wrong_escape_is_told)
{
	check_wrong(TYPED_ESCAPES, "abc\\q",
	    "\"\\q\": expected a C escape such as \\n or \\x1b");
	check_wrong(TYPED_ESCAPES, "abc\\",
	    "\"\\\": expected a C escape such as \\n or \\x1b");
}
END_TEST

START_TEST(pairs_of_digits_are_bytes)
{
	struct typed_said said = say(TYPED_HEX, "02 45 0d0a", "\002E\r\n");

	ck_assert(said.no_newline);
	say(TYPED_HEX, "", "");
	say(TYPED_HEX, " \t\r", "");
	say(TYPED_HEX, "deadBEEF", "\xde\xad\xbe\xef");
	say(TYPED_HEX, "  41\t4a4A 4F  \r", "AJJO");
}
END_TEST

START_TEST(behind_a_hash_there_is_a_comment)
{
	ck_assert(say(TYPED_HEX, "41 42 # AB, zz", "AB").rest);
	ck_assert(say(TYPED_HEX, "#", "").rest);
	check_wrong(TYPED_HEX, "4#1",
	    "\"4#\": expected pairs of hexadecimal digits such as 0d 0a");
}
END_TEST

START_TEST(what_is_no_pair_is_told)
{
	static const char *const wrong[] = { "4", "4 ", "4g", "g4", "0x", ",4",
		"\033[", "\xc3\xa9" };
	static const char *const shown[] = { "4", "4 ", "4g", "g4", "0x", ",4",
		"^[[", "\xc3\xa9" };

	for (size_t i = 0; i < COUNT(wrong); i++) {
		char text[TEXT_MAX], why[TEXT_MAX];

		snprintf(text, sizeof(text), "41 %s", wrong[i]);
		snprintf(why, sizeof(why),
		    "\"%s\": expected pairs of hexadecimal digits such as "
		    "0d 0a",
		    shown[i]);
		check_wrong(TYPED_HEX, text, why);
	}
}
END_TEST

/* Whatever the pieces, the bytes are those of the whole. */
static void
check_pieces(enum typed_form form, const char *text, const char *want)
{
	size_t len = strlen(text);

	for (size_t size = C_ESCAPE_LONGEST + 1; size < len; size++) {
		uint8_t out[TEXT_MAX];
		size_t at = 0, n = 0;

		while (at < len) {
			bool goes_on = len - at > size;
			struct typed_said said;

			typed_line(form, text + at, goes_on ? size : len - at,
			    goes_on, out + n, &said);
			ck_assert_str_eq(said.wrong, "");
			ck_assert_uint_gt(said.used, 0);
			at += said.used;
			n += said.n;
			if (said.rest)
				break;
		}
		ck_assert_uint_eq(n, strlen(want));
		ck_assert_mem_eq(out, want, n);
	}
}

START_TEST(a_piece_of_a_line_is_not_cut_in_an_escape)
{
	check_pieces(TYPED_ESCAPES,
	    "a\\x1b\\U0001f600\\nbc\\\\n\\101\\x41\\u20ac\\r\\n and more\\c",
	    "a\033\xf0\x9f\x98\x80\nbc\\nAA\xe2\x82\xac\r\n and more");
	check_pieces(TYPED_HEX,
	    "41424344 45 46  47484950 5152535455 5657 # and no more",
	    "ABCDEFGHIPQRSTUVW");
}
END_TEST

START_TEST(it_says_no_more_than_it_is_long)
{
	static const char letters[] = "\\\\\\nxuU0123456789abcdef #c\r";

	for (uint64_t seed = 1; seed <= 20000; seed++) {
		struct rng rng = rng_of(seed);
		size_t len = 11 + rng_below(&rng, 30);
		bool goes_on = rng_below(&rng, 2) == 0;
		struct typed_said said;
		uint8_t out[64];
		char text[64];

		for (size_t i = 0; i < len; i++)
			text[i] = letters[rng_below(&rng, sizeof(letters) - 1)];
		typed_line(seed & 1 ? TYPED_HEX : TYPED_ESCAPES, text, len,
		    goes_on, out, &said);
		ck_assert_uint_le(said.n, said.used);
		ck_assert_uint_le(said.used, len);
		if (said.wrong[0] == '\0')
			ck_assert_uint_ge(
			    said.used, goes_on ? len - C_ESCAPE_LONGEST : len);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		escapes_are_bytes,
		a_c_takes_the_newline_away,
		a_wrong_escape_is_told,
		pairs_of_digits_are_bytes,
		behind_a_hash_there_is_a_comment,
		what_is_no_pair_is_told,
		a_piece_of_a_line_is_not_cut_in_an_escape,
		it_says_no_more_than_it_is_long,
	};
	int failed = run_tests("typed_line", tests, COUNT(tests));

	return failed != 0;
}
