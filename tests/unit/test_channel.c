/* SPDX-License-Identifier: ISC */
/* test_channel.c - what all channels have in common */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flaky.h"
#include "xalloc.h"

/* A handshake that says these results, one a run. */
struct script {
	struct handshake handshake; /* first: it is a handshake */
	const int *results;
	char name; /* noted in the log when it runs, in capitals when freed */
	char *log;
};

static void
note(struct script *s, char c)
{
	s->log[strlen(s->log)] = c;
}

static int
script_run(struct handshake *handshake, struct channel *ch)
{
	struct script *s = (struct script *)handshake;

	note(s, s->name);
	if (*s->results == IO_ERROR)
		return channel_fail(ch, "%c refused", s->name);
	return *s->results++;
}

static void
script_free(struct handshake *handshake)
{
	struct script *s = (struct script *)handshake;

	note(s, (char)(s->name - 'a' + 'A'));
	free(s);
}

static const struct handshake_ops script_ops = {
	.name = "script",
	.run = script_run,
	.free = script_free,
};

static void
add_script(struct channel *ch, char name, const int *results, char *log)
{
	struct script *s = xcalloc(1, sizeof(*s));

	s->handshake.ops = &script_ops;
	s->name = name;
	s->results = results;
	s->log = log;
	channel_add_handshake(ch, &s->handshake);
}

START_TEST(without_handshakes_it_is_up)
{
	struct channel *ch = channel_socket(-1);

	ck_assert(channel_up(ch));
	ck_assert_int_eq(channel_handshake(ch), 0);
	channel_close(ch);
	channel_close(NULL);
}
END_TEST

START_TEST(handshakes_run_in_order_and_are_freed)
{
	static const int waits[] = { IO_WAIT, IO_WAIT, 0 }, done[] = { 0 };
	struct channel *ch = channel_socket(-1);
	char log[16] = "";

	add_script(ch, 'a', waits, log);
	add_script(ch, 'b', done, log);
	add_script(ch, 'c', waits, log);
	ck_assert(!channel_up(ch));
	ck_assert_int_eq(channel_handshake(ch), IO_WAIT);
	ck_assert_int_eq(channel_handshake(ch), IO_WAIT);
	ck_assert_str_eq(log, "aa");
	ck_assert_int_eq(channel_handshake(ch), IO_WAIT);
	ck_assert_str_eq(log, "aaaAbBc");
	ck_assert(!channel_up(ch));
	ck_assert_int_eq(channel_handshake(ch), IO_WAIT);
	ck_assert_int_eq(channel_handshake(ch), 0);
	ck_assert(channel_up(ch));
	ck_assert_str_eq(log, "aaaAbBcccC");
	channel_close(ch);
}
END_TEST

START_TEST(a_failed_handshake_stops_the_others)
{
	static const int refuses[] = { IO_ERROR }, done[] = { 0 };
	struct channel *ch = channel_socket(-1);
	char log[16] = "";

	add_script(ch, 'a', done, log);
	add_script(ch, 'b', refuses, log);
	add_script(ch, 'c', done, log);
	ck_assert_int_eq(channel_handshake(ch), IO_ERROR);
	ck_assert_str_eq(ch->error, "b refused");
	ck_assert(!channel_up(ch));
	ck_assert_str_eq(log, "aAb");
	channel_close(ch);
	ck_assert_str_eq(log, "aAbBC");
}
END_TEST

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
	channel_prepare(ch, &set, CH_READ);
	channel_prepare(ch, &set, CH_WRITE);
	channel_prepare(ch, &set, CH_READ | CH_WRITE);
	channel_prepare(ch, &set, CH_WATCH);
	ck_assert_uint_eq(set.count, 4);
	ck_assert_int_eq(set.fds[0].events, POLLIN);
	ck_assert_int_eq(set.fds[1].events, POLLOUT);
	ck_assert_int_eq(set.fds[2].events, POLLIN | POLLOUT);
	ck_assert_int_eq(set.fds[3].events, 0);
	free(set.fds);
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
	free(set.fds);
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
		without_handshakes_it_is_up,
		handshakes_run_in_order_and_are_freed,
		a_failed_handshake_stops_the_others,
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
