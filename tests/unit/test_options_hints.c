/* SPDX-License-Identifier: ISC */
/* test_options_hints.c - letters that mean something else to another netcat */
#include <string.h>
#include <unistd.h>

#include "options_hints.h"
#include "support.h"

START_TEST(an_argument_tells_which_netcat_is_meant)
{
	static const struct row {
		int letter;
		const char *argument, *names; /* NULL: no hint */
	} rows[] = {
		{ 'i', "30s", "--idle-timeout" },
		{ 'i', "500ms", "--idle-timeout" },
		{ 'i', "1", NULL },
		{ 'i', "0.5", NULL },
		{ 'm', "100", "--max-conns" },
		{ 'm', "255", NULL },
		{ 'm', "1", NULL },
		{ 'w', "30s", NULL },
		{ 0, "30s", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct capture c;
		char text[256];

		capture_start(&c, STDERR_FILENO);
		options_hint(rows[i].letter, rows[i].argument);
		capture_end(&c, text, sizeof(text));
		if (rows[i].names == NULL)
			ck_assert_str_eq(text, "");
		else
			ck_assert_ptr_nonnull(strstr(text, rows[i].names));
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_argument_tells_which_netcat_is_meant,
	};
	int failed = run_tests("options_hints", tests, COUNT(tests));

	return failed != 0;
}
