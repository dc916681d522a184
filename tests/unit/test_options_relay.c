/* SPDX-License-Identifier: ISC */
/* test_options_relay.c - the target of --relay */
#include <stdio.h>
#include <sys/socket.h>

#include "command_line.h"

#define TARGET "expected host:port, [v6]:port or unix:path\n"

static void
check_target(const char *line, const char *host, int port)
{
	struct options o = line_parsed(line);

	ck_assert_str_eq(o.relay_host, host);
	ck_assert_int_eq(o.relay_port, port);
	options_free(&o);
}

START_TEST(without_it_there_is_none)
{
	struct options o = line_parsed("-l 80");

	ck_assert_ptr_null(o.relay);
	ck_assert_ptr_null(o.relay_text);
	options_free(&o);
}
END_TEST

START_TEST(a_host_and_its_port)
{
	check_target("-l --relay example.org:80 1", "example.org", 80);
	check_target("-lk --relay 127.0.0.1:65535 1", "127.0.0.1", 65535);
	check_target("-l --relay [::1]:1 1", "::1", 1);
	check_target("-l --relay [fe80::1%lo]:1 1", "fe80::1%lo", 1);
}
END_TEST

START_TEST(a_service_has_the_port_of_its_protocol)
{
	check_target("-l --relay h:http 1", "h", 80);
	check_target("-lu --relay h:domain 1", "h", 53);
	check_target("-lu --relay h:tftp 1", "h", 69);
	check_words("-l --relay h:nonsense 1",
	    "ncx: --relay port \"nonsense\": expected a number from 1 to "
	    "65535 or the name of a service\n");
}
END_TEST

START_TEST(a_path)
{
	check_target("-l --relay unix:/run/x 1", "/run/x", 0);
	check_target("-l --relay unix:x:80 1", "x:80", 0);
	check_target("-l --relay unix:@abstract 1", "@abstract", 0);
	check_target("-lU --relay h:80 /run/x", "h", 80);
	check_target("-lU --relay unix:/run/y /run/x", "/run/y", 0);
}
END_TEST

START_TEST(nothing_else)
{
	static const char *const wrong[] = { "example.org", "unix:", "::1",
		"[::1]", "[::1", "[::1]80", ":80", "h:", ":", "[]:80" };
	char line[64], words[128];

	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(line, sizeof(line), "-l --relay %s 1", wrong[i]);
		snprintf(
		    words, sizeof(words), "--relay \"%s\": " TARGET, wrong[i]);
		check_complaint(line, words);
	}
	check_complaint("-l --relay  1", "--relay \"\": " TARGET);
}
END_TEST

START_TEST(a_port_is_in_range)
{
	static const char *const wrong[] = { "0", "65536", "-1", "80x", "1-2",
		"99999999999" };
	char line[64], words[64];

	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(line, sizeof(line), "-l --relay h:%s 1", wrong[i]);
		snprintf(
		    words, sizeof(words), "--relay port \"%s\": ", wrong[i]);
		check_complaint(line, words);
	}
}
END_TEST

START_TEST(it_is_for_a_listener)
{
	check_words("--relay h:80 h 1", "ncx: must use -l with --relay\n");
}
END_TEST

START_TEST(some_options_are_for_the_upstream)
{
	struct options o = line_parsed(
	    "-l --relay h:80 -x proxy --retry 3 --retry-delay 1s 1");

	ck_assert_str_eq(o.proxy_host, "proxy");
	ck_assert_int_eq(o.retry, 3);
	options_free(&o);
	check_words("-l -x proxy 1", "ncx: no proxy support for listen\n");
	check_words("-l --retry 3 1", "ncx: cannot use --retry and -l\n");
}
END_TEST

START_TEST(some_have_no_sense_with_it)
{
	check_words(
	    "-l --relay h:80 -e cat 1", "ncx: cannot use -e and --relay\n");
	check_words(
	    "-l --relay h:80 -c cat 1", "ncx: cannot use -c and --relay\n");
	check_words("-l --relay h:80 --broker 1",
	    "ncx: cannot use --relay and --broker\n");
	check_words("-l --relay h:80 --chat 1",
	    "ncx: cannot use --relay and --broker\n");
	check_words("-l --relay h:80 -d 1", "ncx: cannot use --relay and -d\n");
	check_words("-l --relay h:80 --send-only 1",
	    "ncx: cannot use --relay and --send-only\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_it_there_is_none,
		a_host_and_its_port,
		a_service_has_the_port_of_its_protocol,
		a_path,
		nothing_else,
		a_port_is_in_range,
		it_is_for_a_listener,
		some_options_are_for_the_upstream,
		some_have_no_sense_with_it,
	};
	int failed = run_tests("options_relay", tests, COUNT(tests));

	return failed != 0;
}
