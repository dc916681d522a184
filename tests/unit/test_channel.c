/* SPDX-License-Identifier: ISC */
/* test_channel.c - what all channels have in common */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flaky.h"

START_TEST(an_error_has_words_and_maybe_a_number)
{
	struct channel *ch = channel_socket(-1);
	char text[CHANNEL_ERROR_LEN * 2];

	ck_assert_int_eq(channel_fail_errno(ch, ECONNRESET), IO_ERROR);
	ck_assert_int_eq(ch->error_code, ECONNRESET);
	ck_assert_str_eq(ch->error, "Connection reset by peer");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(channel_fail(ch, "%s", text), IO_ERROR);
	ck_assert_int_eq(ch->error_code, 0);
	ck_assert_uint_eq(strlen(ch->error), CHANNEL_ERROR_LEN - 1);
	channel_close(ch);
}
END_TEST

START_TEST(the_write_direction_ends_once)
{
	struct flaky f;
	struct channel *ch;

	flaky_init(&f, 1, 0);
	ch = flaky_channel(&f);
	ck_assert_int_eq(channel_shut(ch), 0);
	ck_assert(ch->flags & CH_SHUT);
	ck_assert_int_eq(channel_shut(ch), 0);
	ck_assert_uint_eq(f.shuts, 1);
	channel_close(ch);
	ck_assert_uint_eq(f.closes, 1);
	flaky_free(&f);
}
END_TEST

static void
check_asked(struct channel *ch, unsigned wanted, short events)
{
	struct pollset set = { 0 };

	channel_prepare(ch, &set, wanted);
	ck_assert_uint_eq(set.count, 1);
	ck_assert_int_eq(set.fds[0].fd, ch->rfd);
	ck_assert_int_eq(set.fds[0].events, events);
	pollset_free(&set);
}

START_TEST(only_what_it_waits_for_is_asked)
{
	struct pollset set = { 0 };
	struct channel *ch;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ch = channel_socket(fds[0]);
	channel_prepare(ch, &set, CH_READ | CH_WRITE);
	ck_assert_uint_eq(set.count, 0);
	ch->rwait = POLLIN;
	ch->wwait = POLLOUT;
	channel_prepare(ch, &set, 0);
	ck_assert_uint_eq(set.count, 0);
	check_asked(ch, CH_READ, POLLIN);
	check_asked(ch, CH_WRITE, POLLOUT);
	check_asked(ch, CH_READ | CH_WRITE, POLLIN | POLLOUT);
	check_asked(ch, CH_WATCH, 0);
	pollset_free(&set);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(two_descriptors_are_asked_apart)
{
	struct pollset set = { 0 };
	int in[2], out[2];
	struct channel *ch;

	pipe_pair(in);
	pipe_pair(out);
	ch = channel_stdio(in[0], out[1]);
	ch->rwait = POLLIN;
	ch->wwait = POLLOUT;
	channel_prepare(ch, &set, CH_READ | CH_WRITE);
	ck_assert_uint_eq(set.count, 2);
	ck_assert_int_eq(set.fds[0].fd, in[0]);
	ck_assert_int_eq(set.fds[0].events, POLLIN);
	ck_assert_int_eq(set.fds[1].fd, out[1]);
	ck_assert_int_eq(set.fds[1].events, POLLOUT);
	poll(set.fds, set.count, 0);
	channel_collect(ch, &set);
	ck_assert_int_eq(ch->rwait, POLLIN);
	ck_assert_int_eq(ch->wwait, 0);
	pollset_free(&set);
	channel_close(ch);
	close_pair(in);
	close_pair(out);
}
END_TEST

START_TEST(a_wait_ends_when_its_event_comes)
{
	struct channel *ch;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ch = channel_socket(fds[0]);
	ch->rwait = ch->wwait = POLLIN;
	ck_assert(!channel_ready(ch, CH_READ | CH_WRITE));
	ck_assert_int_eq(ch->rwait, POLLIN);
	ck_assert_int_eq(ch->wwait, POLLIN);
	put(fds[1], "x");
	ck_assert(channel_ready(ch, CH_READ | CH_WRITE));
	ck_assert_int_eq(ch->rwait, 0);
	ck_assert_int_eq(ch->wwait, 0);
	ck_assert(!ch->lost);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(the_loss_of_a_reader_is_seen)
{
	struct channel *ch;
	int fds[2];

	pipe_pair(fds);
	ch = channel_stdio(-1, fds[1]);
	ck_assert(!channel_ready(ch, CH_WATCH));
	ck_assert(!ch->lost);
	ch->wwait = POLLOUT;
	close(fds[0]);
	ck_assert(channel_ready(ch, CH_WATCH));
	ck_assert(ch->lost);
	ck_assert_int_eq(ch->wwait, 0);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

/* POLLHUP at our input is its end, which reading tells. */
START_TEST(the_end_of_the_input_is_no_loss)
{
	struct channel *ch;
	int fds[2];

	pipe_pair(fds);
	ch = channel_stdio(fds[0], -1);
	close(fds[1]);
	ck_assert(channel_ready(ch, CH_READ | CH_WATCH));
	ck_assert_int_eq(ch->rwait, 0);
	ck_assert(!ch->lost);
	channel_close(ch);
	close(fds[0]);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_error_has_words_and_maybe_a_number,
		the_write_direction_ends_once,
		only_what_it_waits_for_is_asked,
		two_descriptors_are_asked_apart,
		a_wait_ends_when_its_event_comes,
		the_loss_of_a_reader_is_seen,
		the_end_of_the_input_is_no_loss,
	};
	int failed = run_tests("channel", tests, COUNT(tests));

	return failed != 0;
}
