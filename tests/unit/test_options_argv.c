/* SPDX-License-Identifier: ISC */
/* test_options_argv.c - the command line, to be shown */
#include <stdlib.h>

#include "command_line.h"
#include "options_argv.h"

static void
check_line(const char *line, const char *want)
{
	struct options o = line_parsed(line);

	ck_assert_str_eq(o.command, want);
	options_free(&o);
}

/* The last word is the one to be looked at. */
static void
check_word(char *word, const char *want)
{
	char name[] = "ncx", *argv[] = { name, word };
	char *text = options_argv_join(2, argv, &(struct texts){ 0 });

	ck_assert_str_eq(text, want);
	free(text);
}

START_TEST(words_stay_in_their_order)
{
	check_line(
	    "host 80 -v --pcap a.pcapng", "ncx host 80 -v --pcap a.pcapng");
	check_line("-lk 5000", "ncx -lk 5000");
}
END_TEST

START_TEST(a_shell_would_take_them_for_the_same)
{
	char blank[] = "two words", empty[] = "", quote[] = "it's";
	char glob[] = "*", plain[] = "user@[::1]:80",
	     path[] = "/a-b_c.d,e=f+g%";

	check_word(blank, "ncx 'two words'");
	check_word(empty, "ncx ''");
	check_word(quote, "ncx 'it'\\''s'");
	check_word(glob, "ncx '*'");
	check_word(plain, "ncx 'user@[::1]:80'");
	check_word(path, "ncx /a-b_c.d,e=f+g%");
}
END_TEST

START_TEST(passwords_are_left_out_however_they_are_given)
{
	check_line("-x p -P me:secret h 80", "ncx -x p -P me:*** h 80");
	check_line("-x p -Pme:secret h 80", "ncx -x p -Pme:*** h 80");
	check_line("-x p -vPme:secret h 80", "ncx -x p -vPme:*** h 80");
	check_line("-x p --proxy-auth me:se:cret h 80",
	    "ncx -x p --proxy-auth me:*** h 80");
	check_line("-x p --proxy-auth=me:secret h 80",
	    "ncx -x p --proxy-auth=me:*** h 80");
	check_line("-x p --proxy-au=me:secret h 80",
	    "ncx -x p --proxy-au=me:*** h 80");
	check_line(
	    "-x p -P a:one -P b:two h 80", "ncx -x p -P a:*** -P b:*** h 80");
	check_line("h 80 -P me:secret -x p", "ncx h 80 -P me:*** -x p");
}
END_TEST

START_TEST(a_user_is_no_secret)
{
	check_line("-x p -P me h 80", "ncx -x p -P me h 80");
	check_line("-x p:1 -P me: h 80", "ncx -x p:1 -P me: h 80");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		words_stay_in_their_order,
		a_shell_would_take_them_for_the_same,
		passwords_are_left_out_however_they_are_given,
		a_user_is_no_secret,
	};
	int failed = run_tests("options_argv", tests, COUNT(tests));

	return failed != 0;
}
