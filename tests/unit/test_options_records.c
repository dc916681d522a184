/* SPDX-License-Identifier: ISC */
/* test_options_records.c - where records go, and who has stdout */
#include "command_line.h"
#include "session.h"

#include <unistd.h>

START_TEST(stdout_is_for_the_peer)
{
	struct options o = line_parsed("h 1");

	ck_assert(!o.stdout_taken);
	ck_assert_int_eq(session_stdout(&o), STDOUT_FILENO);
	options_free(&o);
	o = line_parsed("--hex-dump f --output g --report=json:h h 1");
	ck_assert(!o.stdout_taken);
	options_free(&o);
	o = line_parsed("--send-only h 1");
	ck_assert(!o.stdout_taken);
	ck_assert_int_eq(session_stdout(&o), -1);
	options_free(&o);
}
END_TEST

START_TEST(a_record_takes_it)
{
	static const char *const lines[] = {
		"--pcap - h 1",
		"--hex-dump - --output f h 1",
		"--output - --report h 1",
		"--output-in - --output-out f h 1",
		"--output-out=- h 1",
		"--report=json:- h 1",
		"--report=:- h 1",
	};

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct options o = line_parsed(lines[i]);

		ck_assert(o.stdout_taken);
		ck_assert_int_eq(session_stdout(&o), -1);
		options_free(&o);
	}
}
END_TEST

START_TEST(only_one_can_have_it)
{
	check_words("--pcap - --hex-dump - h 1",
	    "ncx: cannot use --pcap and --hex-dump on stdout\n");
	check_words("--output - --output-in - h 1",
	    "ncx: cannot use --output and --output-in on stdout\n");
	check_words("--report=json:- --output-out - h 1",
	    "ncx: cannot use --output-out and --report on stdout\n");
}
END_TEST

START_TEST(they_are_for_sessions)
{
	check_words(
	    "--hex-dump f -z h 1", "ncx: cannot use --hex-dump and -z\n");
	check_words("--output f -F h 1", "ncx: cannot use --output and -F\n");
	check_words("--timestamps abs h 1",
	    "ncx: must use --hex-dump with --timestamps\n");
	check_words("--append-output h 1",
	    "ncx: must use --output or --hex-dump with --append-output\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		stdout_is_for_the_peer,
		a_record_takes_it,
		only_one_can_have_it,
		they_are_for_sessions,
	};
	int failed = run_tests("options_records", tests, COUNT(tests));

	return failed != 0;
}
