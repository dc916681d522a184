/* SPDX-License-Identifier: ISC */
/* test_connect_order.c - which ports and addresses are tried, and when */
#include <errno.h>
#include <unistd.h>

#include "clock.h"
#include "connect_rig.h"

START_TEST(the_first_port_that_connects_is_used)
{
	struct connect_rig r;
	int closed, port, refuses = bound_socket(SOCK_STREAM, false, &closed);
	int listener = bound_socket(SOCK_STREAM, true, &port);
	const int ports[] = { closed, port, closed };

	connect_rig_init(&r);
	r.request.ports = ports;
	r.request.port_count = COUNT(ports);
	address_add(&r.addresses, "127.0.0.2", 9, SOCK_STREAM);
	address_add(&r.addresses, "127.0.0.1", 9, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), 0);
	ck_assert_str_eq(r.log,
	    "connect 127.0.0.2: Connection refused\n"
	    "connect 127.0.0.1: Connection refused\n"
	    "connect 127.0.0.2: Connection refused\n"
	    "connect 127.0.0.1: Success\n");
	ck_assert_int_eq(address_port(r.addresses), 9);
	close(refuses);
	close(listener);
	connect_rig_free(&r);
}
END_TEST

START_TEST(without_a_port_left_it_fails)
{
	struct connect_rig r;
	int closed, refuses = bound_socket(SOCK_STREAM, false, &closed);
	const int ports[] = { closed, closed };

	connect_rig_init(&r);
	r.request.ports = ports;
	r.request.port_count = COUNT(ports);
	address_add(&r.addresses, "127.0.0.1", 0, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), IO_ERROR);
	ck_assert_str_eq(r.log,
	    "connect 127.0.0.1: Connection refused\n"
	    "connect 127.0.0.1: Connection refused\n");
	close(refuses);
	connect_rig_free(&r);
}
END_TEST

/* A lookup before it may fill the lists. */
START_TEST(the_lists_are_looked_at_when_it_runs)
{
	struct connect_rig r;
	int port, listener = bound_socket(SOCK_STREAM, true, &port);
	size_t count;

	connect_rig_init(&r);
	connect_rig_begin(&r);
	ck_assert_int_lt(handshake_deadline(r.ch, &count), CLOCK_NEVER);
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	ck_assert_int_eq(handshake_finish(r.ch), 0);
	close(listener);
	connect_rig_free(&r);
}
END_TEST

START_TEST(without_an_address_at_all_it_fails)
{
	struct connect_rig r;

	connect_rig_init(&r);
	ck_assert_int_eq(connect_rig_run(&r), IO_ERROR);
	ck_assert_str_eq(r.log, "");
	connect_rig_free(&r);
}
END_TEST

START_TEST(a_silent_address_gets_a_head_start)
{
	struct deaf d;
	struct connect_rig r;
	int port, listener = bound_socket(SOCK_STREAM, true, &port);
	int64_t start_ms = clock_ms(), deadline_ms;
	size_t count;

	deaf_init(&d);
	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.1", d.port, SOCK_STREAM);
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	connect_rig_begin(&r);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	deadline_ms = handshake_deadline(r.ch, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_ge(deadline_ms, start_ms + 250);
	ck_assert_int_le(deadline_ms, clock_ms() + 250);
	ck_assert_int_eq(handshake_finish(r.ch), 0);
	ck_assert_int_ge(clock_ms(), start_ms + 250);
	ck_assert_str_eq(r.log,
	    "connect 127.0.0.1: Success\n"
	    "connect 127.0.0.1: Operation canceled\n");
	deaf_free(&d);
	close(listener);
	connect_rig_free(&r);
}
END_TEST

/* There is only one socket that can have the port. */
START_TEST(from_a_port_of_its_own_it_tries_one_at_a_time)
{
	struct deaf d;
	struct connect_rig r;
	int port, unused = bound_socket(SOCK_STREAM, false, &port);
	size_t count;

	close(unused);
	deaf_init(&d);
	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.1", d.port, SOCK_STREAM);
	address_add(&r.addresses, "127.0.0.2", d.port, SOCK_STREAM);
	address_add(&r.sources, "127.0.0.1", port, SOCK_STREAM);
	connect_rig_begin(&r);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	ck_assert_int_eq(handshake_deadline(r.ch, &count), CLOCK_NEVER);
	ck_assert_uint_eq(count, 1);
	deaf_free(&d);
	connect_rig_free(&r);
}
END_TEST

START_TEST(when_its_time_is_over_it_names_who_is_silent)
{
	int closed, refuses = bound_socket(SOCK_STREAM, false, &closed);
	struct connect_rig r;
	struct deaf d;

	deaf_init(&d);
	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.2", closed, SOCK_STREAM);
	address_add(&r.addresses, "127.0.0.1", d.port, SOCK_STREAM);
	address_add(&r.addresses, "127.0.0.3", closed, SOCK_STREAM);
	connect_rig_begin(&r);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	while (r.log[0] == '\0') {
		handshake_await(r.ch);
		ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	}
	ck_assert_str_eq(r.log, "connect 127.0.0.2: Connection refused\n");
	r.log[0] = '\0';
	channel_expire_handshake(r.ch);
	ck_assert_str_eq(r.log, "connect 127.0.0.1: Connection timed out\n");
	deaf_free(&d);
	connect_rig_free(&r);
	close(refuses);
}
END_TEST

START_TEST(it_may_be_given_up)
{
	struct connect_rig r;
	struct deaf d;
	int before;

	deaf_init(&d);
	before = free_descriptor();
	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.1", d.port, SOCK_STREAM);
	connect_rig_begin(&r);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	ck_assert_int_gt(free_descriptor(), before);
	connect_rig_free(&r);
	ck_assert_int_eq(free_descriptor(), before);
	deaf_free(&d);
}
END_TEST

struct attempts {
	struct connect_attempt list[8];
	size_t count;
};

static void
keep_attempt(const struct connect_attempt *attempt, void *arg)
{
	struct attempts *all = arg;

	ck_assert_uint_lt(all->count, COUNT(all->list));
	all->list[all->count++] = *attempt;
}

/* The winner is told first, with its address; then those who were slower. */
START_TEST(who_loses_the_race_is_told_as_canceled)
{
	struct attempts all = { .count = 0 };
	int port, listener = bound_socket(SOCK_STREAM, true, &port);
	int64_t before_ns = clock_ns();
	struct connect_rig r;
	struct deaf d;

	deaf_init(&d);
	connect_rig_init(&r);
	r.request.attempt = keep_attempt;
	r.request.arg = &all;
	address_add(&r.addresses, "127.0.0.1", d.port, SOCK_STREAM);
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), 0);
	ck_assert_uint_eq(all.count, 2);
	ck_assert_int_eq(all.list[0].error, 0);
	ck_assert_int_ne(address_port(&all.list[0].local), 0);
	ck_assert_int_eq(all.list[1].error, ECANCELED);
	ck_assert_int_ne(all.list[1].local.len, 0);
	ck_assert_int_ge(all.list[1].start_ns, before_ns);
	ck_assert_int_lt(all.list[1].start_ns, all.list[0].start_ns);
	ck_assert_int_ge(all.list[1].end_ns, all.list[0].end_ns);
	deaf_free(&d);
	close(listener);
	connect_rig_free(&r);
}
END_TEST

/* Who is interrupted has not failed. */
START_TEST(who_is_still_trying_at_the_end_is_canceled)
{
	struct attempts all = { .count = 0 };
	struct connect_rig r;
	struct deaf d;

	deaf_init(&d);
	connect_rig_init(&r);
	r.request.attempt = keep_attempt;
	r.request.arg = &all;
	address_add(&r.addresses, "127.0.0.1", d.port, SOCK_STREAM);
	connect_rig_begin(&r);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	ck_assert_uint_eq(all.count, 0);
	channel_close(r.ch);
	r.ch = NULL;
	ck_assert_uint_eq(all.count, 1);
	ck_assert_int_eq(all.list[0].error, ECANCELED);
	deaf_free(&d);
	connect_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_first_port_that_connects_is_used,
		without_a_port_left_it_fails,
		the_lists_are_looked_at_when_it_runs,
		without_an_address_at_all_it_fails,
		a_silent_address_gets_a_head_start,
		from_a_port_of_its_own_it_tries_one_at_a_time,
		when_its_time_is_over_it_names_who_is_silent,
		it_may_be_given_up,
		who_loses_the_race_is_told_as_canceled,
		who_is_still_trying_at_the_end_is_canceled,
	};
	int failed = run_tests("connect_order", tests, COUNT(tests));

	return failed != 0;
}
