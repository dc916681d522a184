/* SPDX-License-Identifier: ISC */
/* test_relay_rules.c - what ends a relay besides its two ends */
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "talk.h"

#define HOUR (3600 * 1000) /* ms */

START_TEST(until_inbound_the_peer_ends_it)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->until = UNTIL_INBOUND;
	put(t.in, "question");
	put(t.peer, "answer");
	ck_assert(talk_at(&t, 0));
	shutdown(t.peer, SHUT_WR);
	ck_assert(!talk_at(&t, 0));
	expect(t.peer, "question");
	expect_end(t.peer);
	expect(t.out, "answer");
	ck_assert_int_eq(t.result, RELAY_OVER);
	talk_free(&t);
}
END_TEST

START_TEST(until_inbound_our_end_does_not_end_it)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->until = UNTIL_INBOUND;
	talk_close(&t.in);
	ck_assert(talk_at(&t, HOUR));
	put(t.peer, "late");
	ck_assert(talk_at(&t, HOUR));
	expect(t.out, "late");
	talk_free(&t);
}
END_TEST

START_TEST(until_outbound_our_end_ends_it)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->until = UNTIL_OUTBOUND;
	put(t.in, "all");
	ck_assert(talk_at(&t, HOUR));
	put(t.peer, "is there");
	talk_close(&t.in);
	ck_assert(!talk_at(&t, HOUR));
	expect(t.peer, "all");
	expect_end(t.peer);
	expect(t.out, "is there");
	ck_assert_int_eq(t.result, RELAY_OVER);
	talk_free(&t);
}
END_TEST

START_TEST(so_many_reads_end_both_directions)
{
	struct talk t;

	talk_init(&t, SOCK_DGRAM);
	t.r->flow[RELAY_INBOUND].reads_max = 2;
	put(t.peer, "one ");
	ck_assert(talk_at(&t, 0));
	put(t.peer, "two ");
	put(t.peer, "three");
	ck_assert(!talk_at(&t, 0));
	expect(t.out, "one two ");
	ck_assert_int_eq(t.result, RELAY_OVER);
	talk_free(&t);
}
END_TEST

/* The peer talked and ended, and our input is silent. */
START_TEST(a_silent_input_lingers)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->linger_ms = 1000;
	put(t.peer, "bye");
	ck_assert(talk_at(&t, 0));
	shutdown(t.peer, SHUT_WR);
	ck_assert(talk_at(&t, 5000));
	ck_assert_int_eq(t.bench.deadline_ms, t.start_ms + 6000);
	ck_assert(talk_at(&t, 5999));
	ck_assert(!talk_at(&t, 6000));
	expect(t.out, "bye");
	expect_end(t.peer);
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.out_fault, FLOW_FINE);
	talk_free(&t);
}
END_TEST

START_TEST(the_first_byte_ends_the_lingering)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->linger_ms = 1000;
	put(t.peer, "shout at me");
	shutdown(t.peer, SHUT_WR);
	ck_assert(talk_at(&t, 0));
	put(t.in, "SHOUT");
	ck_assert(talk_at(&t, 999));
	ck_assert(talk_at(&t, HOUR));
	expect(t.peer, "SHOUT");
	talk_close(&t.in);
	ck_assert(!talk_at(&t, HOUR));
	expect_end(t.peer);
	talk_free(&t);
}
END_TEST

START_TEST(after_a_silent_peer_there_is_no_lingering)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->linger_ms = 1000;
	shutdown(t.peer, SHUT_WR);
	ck_assert(talk_at(&t, 0));
	ck_assert(talk_at(&t, HOUR));
	put(t.in, "upload");
	ck_assert(talk_at(&t, HOUR));
	expect(t.peer, "upload");
	talk_free(&t);
}
END_TEST

START_TEST(so_long_after_our_end_it_leaves)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->quit_ms = 1000;
	put(t.in, "question");
	ck_assert(talk_at(&t, HOUR));
	talk_close(&t.in);
	ck_assert(talk_at(&t, HOUR + 500));
	expect(t.peer, "question");
	put(t.peer, "in time");
	ck_assert(talk_at(&t, HOUR + 1499));
	ck_assert_int_eq(t.bench.deadline_ms, t.start_ms + HOUR + 1500);
	put(t.peer, ", just");
	ck_assert(!talk_at(&t, HOUR + 1500));
	expect(t.out, "in time, just");
	ck_assert_int_eq(t.result, RELAY_OVER);
	talk_free(&t);
}
END_TEST

/* The peer takes nothing: what is left is lost, and that is known. */
START_TEST(it_leaves_though_the_peer_is_stuck)
{
	static char block[60000];
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	setsockopt(
	    t.r->end[1]->wfd, SOL_SOCKET, SO_SNDBUF, &(int){ 1 }, sizeof(int));
	t.r->flow[RELAY_OUTBOUND].lines = true; /* held in memory */
	t.r->quit_ms = 1000;
	ck_assert_int_eq(write(t.in, block, sizeof(block)), sizeof(block));
	talk_close(&t.in);
	ck_assert(talk_at(&t, 0));
	ck_assert(talk_at(&t, 999));
	ck_assert(!talk_at(&t, 1000));
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_uint_gt(t.undelivered, 0);
	talk_free(&t);
}
END_TEST

START_TEST(quit_at_once_delivers_first)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->quit_ms = 0;
	put(t.in, "all of it");
	put(t.peer, "and this");
	talk_close(&t.in);
	ck_assert(!talk_at(&t, 0));
	expect(t.peer, "all of it");
	expect_end(t.peer);
	expect(t.out, "and this");
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_uint_eq(t.undelivered, 0);
	talk_free(&t);
}
END_TEST

/* At once is not before all is sent. */
START_TEST(quit_at_once_waits_for_a_slow_peer)
{
	static char block[60000];
	size_t got = 0;
	struct talk t;
	ssize_t n;

	talk_init(&t, SOCK_STREAM);
	setsockopt(
	    t.r->end[1]->wfd, SOL_SOCKET, SO_SNDBUF, &(int){ 1 }, sizeof(int));
	t.r->flow[RELAY_OUTBOUND].lines = true; /* held in memory */
	t.r->quit_ms = 0;
	ck_assert_int_eq(write(t.in, block, sizeof(block)), sizeof(block));
	talk_close(&t.in);
	ck_assert(talk_at(&t, 0));
	ck_assert(talk_at(&t, HOUR));
	while ((n = take(t.peer, block, sizeof(block))) > 0) {
		got += (size_t)n;
		talk_at(&t, HOUR);
	}
	ck_assert_uint_eq(got, sizeof(block));
	ck_assert(t.over);
	ck_assert_uint_eq(t.undelivered, 0);
	talk_free(&t);
}
END_TEST

START_TEST(a_negative_quit_never_comes)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	talk_close(&t.in);
	ck_assert(talk_at(&t, HOUR));
	ck_assert_int_eq(t.bench.deadline_ms, CLOCK_NEVER);
	talk_free(&t);
}
END_TEST

START_TEST(silence_ends_it_and_a_byte_is_none)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->idle_ms = 1000;
	ck_assert(talk_at(&t, 0));
	put(t.in, "x");
	ck_assert(talk_at(&t, 900));
	put(t.peer, "y");
	ck_assert(talk_at(&t, 1800));
	ck_assert_int_eq(t.bench.deadline_ms, t.start_ms + 2800);
	ck_assert(talk_at(&t, 2799));
	ck_assert(!talk_at(&t, 2800));
	ck_assert_int_eq(t.result, RELAY_IDLE);
	talk_free(&t);
}
END_TEST

START_TEST(an_empty_datagram_is_no_silence)
{
	struct talk t;

	talk_init(&t, SOCK_DGRAM);
	t.r->idle_ms = 1000;
	ck_assert(talk_at(&t, 0));
	put(t.peer, "");
	ck_assert(talk_at(&t, 900));
	ck_assert(talk_at(&t, 1899));
	ck_assert(!talk_at(&t, 1900));
	ck_assert_int_eq(t.result, RELAY_IDLE);
	talk_free(&t);
}
END_TEST

/* A reader that pauses is not the silence of the network. */
START_TEST(a_slow_output_stops_the_clock)
{
	static char block[1 << 20];
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->idle_ms = 1000;
	set_nonblocking(t.peer);
	while (write(t.peer, block, sizeof(block)) > 0)
		ck_assert(talk_at(&t, 0));
	ck_assert(talk_at(&t, HOUR));
	while (take(t.out, block, sizeof(block)) > 0)
		ck_assert(talk_at(&t, HOUR));
	ck_assert(talk_at(&t, HOUR + 999));
	ck_assert(!talk_at(&t, HOUR + 1000));
	ck_assert_int_eq(t.result, RELAY_IDLE);
	talk_free(&t);
}
END_TEST

/* Nor is a pause that we make ourselves. */
START_TEST(our_own_pause_stops_the_clock)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->idle_ms = 1000;
	t.r->flow[RELAY_OUTBOUND].lines = true;
	t.r->flow[RELAY_OUTBOUND].pace_ms = HOUR;
	put(t.in, "one\ntwo\n");
	ck_assert(talk_at(&t, 0));
	expect(t.peer, "one\n");
	ck_assert(talk_at(&t, HOUR));
	expect(t.peer, "two\n");
	ck_assert(talk_at(&t, HOUR + 999));
	talk_free(&t);
}
END_TEST

/* 0 is "what is there now", and our input still gets the time to speak. */
START_TEST(no_patience_at_all_still_hears_our_input)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->idle_ms = 0;
	t.r->linger_ms = 1000;
	ck_assert(talk_at(&t, 0));
	ck_assert(talk_at(&t, 999));
	put(t.in, "x");
	ck_assert(!talk_at(&t, 999));
	expect(t.peer, "x");
	ck_assert_int_eq(t.result, RELAY_IDLE);
	talk_free(&t);
}
END_TEST

START_TEST(silence_before_its_start_does_not_count)
{
	int64_t start_ms;
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->last_ms = 1;
	start_ms = clock_ms();
	ck_assert(talk_at(&t, 0));
	ck_assert_int_ge(t.r->last_ms, start_ms);
	talk_free(&t);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		until_inbound_the_peer_ends_it,
		until_inbound_our_end_does_not_end_it,
		until_outbound_our_end_ends_it,
		so_many_reads_end_both_directions,
		a_silent_input_lingers,
		the_first_byte_ends_the_lingering,
		after_a_silent_peer_there_is_no_lingering,
		so_long_after_our_end_it_leaves,
		it_leaves_though_the_peer_is_stuck,
		quit_at_once_delivers_first,
		quit_at_once_waits_for_a_slow_peer,
		a_negative_quit_never_comes,
		silence_ends_it_and_a_byte_is_none,
		an_empty_datagram_is_no_silence,
		a_slow_output_stops_the_clock,
		no_patience_at_all_still_hears_our_input,
		silence_before_its_start_does_not_count,
		our_own_pause_stops_the_clock,
	};
	int failed = run_tests("relay_rules", tests, COUNT(tests));

	return failed != 0;
}
