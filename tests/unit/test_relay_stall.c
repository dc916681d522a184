/* SPDX-License-Identifier: ISC */
/* test_relay_stall.c - a network that takes nothing, and a relay that is cut */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "flow_ways.h"
#include "hub.h"
#include "talk.h"
#include "xalloc.h"

#define HOUR  (3600 * 1000) /* ms */
#define LIMIT 5000          /* ms */
/* bytes; more than a flow and a socket hold */
#define MUCH (2 * FLOW_BUFSIZE)

/* Our end is a seat of a hub, where somebody else has the word. */
struct stall {
	struct talk t;
	struct hub *hub;
	struct channel *speaker;
};

static void
stall_init(struct stall *s, int64_t limit_ms)
{
	const struct hub_member stream = { 0 };
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	s->hub = hub_new(MUCH);
	s->speaker = hub_channel(s->hub, stream);
	talk_of(
	    &s->t, hub_channel(s->hub, stream), channel_socket(fds[0]), fds[1]);
	s->t.r->stall_ms = limit_ms;
	ck_assert(talk_at(&s->t, 0));
}

/* As much as the hub takes; it may be full. */
static void
say_much(struct stall *s)
{
	char *bytes = xcalloc(1, MUCH);

	channel_write(s->speaker, bytes, MUCH);
	free(bytes);
}

/* The peer reads all that has come to it. */
static void
peer_reads(struct stall *s)
{
	char bytes[65536];
	size_t count = 0;

	while (take(s->t.peer, bytes, sizeof(bytes)) > 0)
		count++;
	ck_assert_uint_gt(count, 0);
}

static void
stall_free(struct stall *s)
{
	talk_free(&s->t);
	channel_close(s->speaker);
	hub_free(s->hub);
}

START_TEST(who_takes_nothing_is_left)
{
	struct stall s;

	stall_init(&s, LIMIT);
	say_much(&s);
	ck_assert(talk_at(&s.t, 1000));
	ck_assert(talk_at(&s.t, 3000));
	ck_assert_int_eq(s.t.bench.deadline_ms, s.t.start_ms + 1000 + LIMIT);
	ck_assert(talk_at(&s.t, 1000 + LIMIT - 1));
	ck_assert(!talk_at(&s.t, 1000 + LIMIT));
	ck_assert_int_eq(s.t.result, RELAY_STALLED);
	ck_assert_int_eq(s.t.out_fault, FLOW_FINE);
	ck_assert_uint_gt(s.t.undelivered, 0);
	stall_free(&s);
}
END_TEST

START_TEST(who_takes_some_is_not)
{
	struct stall s;
	int64_t at_ms = 1000;

	stall_init(&s, LIMIT);
	for (int i = 0; i < 20; i++, at_ms += LIMIT - 1) {
		say_much(&s);
		ck_assert(talk_at(&s.t, at_ms));
		peer_reads(&s);
	}
	say_much(&s);
	ck_assert(talk_at(&s.t, at_ms));
	ck_assert(!talk_at(&s.t, at_ms + LIMIT));
	ck_assert_int_eq(s.t.result, RELAY_STALLED);
	stall_free(&s);
}
END_TEST

START_TEST(to_whom_nothing_is_said_need_not_take_it)
{
	struct stall s;

	stall_init(&s, LIMIT);
	ck_assert(talk_at(&s.t, HOUR));
	say_much(&s);
	ck_assert(talk_at(&s.t, HOUR));
	peer_reads(&s);
	ck_assert(talk_at(&s.t, HOUR + LIMIT - 1));
	stall_free(&s);
}
END_TEST

START_TEST(what_it_says_meanwhile_does_not_help)
{
	struct stall s;

	stall_init(&s, LIMIT);
	say_much(&s);
	for (int64_t at_ms = 0; at_ms < LIMIT; at_ms += 1000) {
		put(s.t.peer, "I am here");
		ck_assert(talk_at(&s.t, at_ms));
	}
	ck_assert(!talk_at(&s.t, LIMIT));
	ck_assert_int_eq(s.t.result, RELAY_STALLED);
	stall_free(&s);
}
END_TEST

START_TEST(without_a_limit_there_is_time)
{
	struct stall s;

	stall_init(&s, -1);
	say_much(&s);
	ck_assert(talk_at(&s.t, 0));
	ck_assert(talk_at(&s.t, HOUR));
	peer_reads(&s);
	ck_assert(talk_at(&s.t, HOUR));
	peer_reads(&s);
	stall_free(&s);
}
END_TEST

START_TEST(a_limit_that_comes_later_begins_then)
{
	struct stall s;
	int64_t before_ms;

	stall_init(&s, -1);
	say_much(&s);
	ck_assert(talk_at(&s.t, 0));
	s.t.r->given_ms -= HOUR;
	before_ms = clock_ms();
	relay_limit_stall(s.t.r, LIMIT);
	ck_assert_int_ge(s.t.r->given_ms, before_ms);
	ck_assert(talk_at(&s.t, before_ms + LIMIT - 1 - s.t.start_ms));
	s.t.r->given_ms = before_ms;
	relay_limit_stall(s.t.r, LIMIT); /* is no other */
	ck_assert(!talk_at(&s.t, before_ms + LIMIT - s.t.start_ms));
	ck_assert_int_eq(s.t.result, RELAY_STALLED);
	stall_free(&s);
}
END_TEST

START_TEST(it_ends_as_it_is_when_it_is_cut)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	put(t.in, "said");
	ck_assert(talk_at(&t, 0));
	put(t.in, "not said");
	put(t.peer, "nor heard");
	relay_cut(t.r);
	ck_assert(!talk_at(&t, 0));
	ck_assert_int_eq(t.result, RELAY_CUT);
	ck_assert_uint_le(t.bench.turns, 1);
	expect(t.peer, "said");
	/* it went with something unread */
	ck_assert_int_eq(recv(t.peer, &(char){ 0 }, 1, 0), -1);
	talk_close(&t.stdio[1]);
	expect_end(t.out);
	talk_free(&t);
}
END_TEST

START_TEST(it_may_be_cut_before_it_starts)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	put(t.in, "in vain");
	relay_cut(t.r);
	ck_assert(!talk_at(&t, 0));
	ck_assert_int_eq(t.result, RELAY_CUT);
	expect_end(t.peer);
	talk_free(&t);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		who_takes_nothing_is_left,
		who_takes_some_is_not,
		to_whom_nothing_is_said_need_not_take_it,
		what_it_says_meanwhile_does_not_help,
		without_a_limit_there_is_time,
		a_limit_that_comes_later_begins_then,
		it_ends_as_it_is_when_it_is_cut,
		it_may_be_cut_before_it_starts,
	};
	int failed = run_tests("relay_stall", tests, COUNT(tests));

	return failed != 0;
}
