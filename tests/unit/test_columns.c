/* SPDX-License-Identifier: ISC */
/* test_columns.c - lines whose words stand below each other */
#include <string.h>
#include <unistd.h>

#include "columns.h"
#include "support.h"

static void
check(const struct columns *c, const char *want)
{
	struct capture capture;
	char text[8192];

	capture_start(&capture, STDERR_FILENO);
	columns_print(c);
	capture_end(&capture, text, sizeof(text));
	ck_assert_str_eq(text, want);
}

START_TEST(nothing_is_nothing)
{
	struct columns c = { 0 };

	check(&c, "");
	columns_free(&c);
}
END_TEST

START_TEST(each_column_is_as_wide_as_its_widest_word)
{
	static const char *const head[COLUMNS_MAX] = { "State", "In", "Out" };
	static const char *const one[COLUMNS_MAX] = { "A", "12345", NULL,
		[COLUMNS_MAX - 1] = "note" };
	static const char *const two[COLUMNS_MAX] = { "LONGER", "1", "2" };
	struct columns c = { 0 };

	columns_add(&c, head);
	columns_add(&c, one);
	columns_add(&c, two);
	check(&c,
	    "State     In Out\n"
	    "A      12345           note\n"
	    "LONGER     1   2\n");
	columns_free(&c);
	ck_assert_uint_eq(c.count, 0);
}
END_TEST

START_TEST(any_number_of_lines_and_any_length)
{
	static char word[3000], text[8192];
	const char *words[COLUMNS_MAX] = { "a", word, "end" };
	struct columns c = { 0 };
	struct capture capture;

	for (int i = 0; i < 500; i++)
		columns_add(&c, words);
	ck_assert_uint_eq(c.count, 500);
	columns_free(&c);
	memset(word, 'x', sizeof(word) - 1);
	columns_add(&c, words);
	capture_start(&capture, STDERR_FILENO);
	columns_print(&c);
	capture_end(&capture, text, sizeof(text));
	ck_assert_uint_gt(strlen(text), 2000);
	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
	columns_free(&c);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		nothing_is_nothing,
		each_column_is_as_wide_as_its_widest_word,
		any_number_of_lines_and_any_length,
	};
	int failed = run_tests("columns", tests, COUNT(tests));

	return failed != 0;
}
