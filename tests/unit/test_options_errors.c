/* SPDX-License-Identifier: ISC */
/* test_options_errors.c - what is wrong with a command line, in one line */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "command_line.h"

START_TEST(a_missing_argument_is_named_as_by_getopt)
{
	check_words("-q", "ncx: option requires an argument -- 'q'\n");
	check_words("h 1 -vw", "ncx: option requires an argument -- 'w'\n");
	check_words(
	    "h 1 --wait", "ncx: option '--wait' requires an argument\n");
}
END_TEST

START_TEST(an_unknown_option_is_named_as_by_getopt)
{
	check_words("-Y h 1", "ncx: invalid option -- 'Y'\n");
	check_words("-vY h 1", "ncx: invalid option -- 'Y'\n");
	check_words("--nothing h 1", "ncx: unrecognized option '--nothing'\n");
	check_words(
	    "--nothing=5 h 1", "ncx: unrecognized option '--nothing=5'\n");
	check_words("--listen=5 1",
	    "ncx: option '--listen' doesn't allow an argument\n");
	check_complaint("--re h 1", "option '--re' is ambiguous");
}
END_TEST

START_TEST(a_wrong_value_is_named_with_the_range)
{
	check_complaint("-p 70000 h 1", "-p \"70000\": expected ");
	check_complaint("-p 70000 h 1", "65535");
	check_complaint("-p 80x h 1", "-p \"80x\": expected ");
	check_complaint("-p -1 h 1", "-p \"-1\": expected ");
	check_complaint("-W 0 h 1", "-W \"0\": expected ");
	check_complaint("-W -1 h 1", "from 1 to ");
	check_complaint("-W 99999999999 h 1", "\"99999999999\"");
	check_complaint("-I 0 h 1", "-I \"0\": expected ");
	check_complaint("-I 2g h 1", "-I \"2g\": expected ");
	check_complaint("-O 1x h 1", "-O \"1x\": expected ");
	check_complaint("-u --mtu 65508 h 1", "--mtu \"65508\": expected ");
	check_complaint("-u --mtu 65508 h 1", "65507");
	check_complaint("-u --mtu 0 h 1", "--mtu \"0\"");
	check_complaint("-l --ready-fd -1 80", "a number from 0 to 2147483647");
}
END_TEST

START_TEST(a_wrong_time_is_named_with_examples)
{
	check_complaint("-w x h 1", "-w \"x\": expected a time ");
	check_complaint("-w -1 h 1", "-w \"-1\"");
	check_complaint("-i -1 h 1", "-i \"-1\"");
	check_complaint("-w 99999999999 h 1", "\"99999999999\"");
	check_complaint("-q 1d h 1", "-q \"1d\"");
	check_complaint("--idle-timeout 0 h 1", "--idle-timeout \"0\"");
	check_complaint("--connect-timeout 0 h 1", "--connect-timeout \"0\"");
	check_complaint("--linger -1 h 1", "--linger \"-1\"");
	check_complaint("-w 5x h 1", "500ms");
}
END_TEST

START_TEST(a_text_to_end_with_is_named)
{
	char text[512];

	ck_assert_int_eq(
	    line_complaint("h 1 --until=", text, sizeof(text)), STATUS_USAGE);
	ck_assert_str_eq(
	    text, "ncx: --until \"\": expected a text of at least one byte\n");
	check_complaint("h 1 --until=a\\q", "--until \"\\q\": expected ");
	check_complaint("h 1 --until=a\\", "--until \"\\\": expected ");
	check_words("h 1 --until OK --send-only",
	    "ncx: cannot use --until and --send-only\n");
}
END_TEST

START_TEST(an_empty_value_is_wrong)
{
	static const char *const options[] = { "-p", "-W", "-I", "-w" };

	for (size_t i = 0; i < COUNT(options); i++) {
		char line[64];

		snprintf(line, sizeof(line), "%s  h 1", options[i]);
		check_complaint(line, "\"\": expected ");
	}
}
END_TEST

START_TEST(a_wrong_port_is_named)
{
	check_complaint("h 0", "port \"0\"");
	check_complaint("h 80x", "port \"80x\"");
	check_complaint("h 22,99999,80", "port \"99999\"");
	check_complaint("h 22 no-such-service", "port \"no-such-service\"");
	check_complaint("h 1-", "port \"1-\"");
	check_complaint("-l 65536", "port \"65536\"");
	check_complaint("-l 22,23", "port \"22,23\"");
	check_complaint("-l 1-5", "port \"1-5\"");
	check_complaint("h tftp", "port \"tftp\"");
}
END_TEST

START_TEST(missing_words_are_named)
{
	check_complaint("", "missing host and port number");
	check_complaint("-v", "missing host and port number");
	check_complaint("h", "missing port number");
	check_complaint("-l", "missing port number");
	check_complaint("-l -s h", "missing port number");
	check_complaint("-U", "missing socket pathname");
	check_complaint("-lU", "missing socket pathname");
	check_complaint("", "ncx --help");
}
END_TEST

START_TEST(words_too_many_are_named)
{
	check_complaint("-l h 80 81", "\"81\"");
	check_complaint("-l -p 80 81", "\"81\"");
	check_complaint("-l -s h -p 80 81", "\"81\"");
	check_complaint("-l -p 80 h 81", "\"");
	check_complaint("-l -s h x 80", "extra argument");
	check_complaint("-U path 80", "-U");
	check_complaint("-U -p 80 path", "-U");
	check_complaint("-lU -p 80", "-U");
}
END_TEST

START_TEST(what_excludes_each_other_is_named)
{
	check_words(
	    "--send-only -d h 1", "ncx: cannot use --send-only and -d\n");
	check_words(
	    "-U --seqpacket -u x", "ncx: cannot use --seqpacket and -u\n");
	check_words(
	    "-lU --allow 1.1.1.1 x", "ncx: cannot use --allow and -U\n");
	check_words("-lU --deny ::1 x", "ncx: cannot use --deny and -U\n");
	check_words(
	    "-lU --allowfile f x", "ncx: cannot use --allowfile and -U\n");
	check_words(
	    "-lU --denyfile f x", "ncx: cannot use --denyfile and -U\n");
}
END_TEST

START_TEST(what_is_needed_is_named)
{
	check_words("-k 80", "ncx: must use -l with -k\n");
	check_words("--mtu 5 h 1", "ncx: must use -u with --mtu\n");
	check_words("--seqpacket x", "ncx: must use -U with --seqpacket\n");
	check_words("--reuse-port h 1", "ncx: must use -l with --reuse-port\n");
	check_words("--port-file p h 1", "ncx: must use -l with --port-file\n");
	check_words("--ready-fd 3 h 1", "ncx: must use -l with --ready-fd\n");
	check_words("--drain 3 h 1", "ncx: must use -l with --drain\n");
	check_words("--allow ::1 h 1", "ncx: must use -l with --allow\n");
	check_words("--deny ::1 h 1", "ncx: must use -l with --deny\n");
	check_words("--allowfile f h 1", "ncx: must use -l with --allowfile\n");
	check_words("--denyfile f h 1", "ncx: must use -l with --denyfile\n");
}
END_TEST

/* The message stays one line, whatever the words are. */
START_TEST(words_cannot_break_the_line)
{
	check_complaint("h a\nb", "port \"a");
	check_complaint("-l \033[2J", "port \"");
	check_complaint("-w 5\n h 1", "-w \"5");
	check_complaint("-\377 h 1", "invalid option");
}
END_TEST

START_TEST(help_for_nobody_is_a_local_failure)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int saved = dup(STDOUT_FILENO), result;
	char text[1024];

	fflush(stdout);
	dup2(full, STDOUT_FILENO);
	result = line_complaint("--help", text, sizeof(text));
	dup2(saved, STDOUT_FILENO);
	clearerr(stdout);
	close(saved);
	close(full);
	ck_assert_int_eq(result, STATUS_LOCAL);
	ck_assert_str_eq(
	    text, "ncx: write to stdout failed: No space left on device\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_missing_argument_is_named_as_by_getopt,
		an_unknown_option_is_named_as_by_getopt,
		a_wrong_value_is_named_with_the_range,
		a_wrong_time_is_named_with_examples,
		a_text_to_end_with_is_named,
		an_empty_value_is_wrong,
		a_wrong_port_is_named,
		missing_words_are_named,
		words_too_many_are_named,
		what_excludes_each_other_is_named,
		what_is_needed_is_named,
		words_cannot_break_the_line,
		help_for_nobody_is_a_local_failure,
	};
	int failed = run_tests("options_errors", tests, COUNT(tests));

	return failed != 0;
}
