/* SPDX-License-Identifier: ISC */
/* test_dial.c - from the options to an open channel */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "dial_rig.h"
#include "names.h"

START_TEST(the_first_port_that_connects_is_used)
{
	struct dial_rig r;
	int closed, port, refuses = bound_socket(SOCK_STREAM, false, &closed);
	int listener = bound_socket(SOCK_STREAM, true, &port);
	char number[8];

	dial_rig_init(&r, "127.0.0.1 %d %d %d", closed, port, closed);
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_OK,
	    "ncx: connect to 127.0.0.1 port %d (tcp) failed: Connection "
	    "refused\n",
	    closed);
	snprintf(number, sizeof(number), "%d", port);
	ck_assert_str_eq(r.dial.peer.port, number);
	ck_assert(r.ch->handshakes == NULL);
	ck_assert_int_ne(r.ch->rfd, -1);
	dial_rig_free(&r);
	close(refuses);
	close(listener);
}
END_TEST

START_TEST(refused_everywhere_is_no_connection)
{
	int closed, refuses = bound_socket(SOCK_STREAM, false, &closed);
	struct dial_rig r;

	dial_rig_init(&r, "127.0.0.1 %d %d", closed, closed);
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_CONNECT,
	    "ncx: connect to 127.0.0.1 port %d (tcp) failed: Connection "
	    "refused\n"
	    "ncx: connect to 127.0.0.1 port %d (tcp) failed: Connection "
	    "refused\n",
	    closed);
	ck_assert_int_eq(r.dial.reason, ECONNREFUSED);
	dial_rig_free(&r);
	close(refuses);
}
END_TEST

START_TEST(a_connection_is_told_in_the_words_of_nc)
{
	int port, listener = bound_socket(SOCK_STREAM, true, &port);

	check_dial(STATUS_OK,
	    "Connection to 127.0.0.1 %d port [tcp/*] succeeded!\n", port,
	    "-nv 127.0.0.1 %d", port);
	check_dial(STATUS_OK, "", port, "127.0.0.1 %d", port);
	check_dial(STATUS_OK,
	    "Connection to here.test (127.0.0.1) %d port [tcp/*] "
	    "succeeded!\n",
	    port, "-v here.test %d", port);
	close(listener);
}
END_TEST

START_TEST(a_name_is_told_with_its_address)
{
	int closed, refuses = bound_socket(SOCK_STREAM, false, &closed);

	check_dial(STATUS_CONNECT,
	    "ncx: connect to here.test (127.0.0.1) port %d (tcp) failed: "
	    "Connection refused\n",
	    closed, "here.test %d", closed);
	close(refuses);
}
END_TEST

START_TEST(a_name_that_cannot_be_looked_up_is_named)
{
	check_dial(STATUS_LOOKUP,
	    "ncx: lookup of \"dead.test\" failed: Non-recoverable failure in "
	    "name resolution\n",
	    0, "dead.test 80");
	check_dial(STATUS_LOOKUP,
	    "ncx: lookup of \"here.test\" failed: Name or service not known\n",
	    0, "-n here.test 80");
	check_dial(STATUS_LOOKUP,
	    "ncx: lookup of \"dead.test\" failed: Non-recoverable failure in "
	    "name resolution\n",
	    0, "-s dead.test 127.0.0.1 80");
}
END_TEST

START_TEST(a_path_is_named_as_a_path)
{
	check_dial(STATUS_CONNECT,
	    "ncx: connect to /nowhere/x (unix) failed: No such file or "
	    "directory\n",
	    0, "-U /nowhere/x");
}
END_TEST

START_TEST(a_source_that_cannot_be_is_named)
{
	int port, listener = bound_socket(SOCK_STREAM, true, &port);

	check_dial(STATUS_CONNECT,
	    "ncx: bind to 127.0.0.1 port %d (tcp) failed: Address already in "
	    "use\n",
	    port, "-s 127.0.0.1 -p %d 127.0.0.1 %d", port, port);
	close(listener);
}
END_TEST

START_TEST(the_limit_counts_for_a_silent_host)
{
	struct deaf d;

	deaf_init(&d);
	check_dial(STATUS_TIMEOUT,
	    "ncx: connect to 127.0.0.1 port %d (tcp) failed: Connection timed "
	    "out\n",
	    d.port, "-w 150ms 127.0.0.1 %d", d.port);
	check_dial(STATUS_TIMEOUT,
	    "ncx: connect to 127.0.0.1 port %d (tcp) failed: Connection timed "
	    "out\n",
	    d.port, "-w 9 --connect-timeout 150ms 127.0.0.1 %d", d.port);
	deaf_free(&d);
}
END_TEST

START_TEST(the_limit_counts_for_a_slow_lookup)
{
	check_dial(STATUS_TIMEOUT,
	    "ncx: lookup of \"slow.test\" failed: Connection timed out\n", 0,
	    "-w 150ms slow.test 80");
}
END_TEST

/* As in nc. */
START_TEST(no_patience_at_all_is_no_limit)
{
	int port, listener = bound_socket(SOCK_STREAM, true, &port);
	struct dial_rig r;

	dial_rig_init(&r, "-w 0 127.0.0.1 %d", port);
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_OK, "", port);
	ck_assert_int_eq(r.dial.deadline_ms, CLOCK_NEVER);
	dial_rig_free(&r);
	close(listener);
}
END_TEST

START_TEST(a_lookup_alone_connects_to_nobody)
{
	struct dial_rig r;

	dial_rig_init(&r, "-v here.test 9");
	r.dial.only_lookup = true;
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_OK, "", 0);
	ck_assert_ptr_nonnull(r.dial.hop);
	ck_assert_int_eq(r.ch->rfd, -1);
	dial_rig_free(&r);
}
END_TEST

START_TEST(known_addresses_are_not_looked_up)
{
	int port, listener = bound_socket(SOCK_STREAM, true, &port);
	struct dial known = { .hop = NULL };
	struct dial_rig r;

	address_add(&known.hop, "127.0.0.1", 0, SOCK_STREAM);
	dial_rig_init(&r, "dead.test %d", port);
	r.dial.looked_up = &known;
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_OK, "", port);
	dial_rig_free(&r);
	address_free(known.hop);
	close(listener);
}
END_TEST

START_TEST(what_is_held_is_not_printed)
{
	int closed, refuses = bound_socket(SOCK_STREAM, false, &closed);
	struct dial_rig r;

	dial_rig_init(&r, "-v 127.0.0.1 %d", closed);
	r.dial.hold = true;
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_CONNECT, "", closed);
	ck_assert_uint_eq(r.dial.lines.count, 1);
	ck_assert_int_eq(r.dial.lines.list[0].kind, LINE_ATTEMPT);
	dial_rig_free(&r);
	close(refuses);
}
END_TEST

START_TEST(a_probe_finds_out_whether_somebody_answers)
{
	int port, server = bound_socket(SOCK_DGRAM, false, &port);
	struct dial_rig r;

	dial_rig_init(&r, "-u -w 150ms 127.0.0.1 %d", port);
	r.dial.probe = true;
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_TIMEOUT,
	    "ncx: connect to 127.0.0.1 port %d (udp) failed: Connection timed "
	    "out\n",
	    port);
	dial_rig_free(&r);
	close(server);
	dial_rig_init(&r, "-u 127.0.0.1 %d", port);
	r.dial.probe = true;
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_CONNECT,
	    "ncx: connect to 127.0.0.1 port %d (udp) failed: Connection "
	    "refused\n",
	    port);
	ck_assert_int_lt(r.dial.deadline_ms, CLOCK_NEVER);
	dial_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_first_port_that_connects_is_used,
		refused_everywhere_is_no_connection,
		a_connection_is_told_in_the_words_of_nc,
		a_name_is_told_with_its_address,
		a_name_that_cannot_be_looked_up_is_named,
		a_path_is_named_as_a_path,
		a_source_that_cannot_be_is_named,
		the_limit_counts_for_a_silent_host,
		the_limit_counts_for_a_slow_lookup,
		no_patience_at_all_is_no_limit,
		a_lookup_alone_connects_to_nobody,
		known_addresses_are_not_looked_up,
		what_is_held_is_not_printed,
		a_probe_finds_out_whether_somebody_answers,
	};
	int failed = run_tests("dial", tests, COUNT(tests));

	return failed != 0;
}
