/* SPDX-License-Identifier: ISC */
/* test_relay_handshake.c - what is before the first byte */
#include <sys/socket.h>

#include "talk.h"

#define HOUR (3600 * 1000) /* ms */

START_TEST(nothing_is_read_before_the_handshake_is_over)
{
	struct scripted says = { .waits = 3 };
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	channel_add_handshake(t.r->end[1], scripted_handshake(&says));
	put(t.in, "question");
	ck_assert(talk_at(&t, 0));
	ck_assert(t.up);
	ck_assert(says.freed);
	ck_assert_int_eq(says.runs, 4);
	expect(t.peer, "question");
	talk_free(&t);
}
END_TEST

START_TEST(a_failed_handshake_ends_it)
{
	struct scripted says = { .waits = 1, .result = IO_ERROR };
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	channel_add_handshake(t.r->end[1], scripted_handshake(&says));
	put(t.in, "question");
	ck_assert(!talk_at(&t, 0));
	ck_assert(!t.up);
	ck_assert_int_eq(t.result, RELAY_NOT_UP);
	ck_assert(says.freed);
	expect_end(t.peer);
	talk_free(&t);
}
END_TEST

START_TEST(a_late_handshake_ends_it)
{
	struct scripted says = { .waits = 1 << 30 };
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->open_by_ms = t.start_ms + 500;
	t.r->end[1]->rwait = POLLIN;
	channel_add_handshake(t.r->end[1], scripted_handshake(&says));
	ck_assert(talk_at(&t, 499));
	ck_assert_int_eq(t.bench.deadline_ms, t.start_ms + 500);
	ck_assert(!talk_at(&t, 500));
	ck_assert(!t.up);
	ck_assert_int_eq(t.result, RELAY_UP_LATE);
	ck_assert(says.freed);
	talk_free(&t);
}
END_TEST

START_TEST(a_handshake_in_time_lifts_its_limit)
{
	struct scripted says = { .waits = 2 };
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->open_by_ms = t.start_ms + 500;
	channel_add_handshake(t.r->end[1], scripted_handshake(&says));
	ck_assert(talk_at(&t, 0));
	ck_assert(t.up);
	ck_assert(talk_at(&t, HOUR));
	talk_free(&t);
}
END_TEST

/* A refused attempt has hung up; the connection that was made has not. */
START_TEST(what_a_handshake_lost_is_forgotten)
{
	struct scripted says = { .waits = 2 };
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	channel_add_handshake(t.r->end[1], scripted_handshake(&says));
	t.r->end[1]->lost = true;
	put(t.in, "first");
	shutdown(t.peer, SHUT_WR);
	ck_assert(talk_at(&t, 0));
	put(t.in, "second");
	ck_assert(talk_at(&t, 0));
	expect(t.peer, "firstsecond");
	talk_free(&t);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		nothing_is_read_before_the_handshake_is_over,
		a_failed_handshake_ends_it,
		a_late_handshake_ends_it,
		a_handshake_in_time_lifts_its_limit,
		what_a_handshake_lost_is_forgotten,
	};
	int failed = run_tests("relay_handshake", tests, COUNT(tests));

	return failed != 0;
}
