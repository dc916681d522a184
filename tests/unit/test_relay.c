/* SPDX-License-Identifier: ISC */
/* test_relay.c - two channels: talk and faults */
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

/* As tar does; all that came has been written. */
START_TEST(a_reader_may_leave_just_before_the_end)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->until = UNTIL_INBOUND;
	ck_assert(talk_at(&t, 0));
	talk_close(&t.out);
	ck_assert(talk_at(&t, 0));
	ck_assert_int_eq(shutdown(t.peer, SHUT_WR), 0);
	ck_assert(!talk_at(&t, 50));
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.in_fault, FLOW_FINE);
	talk_free(&t);
}
END_TEST

/* Nobody reads our output any more; nothing has to be written to know it, but
 * the network gets a moment to end as well. */
START_TEST(a_lost_reader_ends_it)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	ck_assert(talk_at(&t, 0));
	talk_close(&t.out);
	ck_assert(talk_at(&t, 0));
	ck_assert(!talk_at(&t, 100));
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.in_fault, FLOW_DST);
	ck_assert_int_eq(t.ours_error, EPIPE);
	expect_end(t.peer);
	talk_free(&t);
}
END_TEST

/* A program that wants no more: the peer is heard to its end all the same, and
 * so is the program. */
START_TEST(a_reader_in_its_right_ends_nothing)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->end[0]->flags |= CH_INDIFFERENT;
	ck_assert(talk_at(&t, 0));
	talk_close(&t.out);
	ck_assert(talk_at(&t, 0));
	put(t.peer, "dropped");
	ck_assert(talk_at(&t, 200));
	ck_assert(talk_at(&t, HOUR));
	put(t.in, "answer");
	ck_assert(talk_at(&t, HOUR));
	expect(t.peer, "answer");
	ck_assert_int_eq(shutdown(t.peer, SHUT_WR), 0);
	ck_assert(talk_at(&t, HOUR));
	ck_assert_int_eq(t.r->flow[RELAY_INBOUND].state, FLOW_DONE);
	talk_close(&t.in);
	ck_assert(!talk_at(&t, HOUR));
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.in_fault, FLOW_FINE);
	ck_assert_int_eq(t.out_fault, FLOW_FINE);
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

/* A UDP socket whose peer has sent two datagrams and is gone. */
static int
vanished_peer(void)
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
	put(fds[1], "one ");
	put(fds[1], "two");
	close(fds[1]);
	return fds[0];
}

START_TEST(a_refusal_that_reading_tells_comes_after_the_datagrams)
{
	struct talk t;

	talk_with(&t, channel_socket(vanished_peer()), -1);
	put(t.in, "anybody?");
	talk_until_over(&t);
	expect(t.out, "one two");
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.network_error, ECONNREFUSED);
	talk_free(&t);
}
END_TEST

/* A file gives two datagrams at once: the first is refused to the second. */
START_TEST(a_refusal_that_writing_tells_comes_after_the_datagrams)
{
	int file = file_of("anybody?", 8), out[2];
	struct talk t;

	pipe_pair(out);
	talk_between(&t, file, out[1], channel_socket(vanished_peer()), -1);
	t.r->flow[RELAY_OUTBOUND].message_max = 4;
	talk_until_over(&t);
	expect(out[0], "one two");
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.out_fault, FLOW_DST);
	ck_assert_int_eq(t.network_error, ECONNREFUSED);
	talk_free(&t);
	close_pair(out);
	close(file);
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
		a_reader_may_leave_just_before_the_end,
		a_lost_reader_ends_it,
		a_reader_in_its_right_ends_nothing,
		a_peer_that_closed_ends_our_direction,
		bytes_for_a_peer_that_closed_are_lost_and_that_is_said,
		a_reset_ends_both_directions,
		a_reset_after_the_end_of_the_peer_is_noticed,
		an_input_that_cannot_be_read_ends_it,
		an_output_that_is_full_ends_it,
		a_refusal_that_reading_tells_comes_after_the_datagrams,
		a_refusal_that_writing_tells_comes_after_the_datagrams,
		in_a_loop_it_sleeps_until_it_is_over,
	};
	int failed = run_tests("relay", tests, COUNT(tests));

	return failed != 0;
}
