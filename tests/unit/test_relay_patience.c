/* SPDX-License-Identifier: ISC */
/* test_relay_patience.c - a peer that is told late of the end of our input */
#include <sys/socket.h>

#include "talk.h"

/* Our input has said "question" and is at its end. */
static void
ask(struct talk *t)
{
	talk_init(t, SOCK_STREAM);
	t->r->patience_ms = 1000;
	put(t->in, "question");
	talk_close(&t->in);
	ck_assert(talk_at(t, 0));
	expect(t->peer, "question");
	expect_none(t->peer);
}

START_TEST(after_a_silence_it_is_told)
{
	struct talk t;

	ask(&t);
	ck_assert(talk_at(&t, 999));
	ck_assert_int_eq(t.bench.deadline_ms, t.start_ms + 1000);
	expect_none(t.peer);
	ck_assert(talk_at(&t, 1000));
	expect_end(t.peer);
	put(t.peer, "answer");
	shutdown(t.peer, SHUT_WR);
	ck_assert(!talk_at(&t, 1001));
	expect(t.out, "answer");
	ck_assert_int_eq(t.out_fault, FLOW_FINE);
	talk_free(&t);
}
END_TEST

START_TEST(each_answer_puts_it_off)
{
	struct talk t;

	ask(&t);
	put(t.peer, "one");
	ck_assert(talk_at(&t, 900));
	put(t.peer, "two");
	ck_assert(talk_at(&t, 1800));
	expect_none(t.peer);
	ck_assert(talk_at(&t, 2799));
	expect_none(t.peer);
	ck_assert(talk_at(&t, 2800));
	expect_end(t.peer);
	expect(t.out, "onetwo");
	talk_free(&t);
}
END_TEST

/* Who was told a lot, and says nothing to it, only listens. */
START_TEST(a_listener_is_told_at_once)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->patience_ms = 1000;
	t.r->patience_bytes = 7;
	put(t.in, "question");
	talk_close(&t.in);
	ck_assert(talk_at(&t, 0));
	expect(t.peer, "question");
	ck_assert(talk_at(&t, 1));
	expect_end(t.peer);
	talk_free(&t);
}
END_TEST

START_TEST(not_one_that_has_spoken_or_was_told_little)
{
	static const struct {
		const char *said;
		uint64_t bytes;
	} cases[] = { { "hello", 7 }, { NULL, 8 } };

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct talk t;

		talk_init(&t, SOCK_STREAM);
		t.r->patience_ms = 1000;
		t.r->patience_bytes = cases[i].bytes;
		if (cases[i].said != NULL)
			put(t.peer, cases[i].said);
		ck_assert(talk_at(&t, 0));
		put(t.in, "question");
		talk_close(&t.in);
		ck_assert(talk_at(&t, 1));
		expect(t.peer, "question");
		ck_assert(talk_at(&t, 1000));
		expect_none(t.peer);
		ck_assert(talk_at(&t, 1001));
		expect_end(t.peer);
		talk_free(&t);
	}
}
END_TEST

/* Upstream, through a proxy, is told late of the client's end. */
START_TEST(it_may_be_our_side_that_is_told_late)
{
	struct talk t;
	int up[2], down[2];

	pair_of(SOCK_STREAM, up);
	pair_of(SOCK_STREAM, down);
	talk_of(&t, channel_socket(up[0]), channel_socket(down[0]), down[1]);
	t.in = up[1];
	t.r->patience_ms = 1000;
	t.r->patient = RELAY_INBOUND;
	put(t.peer, "question");
	shutdown(t.peer, SHUT_WR);
	ck_assert(talk_at(&t, 0));
	expect(t.in, "question");
	put(t.in, "ans");
	ck_assert(talk_at(&t, 900));
	expect(t.peer, "ans");
	ck_assert(talk_at(&t, 1899));
	expect_none(t.in);
	ck_assert(talk_at(&t, 1900));
	expect_end(t.in);
	put(t.in, "wer");
	shutdown(t.in, SHUT_WR);
	ck_assert(!talk_at(&t, 1901));
	expect(t.peer, "wer");
	expect_end(t.peer);
	ck_assert_int_eq(t.in_fault, FLOW_FINE);
	talk_free(&t);
}
END_TEST

/* The end of its direction goes out at once: only the other is held. */
START_TEST(our_end_need_not_wait_for_it)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->patience_ms = 1000;
	t.r->patient = RELAY_INBOUND;
	talk_close(&t.in);
	ck_assert(talk_at(&t, 0));
	expect_end(t.peer);
	shutdown(t.peer, SHUT_WR);
	ck_assert(!talk_at(&t, 0));
	talk_free(&t);
}
END_TEST

START_TEST(the_end_of_the_peer_is_the_end)
{
	struct talk t;

	ask(&t);
	put(t.peer, "answer");
	shutdown(t.peer, SHUT_WR);
	ck_assert(!talk_at(&t, 10));
	expect(t.out, "answer");
	expect_end(t.peer);
	ck_assert_int_eq(t.result, RELAY_OVER);
	talk_free(&t);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		after_a_silence_it_is_told,
		each_answer_puts_it_off,
		a_listener_is_told_at_once,
		not_one_that_has_spoken_or_was_told_little,
		it_may_be_our_side_that_is_told_late,
		our_end_need_not_wait_for_it,
		the_end_of_the_peer_is_the_end,
	};
	int failed = run_tests("relay_patience", tests, COUNT(tests));

	return failed != 0;
}
