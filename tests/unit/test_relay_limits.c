/* SPDX-License-Identifier: ISC */
/* test_relay_limits.c - limits of a relay: its time, its bytes, its rate */
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "hub.h"
#include "rate.h"
#include "talk.h"
#include "until.h"

#define HOUR (3600 * 1000) /* ms */

START_TEST(its_time_is_counted_from_its_start)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->max_ms = HOUR;
	ck_assert(talk_at(&t, 0));
	put(t.in, "question");
	ck_assert(talk_at(&t, HOUR - 1000));
	expect(t.peer, "question");
	ck_assert_int_ge(t.bench.deadline_ms, t.start_ms + HOUR);
	ck_assert_int_le(t.bench.deadline_ms, t.start_ms + HOUR + PATIENCE_MS);
	ck_assert(!talk_at(&t, HOUR + PATIENCE_MS));
	ck_assert_int_eq(t.result, RELAY_EXPIRED);
	talk_free(&t);
}
END_TEST

START_TEST(what_has_come_by_then_is_delivered)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->max_ms = HOUR;
	ck_assert(talk_at(&t, 0));
	put(t.peer, "just in time");
	ck_assert(!talk_at(&t, HOUR + PATIENCE_MS));
	expect(t.out, "just in time");
	ck_assert_int_eq(t.result, RELAY_EXPIRED);
	talk_free(&t);
}
END_TEST

START_TEST(who_is_over_in_time_has_not_expired)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->max_ms = HOUR;
	ck_assert(talk_at(&t, 0));
	talk_close(&t.in);
	talk_close(&t.peer);
	ck_assert(!talk_at(&t, HOUR + PATIENCE_MS));
	ck_assert_int_eq(t.result, RELAY_OVER);
	talk_free(&t);
}
END_TEST

START_TEST(without_a_limit_there_is_none)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	ck_assert(talk_at(&t, 0));
	ck_assert(talk_at(&t, (int64_t)HOUR * 24 * 365));
	talk_free(&t);
}
END_TEST

START_TEST(inbound_bytes_end_both_directions)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->flow[RELAY_INBOUND].bytes_max = 4;
	put(t.in, "sent");
	ck_assert(talk_at(&t, 0));
	put(t.peer, "one two");
	ck_assert(!talk_at(&t, 0));
	expect(t.out, "one ");
	expect_end(t.out);
	expect(t.peer, "sent");
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.in_fault, FLOW_FINE);
	ck_assert_int_eq(t.out_fault, FLOW_FINE);
	talk_free(&t);
}
END_TEST

START_TEST(a_text_ends_both_directions)
{
	struct talk t;
	struct flow *in;

	talk_init(&t, SOCK_STREAM);
	in = &t.r->flow[RELAY_INBOUND];
	in->filter = until_filter((const uint8_t *)"OK", 2, in);
	put(t.peer, "not yet O");
	ck_assert(talk_at(&t, 0));
	put(t.peer, "K and more");
	ck_assert(!talk_at(&t, 0));
	expect(t.out, "not yet OK");
	expect_end(t.out);
	expect_end(t.peer);
	ck_assert_int_eq(t.result, RELAY_OVER);
	talk_free(&t);
}
END_TEST

START_TEST(outbound_bytes_end_as_our_input_does)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->flow[RELAY_OUTBOUND].bytes_max = 4;
	put(t.in, "one two");
	ck_assert(talk_at(&t, 0));
	expect(t.peer, "one ");
	expect_end(t.peer);
	put(t.peer, "the reply");
	ck_assert(talk_at(&t, HOUR));
	expect(t.out, "the reply");
	expect(t.stdio[0], "two");
	talk_close(&t.peer);
	ck_assert(!talk_at(&t, HOUR));
	ck_assert_int_eq(t.result, RELAY_OVER);
	talk_free(&t);
}
END_TEST

START_TEST(bytes_that_never_end_reach_their_number)
{
	static const char zeroes[8192];
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->flow[RELAY_OUTBOUND].bytes_max = 3 * sizeof(zeroes);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(
		    write(t.in, zeroes, sizeof(zeroes)), sizeof(zeroes));
	ck_assert(talk_at(&t, 0));
	ck_assert_uint_eq(t.r->flow[RELAY_OUTBOUND].bytes, 3 * sizeof(zeroes));
	ck_assert_int_eq(t.r->flow[RELAY_OUTBOUND].state, FLOW_DONE);
	talk_free(&t);
}
END_TEST

/* Others would have to wait for it, who hear the same. */
START_TEST(a_seat_is_emptied_though_no_more_is_sent)
{
	struct hub *hub = hub_new(strlen("one two"));
	struct hub_member member = { 0 };
	struct channel *speaker = hub_channel(hub, member);
	struct channel *seat = hub_channel(hub, member);
	char heard[16];
	struct talk t;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	talk_of(&t, seat, channel_socket(fds[0]), fds[1]);
	t.r->flow[RELAY_OUTBOUND].bytes_max = 4;
	ck_assert(talk_at(&t, 0));
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(channel_write(speaker, "one two", 7), 7);
		ck_assert(talk_at(&t, 0));
	}
	expect(t.peer, "one ");
	expect_end(t.peer);
	put(t.peer, "heard");
	ck_assert(talk_at(&t, 0));
	ck_assert_int_eq(channel_read(speaker, heard, sizeof(heard)), 5);
	talk_free(&t);
	channel_close(speaker);
	hub_free(hub);
}
END_TEST

/* Silence is the peer's, not ours: the pause does not count. */
START_TEST(our_own_pause_is_no_silence)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->idle_ms = 1000;
	rate_init(&t.r->flow[RELAY_INBOUND].rate, 1);
	t.r->flow[RELAY_INBOUND].rate.credit = -9000; /* a large one before */
	t.r->flow[RELAY_INBOUND].rate.since_ms = t.start_ms;
	put(t.peer, "x");
	ck_assert(talk_at(&t, 9999));
	expect_none(t.out);
	ck_assert(talk_at(&t, 10000));
	expect(t.out, "x");
	ck_assert(talk_at(&t, 11999));
	ck_assert(!talk_at(&t, 12001));
	ck_assert_int_eq(t.result, RELAY_IDLE);
	talk_free(&t);
}
END_TEST

START_TEST(who_leaves_meanwhile_is_noticed)
{
	struct talk t;

	talk_init(&t, TALK_TCP);
	rate_init(&t.r->flow[RELAY_OUTBOUND].rate, 1);
	put(t.in, "slowly");
	ck_assert(talk_at(&t, 0));
	ck_assert_int_eq(t.r->flow[RELAY_OUTBOUND].state, FLOW_OPEN);
	setsockopt(t.peer, SOL_SOCKET, SO_LINGER,
	    &(struct linger){ .l_onoff = 1 }, sizeof(struct linger));
	talk_close(&t.peer);
	ck_assert(!talk_at(&t, 0));
	ck_assert_int_eq(t.in_fault, FLOW_SRC);
	talk_free(&t);
}
END_TEST

/* -q counts from the end of our input, which is read as slowly. */
START_TEST(quitting_waits_for_what_is_to_be_sent)
{
	struct talk t;
	int ours[2], network[2];

	pair_of(SOCK_STREAM, ours);
	pair_of(SOCK_STREAM, network);
	talk_of(&t, channel_socket(ours[0]), channel_socket(network[0]),
	    network[1]);
	rate_init(&t.r->flow[RELAY_OUTBOUND].rate, 1);
	t.r->quit_ms = 0;
	put(ours[1], "abc");
	shutdown(ours[1], SHUT_WR);
	ck_assert(talk_at(&t, 0));
	ck_assert(talk_at(&t, 1000));
	ck_assert(talk_at(&t, 2000));
	expect(t.peer, "abc");
	ck_assert(!talk_at(&t, 3000));
	expect_end(t.peer);
	close(ours[1]);
	talk_free(&t);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		its_time_is_counted_from_its_start,
		what_has_come_by_then_is_delivered,
		who_is_over_in_time_has_not_expired,
		without_a_limit_there_is_none,
		inbound_bytes_end_both_directions,
		a_text_ends_both_directions,
		outbound_bytes_end_as_our_input_does,
		bytes_that_never_end_reach_their_number,
		a_seat_is_emptied_though_no_more_is_sent,
		our_own_pause_is_no_silence,
		who_leaves_meanwhile_is_noticed,
		quitting_waits_for_what_is_to_be_sent,
	};
	int failed = run_tests("relay_limits", tests, COUNT(tests));

	return failed != 0;
}
