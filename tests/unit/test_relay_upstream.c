/* SPDX-License-Identifier: ISC */
/* test_relay_upstream.c - a relay whose own side is a connection as well */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "talk.h"

#define HOUR (3600 * 1000) /* ms */

/* Our end and the network are sockets; in is the other end of ours. */
static void
talk_between_sockets(struct talk *t, bool tcp)
{
	int up[2], down[2];

	if (tcp) {
		tcp_pair(up);
		tcp_pair(down);
	} else {
		pair_of(SOCK_STREAM, up);
		pair_of(SOCK_STREAM, down);
	}
	talk_of(t, channel_socket(up[0]), channel_socket(down[0]), down[1]);
	t->in = up[1];
}

/* At the start, until this direction is through: what is on its way over the
 * network stack may take a moment. */
static void
talk_until(struct talk *t, enum relay_side side, enum flow_state state)
{
	int64_t until_ms = clock_ms() + PATIENCE_MS;

	while (t->r->flow[side].state < state) {
		ck_assert(talk_at(t, 0));
		if (clock_ms() > until_ms)
			ck_abort_msg("the flow does not get there");
	}
}

static void
reset(int *fd)
{
	const struct linger none = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(*fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	talk_close(fd);
}

/* Upstream has answered and ended its direction, the client has not. */
static void
talk_answered(struct talk *t, bool tcp)
{
	talk_between_sockets(t, tcp);
	put(t->in, "answer");
	shutdown(t->in, SHUT_WR);
	talk_until(t, RELAY_OUTBOUND, FLOW_DONE);
	expect(t->peer, "answer");
	expect_end(t->peer);
}

START_TEST(upstream_may_end_first)
{
	for (int tcp = 0; tcp < 2; tcp++) {
		struct talk t;

		talk_answered(&t, tcp);
		ck_assert(talk_at(&t, HOUR));
		put(t.peer, "and more");
		shutdown(t.peer, SHUT_WR);
		talk_until_over(&t);
		ck_assert_int_eq(t.result, RELAY_OVER);
		ck_assert_int_eq(t.in_fault, FLOW_FINE);
		ck_assert_int_eq(t.out_fault, FLOW_FINE);
		expect(t.in, "and more");
		expect_end(t.in);
		talk_free(&t);
	}
}
END_TEST

START_TEST(the_client_may_end_first)
{
	for (int tcp = 0; tcp < 2; tcp++) {
		struct talk t;

		talk_between_sockets(&t, tcp);
		put(t.peer, "question");
		shutdown(t.peer, SHUT_WR);
		talk_until(&t, RELAY_INBOUND, FLOW_DONE);
		expect(t.in, "question");
		expect_end(t.in);
		ck_assert(talk_at(&t, HOUR));
		put(t.in, "answer");
		shutdown(t.in, SHUT_WR);
		talk_until_over(&t);
		ck_assert_int_eq(t.result, RELAY_OVER);
		ck_assert_int_eq(t.out_fault, FLOW_FINE);
		expect(t.peer, "answer");
		expect_end(t.peer);
		talk_free(&t);
	}
}
END_TEST

/* It read all and has closed: nothing is lost, however long the client keeps
 * its own direction open. */
START_TEST(upstream_may_leave)
{
	struct talk t;

	talk_answered(&t, false);
	talk_close(&t.in);
	talk_until_over(&t);
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.in_fault, FLOW_FINE);
	ck_assert_int_eq(t.out_fault, FLOW_FINE);
	talk_free(&t);
}
END_TEST

START_TEST(what_comes_for_one_that_left_is_lost)
{
	struct talk t;

	talk_answered(&t, false);
	talk_close(&t.in);
	put(t.peer, "too late");
	talk_until_over(&t);
	ck_assert_int_eq(t.in_fault, FLOW_DST);
	ck_assert_int_eq(t.ours_error, EPIPE);
	talk_free(&t);
}
END_TEST

START_TEST(a_reset_of_upstream_is_its_fault)
{
	struct talk t;

	talk_between_sockets(&t, true);
	ck_assert(talk_at(&t, 0));
	reset(&t.in);
	talk_until_over(&t);
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.out_fault, FLOW_SRC);
	ck_assert_int_eq(t.ours_error, ECONNRESET);
	ck_assert_int_eq(t.network_error, 0);
	talk_free(&t);
}
END_TEST

/* Nothing is read from it any more, nothing is to be written to it. */
START_TEST(and_is_seen_after_its_end)
{
	struct talk t;

	talk_answered(&t, true);
	reset(&t.in);
	talk_until_over(&t);
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.in_fault, FLOW_DST);
	ck_assert_int_ne(t.ours_error, 0);
	ck_assert_int_eq(t.network_error, 0);
	talk_free(&t);
}
END_TEST

START_TEST(a_reset_of_the_client_is_seen_after_its_end)
{
	struct talk t;

	talk_between_sockets(&t, true);
	shutdown(t.peer, SHUT_WR);
	talk_until(&t, RELAY_INBOUND, FLOW_DONE);
	expect_end(t.in);
	reset(&t.peer);
	talk_until_over(&t);
	ck_assert_int_eq(t.out_fault, FLOW_DST);
	ck_assert_int_ne(t.network_error, 0);
	ck_assert_int_eq(t.ours_error, 0);
	talk_free(&t);
}
END_TEST

/* What it has not taken cannot be delivered. */
START_TEST(upstream_leaves_with_something_held)
{
	char bytes[4096] = { 0 };
	struct talk t;

	talk_between_sockets(&t, false);
	set_nonblocking(t.peer);
	do {
		while (write(t.peer, bytes, sizeof(bytes)) > 0)
			continue;
		ck_assert(talk_at(&t, 0));
	} while (flow_held(&t.r->flow[RELAY_INBOUND]) == 0);
	talk_close(&t.in);
	talk_until_over(&t);
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert(t.in_fault == FLOW_DST || t.out_fault == FLOW_SRC);
	ck_assert_int_ne(t.ours_error, 0);
	talk_free(&t);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		upstream_may_end_first,
		the_client_may_end_first,
		upstream_may_leave,
		what_comes_for_one_that_left_is_lost,
		a_reset_of_upstream_is_its_fault,
		and_is_seen_after_its_end,
		a_reset_of_the_client_is_seen_after_its_end,
		upstream_leaves_with_something_held,
	};
	int failed = run_tests("relay_upstream", tests, COUNT(tests));

	return failed != 0;
}
