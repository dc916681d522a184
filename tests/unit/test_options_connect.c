/* SPDX-License-Identifier: ISC */
/* test_options_connect.c - options of connecting, scanning and of the socket */
#include "command_line.h"

START_TEST(without_them_nothing_is_asked_for)
{
	struct options o = line_parsed("h 1");

	ck_assert(!o.pass_fd && !o.scan && !o.randomize && !o.tcp_md5);
	ck_assert_int_eq(o.retry, 0);
	ck_assert_int_eq(o.retry_delay_ms, 100);
	ck_assert_int_eq(o.parallel, 512);
	ck_assert_int_eq(o.sockopts.broadcast, SOCKOPT_UNSET);
	ck_assert_int_eq(o.sockopts.debug, SOCKOPT_UNSET);
	ck_assert_int_eq(o.sockopts.ttl, SOCKOPT_UNSET);
	ck_assert_int_eq(o.sockopts.min_ttl, SOCKOPT_UNSET);
	ck_assert_int_eq(o.sockopts.tos, SOCKOPT_UNSET);
	ck_assert_ptr_null(o.tcp_md5_password);
	options_free(&o);
}
END_TEST

START_TEST(flags_reach_their_fields)
{
	struct options o = line_parsed("-F -S -b -D h 1");

	ck_assert(o.pass_fd && o.tcp_md5);
	ck_assert_int_eq(o.sockopts.broadcast, 1);
	ck_assert_int_eq(o.sockopts.debug, 1);
	options_free(&o);
	o = line_parsed("-zr --parallel 3 h 1-5");
	ck_assert(o.scan && o.randomize);
	ck_assert_int_eq(o.parallel, 3);
	options_free(&o);
}
END_TEST

START_TEST(retrying_is_a_number_or_for_ever)
{
	struct options o = line_parsed("--retry 3 --retry-delay 2 h 1");

	ck_assert_int_eq(o.retry, 3);
	ck_assert_int_eq(o.retry_delay_ms, 2000);
	options_free(&o);
	o = line_parsed("--retry forever --retry-delay 1ms h 1");
	ck_assert_int_eq(o.retry, RETRY_FOREVER);
	ck_assert_int_eq(o.retry_delay_ms, 1);
	options_free(&o);
	o = line_parsed("--retry 2147483647 h 1");
	ck_assert_int_eq(o.retry, 2147483647);
	options_free(&o);
}
END_TEST

START_TEST(retrying_is_nothing_else)
{
	check_words("--retry -1 h 1",
	    "ncx: --retry \"-1\": expected a number from 0 to 2147483647 or "
	    "\"forever\"\n");
	check_complaint("--retry Forever h 1", "--retry \"Forever\"");
	check_complaint("--retry 2147483648 h 1", "--retry \"2147483648\"");
	check_complaint("--retry 1s h 1", "--retry \"1s\"");
	check_complaint("--retry  h 1", "--retry \"\"");
	check_complaint("--retry 1 --retry-delay 0 h 1",
	    "--retry-delay \"0\": expected a time from 1ms to ");
	check_words("--retry-delay 1 h 1",
	    "ncx: must use --retry with --retry-delay\n");
	check_words("--retry 1 -l 1", "ncx: cannot use --retry and -l\n");
}
END_TEST

START_TEST(hops_are_a_byte)
{
	struct options o = line_parsed("-M 255 -m 0 h 1");

	ck_assert_int_eq(o.sockopts.ttl, 255);
	ck_assert_int_eq(o.sockopts.min_ttl, 0);
	options_free(&o);
	check_words(
	    "-M 256 h 1", "ncx: -M \"256\": expected a number from 0 to 255\n");
	check_complaint("-M -1 h 1", "-M \"-1\"");
	check_complaint("-m 100x h 1", "-m \"100x\"");
}
END_TEST

START_TEST(the_type_of_service_has_many_forms)
{
	static const struct {
		const char *line;
		int want;
	} rows[] = {
		{ "-T ef h 1", 0xb8 },
		{ "-T 0x1f h 1", 0x1f },
		{ "-T 7 h 1", 7 },
		{ "--tos lowdelay h 1", 0x10 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct options o = line_parsed(rows[i].line);

		ck_assert_int_eq(o.sockopts.tos, rows[i].want);
		options_free(&o);
	}
	check_words("-T nothing h 1",
	    "ncx: -T \"nothing\": expected a keyword such as ef or af11, a "
	    "number from 0 to 255, or 0x and two digits\n");
	check_complaint("-T 0x100 h 1", "-T \"0x100\"");
	check_complaint("-T 256 h 1", "-T \"256\"");
	check_complaint("-T  h 1", "-T \"\"");
}
END_TEST

START_TEST(what_the_system_lacks_is_said)
{
	check_words(
	    "-V 0 h 1", "ncx: no alternate routing table support available\n");
	check_words("-Z h 1", "ncx: -Z: DCCP is not in this system\n");
	check_complaint("-V x h 1", "-V \"x\": expected a number");
	check_words("-Z -U x", "ncx: cannot use -Z and -U\n");
}
END_TEST

START_TEST(a_scan_is_neither_server_nor_session)
{
	check_words("-z -l 1", "ncx: cannot use -z and -l\n");
	check_words("-z -F h 1", "ncx: cannot use -z and -F\n");
	check_words("--parallel 3 h 1", "ncx: must use -z with --parallel\n");
	check_words("-z --parallel 0 h 1",
	    "ncx: --parallel \"0\": expected a number from 1 to 65535\n");
	check_complaint("-z --parallel 65536 h 1", "--parallel \"65536\"");
}
END_TEST

START_TEST(a_socket_is_handed_over_once_it_is_connected)
{
	check_words("-F -U x", "ncx: cannot use -F and -U\n");
	check_words("-S -u h 1", "ncx: cannot use -S and -u\n");
	check_words("-S -U x", "ncx: cannot use -S and -U\n");
	check_words("-F -l 1", "ncx: cannot use -F and -l\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_them_nothing_is_asked_for,
		flags_reach_their_fields,
		retrying_is_a_number_or_for_ever,
		retrying_is_nothing_else,
		hops_are_a_byte,
		the_type_of_service_has_many_forms,
		what_the_system_lacks_is_said,
		a_scan_is_neither_server_nor_session,
		a_socket_is_handed_over_once_it_is_connected,
	};
	int failed = run_tests("options_connect", tests, COUNT(tests));

	return failed != 0;
}
