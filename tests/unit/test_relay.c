/* SPDX-License-Identifier: ISC */
/* test_relay.c - two channels: talk, handshakes and faults */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "talk.h"

#define HOUR (3600 * 1000) /* ms */

START_TEST(both_sides_are_heard)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	put(t.in, "hello");
	put(t.peer, "world");
	ck_assert(talk_at(&t, 0));
	expect(t.peer, "hello");
	expect(t.out, "world");
	put(t.peer, "more");
	ck_assert(talk_at(&t, 0));
	expect(t.out, "more");
	ck_assert(talk_at(&t, HOUR));
	talk_free(&t);
	ck_assert(!t.over);
}
END_TEST

START_TEST(our_end_is_passed_on_and_the_reply_is_read)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	put(t.in, "question");
	talk_close(&t.in);
	ck_assert(talk_at(&t, 0));
	expect(t.peer, "question");
	expect_end(t.peer);
	ck_assert(talk_at(&t, HOUR));
	put(t.peer, "answer");
	talk_close(&t.peer);
	ck_assert(!talk_at(&t, HOUR));
	expect(t.out, "answer");
	expect_end(t.out);
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.out_fault, FLOW_FINE);
	ck_assert_int_eq(t.in_fault, FLOW_FINE);
	talk_free(&t);
}
END_TEST

START_TEST(the_end_of_the_peer_is_passed_on_and_we_go_on)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	put(t.in, "first");
	put(t.peer, "reply");
	ck_assert(talk_at(&t, 0));
	shutdown(t.peer, SHUT_WR);
	ck_assert(talk_at(&t, 0));
	expect(t.out, "reply");
	expect_end(t.out);
	expect(t.peer, "first");
	put(t.in, "second");
	ck_assert(talk_at(&t, HOUR));
	expect(t.peer, "second");
	talk_close(&t.in);
	ck_assert(!talk_at(&t, HOUR));
	expect_end(t.peer);
	ck_assert_int_eq(t.result, RELAY_OVER);
	talk_free(&t);
}
END_TEST

/* Nobody reads our output any more; nothing has to be written to know it. */
START_TEST(a_lost_reader_ends_it)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	ck_assert(talk_at(&t, 0));
	talk_close(&t.out);
	ck_assert(!talk_at(&t, 0));
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.in_fault, FLOW_DST);
	ck_assert_int_eq(t.ours_error, EPIPE);
	expect_end(t.peer);
	talk_free(&t);
}
END_TEST

START_TEST(a_peer_that_closed_ends_our_direction)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	put(t.peer, "last words");
	talk_close(&t.peer);
	ck_assert(!talk_at(&t, 0));
	expect(t.out, "last words");
	expect_end(t.out);
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.out_fault, FLOW_FINE);
	talk_free(&t);
}
END_TEST

START_TEST(bytes_for_a_peer_that_closed_are_lost_and_that_is_said)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	ck_assert(talk_at(&t, 0));
	put(t.in, "too late");
	talk_close(&t.peer);
	ck_assert(!talk_at(&t, 0));
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.out_fault, FLOW_DST);
	ck_assert_int_eq(t.network_error, EPIPE);
	talk_free(&t);
}
END_TEST

static void
reset(int *fd)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(*fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	talk_close(fd);
}

START_TEST(a_reset_ends_both_directions)
{
	struct talk t;

	talk_init(&t, TALK_TCP);
	put(t.peer, "abc");
	reset(&t.peer);
	talk_until_over(&t);
	expect(t.out, "abc");
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.in_fault, FLOW_SRC);
	ck_assert_int_eq(t.network_error, ECONNRESET);
	talk_free(&t);
}
END_TEST

/* Its direction had ended in order; ours had not. */
START_TEST(a_reset_after_the_end_of_the_peer_is_noticed)
{
	socklen_t len = sizeof(int);
	struct talk t;
	int alive = 0;
	char byte;

	talk_init(&t, TALK_TCP);
	put(t.in, "x");
	while (take(t.peer, &byte, 1) != 1)
		ck_assert(talk_at(&t, 0));
	shutdown(t.peer, SHUT_WR);
	while (t.r->flow[RELAY_INBOUND].state != FLOW_DONE)
		ck_assert(talk_at(&t, 0));
	getsockopt(t.r->end[1]->rfd, SOL_SOCKET, SO_KEEPALIVE, &alive, &len);
	ck_assert_int_eq(alive, 1);
	reset(&t.peer);
	talk_until_over(&t);
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.in_fault, FLOW_FINE);
	ck_assert_int_eq(t.out_fault, FLOW_DST);
	ck_assert_int_eq(t.network_error, EPIPE); /* as Linux says then */
	talk_free(&t);
}
END_TEST

START_TEST(an_input_that_cannot_be_read_ends_it)
{
	int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fds[2];
	struct talk t;

	pair_of(SOCK_STREAM, fds);
	talk_between(&t, folder, -1, channel_socket(fds[0]), fds[1]);
	ck_assert(!talk_at(&t, 0));
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.out_fault, FLOW_SRC);
	ck_assert_int_eq(t.ours_error, EISDIR);
	expect_end(t.peer);
	talk_free(&t);
	close(folder);
}
END_TEST

START_TEST(an_output_that_is_full_ends_it)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), fds[2];
	struct talk t;

	pair_of(SOCK_STREAM, fds);
	talk_between(&t, -1, full, channel_socket(fds[0]), fds[1]);
	put(t.peer, "abc");
	ck_assert(!talk_at(&t, 0));
	ck_assert_int_eq(t.in_fault, FLOW_DST);
	ck_assert_int_eq(t.ours_error, ENOSPC);
	talk_free(&t);
	close(full);
}
END_TEST

/* With a UDP peer that answers twice and is gone. */
static void
talk_with_vanished(struct talk *t, size_t message_max)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	int fds[2];

	for (int i = 0; i < 2; i++) {
		fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		in.sin_port = 0;
		bind(fds[i], (struct sockaddr *)&in, sizeof(in));
		getsockname(fds[i], (struct sockaddr *)&in, &len);
		if (i == 1)
			connect(fds[0], (struct sockaddr *)&in, len);
	}
	getsockname(fds[0], (struct sockaddr *)&in, &len);
	connect(fds[1], (struct sockaddr *)&in, len);
	talk_with(t, channel_socket(fds[0]), fds[1]);
	t->r->flow[RELAY_OUTBOUND].message_max = message_max;
	ck_assert(talk_at(t, 0));
	put(t->peer, "one ");
	put(t->peer, "two");
	talk_close(&t->peer);
	put(t->in, "anybody?");
}

/* Whether reading or writing tells: the answers come out. */
START_TEST(a_refused_datagram_ends_it_after_what_came)
{
	struct talk t;

	for (size_t message_max = 4; message_max <= 8; message_max += 4) {
		talk_with_vanished(&t, message_max);
		talk_until_over(&t);
		expect(t.out, "one two");
		ck_assert_int_eq(t.result, RELAY_OVER);
		ck_assert_int_eq(t.network_error, ECONNREFUSED);
		talk_free(&t);
	}
}
END_TEST

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

START_TEST(in_a_loop_it_sleeps_until_it_is_over)
{
	struct loop loop;
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.bench.task = NULL; /* the loop owns it */
	t.r->idle_ms = 20;
	put(t.in, "abc");
	ck_assert_int_eq(loop_init(&loop), 0);
	relay_start(t.r, &loop);
	ck_assert_int_eq(drive(&loop), 0);
	ck_assert_int_eq(t.result, RELAY_IDLE);
	ck_assert_int_ge(clock_ms(), t.start_ms + 20);
	expect(t.peer, "abc");
	talk_free(&t);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		both_sides_are_heard,
		our_end_is_passed_on_and_the_reply_is_read,
		the_end_of_the_peer_is_passed_on_and_we_go_on,
		a_lost_reader_ends_it,
		a_peer_that_closed_ends_our_direction,
		bytes_for_a_peer_that_closed_are_lost_and_that_is_said,
		a_reset_ends_both_directions,
		a_reset_after_the_end_of_the_peer_is_noticed,
		an_input_that_cannot_be_read_ends_it,
		an_output_that_is_full_ends_it,
		a_refused_datagram_ends_it_after_what_came,
		nothing_is_read_before_the_handshake_is_over,
		a_failed_handshake_ends_it,
		a_late_handshake_ends_it,
		a_handshake_in_time_lifts_its_limit,
		what_a_handshake_lost_is_forgotten,
		in_a_loop_it_sleeps_until_it_is_over,
	};
	int failed = run_tests("relay", tests, COUNT(tests));

	return failed != 0;
}
