/* SPDX-License-Identifier: ISC */
/* test_dial_again.c - --retry, and the limit that holds for all tries */
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "dial_rig.h"
#include "timer.h"

#define REFUSED \
	"ncx: connect to 127.0.0.1 port %d (tcp) failed: Connection refused\n"

START_TEST(it_tries_so_often_and_tells_of_the_last)
{
	int closed, refuses = bound_socket(SOCK_STREAM, false, &closed);
	struct dial_rig r;

	dial_rig_init(&r, "--retry 3 --retry-delay 1ms 127.0.0.1 %d", closed);
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_CONNECT, REFUSED, closed);
	ck_assert_int_eq(r.dial.tries, 3);
	dial_rig_free(&r);
	check_dial(
	    STATUS_CONNECT, REFUSED, closed, "--retry 0 127.0.0.1 %d", closed);
	close(refuses);
}
END_TEST

START_TEST(under_v_each_try_is_seen)
{
	int closed, refuses = bound_socket(SOCK_STREAM, false, &closed);

	check_dial(STATUS_CONNECT, REFUSED REFUSED REFUSED, closed,
	    "-v --retry 2 --retry-delay 1ms 127.0.0.1 %d", closed);
	close(refuses);
}
END_TEST

START_TEST(each_try_takes_all_ports)
{
	int closed, refuses = bound_socket(SOCK_STREAM, false, &closed);

	check_dial(STATUS_CONNECT, REFUSED REFUSED REFUSED REFUSED, closed,
	    "-v --retry 1 --retry-delay 1ms 127.0.0.1 %d %d", closed, closed);
	close(refuses);
}
END_TEST

START_TEST(a_lookup_is_tried_again_too)
{
	static const char *const words =
	    "ncx: lookup of \"dead.test\" failed: Non-recoverable failure in "
	    "name resolution\n";
	struct dial_rig r;

	dial_rig_init(&r, "--retry 2 --retry-delay 1ms dead.test 80");
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_LOOKUP, words, 0);
	ck_assert_int_eq(r.dial.tries, 2);
	dial_rig_free(&r);
}
END_TEST

START_TEST(it_waits_before_it_tries_again)
{
	int closed, refuses = bound_socket(SOCK_STREAM, false, &closed);
	int64_t start_ms = clock_ms();

	check_dial(
	    STATUS_CONNECT, REFUSED, closed, "--retry 1 127.0.0.1 %d", closed);
	ck_assert_int_ge(clock_ms(), start_ms + 75); /* 100, less a quarter */
	close(refuses);
}
END_TEST

/* The server comes up after a while. */
static void
serve(void *arg)
{
	ck_assert_int_eq(listen(*(int *)arg, 8), 0);
}

START_TEST(it_connects_once_there_is_a_server)
{
	int port, server = bound_socket(SOCK_STREAM, false, &port);
	struct dial_rig r;

	dial_rig_init(
	    &r, "--retry forever --retry-delay 20ms 127.0.0.1 %d", port);
	timer_start(&r.loop, clock_ms() + 10, serve, &server);
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_OK, "", port);
	ck_assert_int_ge(r.dial.tries, 1);
	ck_assert(r.ch->handshakes == NULL);
	dial_rig_free(&r);
	close(server);
}
END_TEST

START_TEST(the_limit_is_for_all_tries_together)
{
	int closed, refuses = bound_socket(SOCK_STREAM, false, &closed);
	int64_t start_ms = clock_ms();
	struct dial_rig r;

	dial_rig_init(&r,
	    "--retry forever --retry-delay 1ms -w 150ms 127.0.0.1 %d", closed);
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_TIMEOUT, REFUSED, closed);
	ck_assert_int_ge(clock_ms(), start_ms + 150);
	ck_assert_int_gt(r.dial.tries, 1);
	dial_rig_free(&r);
	close(refuses);
}
END_TEST

/* No try is begun that could not end. */
START_TEST(the_limit_cuts_the_pause_short)
{
	int closed, refuses = bound_socket(SOCK_STREAM, false, &closed);
	int64_t start_ms = clock_ms();

	check_dial(STATUS_TIMEOUT, REFUSED, closed,
	    "--retry 1 --retry-delay 1h -w 150ms 127.0.0.1 %d", closed);
	ck_assert_int_ge(clock_ms(), start_ms + 150);
	close(refuses);
}
END_TEST

START_TEST(a_silent_host_is_not_tried_again)
{
	struct dial_rig r;
	struct deaf d;

	deaf_init(&d);
	dial_rig_init(
	    &r, "--retry 5 --retry-delay 1ms -w 150ms 127.0.0.1 %d", d.port);
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_TIMEOUT,
	    "ncx: connect to 127.0.0.1 port %d (tcp) failed: Connection timed "
	    "out\n",
	    d.port);
	ck_assert_int_eq(r.dial.tries, 0);
	dial_rig_free(&r);
	deaf_free(&d);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_tries_so_often_and_tells_of_the_last,
		under_v_each_try_is_seen,
		each_try_takes_all_ports,
		a_lookup_is_tried_again_too,
		it_waits_before_it_tries_again,
		it_connects_once_there_is_a_server,
		the_limit_is_for_all_tries_together,
		the_limit_cuts_the_pause_short,
		a_silent_host_is_not_tried_again,
	};
	int failed = run_tests("dial_again", tests, COUNT(tests));

	return failed != 0;
}
