/* SPDX-License-Identifier: ISC */
/* test_channel_handshake.c - what is done before bytes may flow */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "support.h"
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

	ck_assert(ch->handshakes == NULL);
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
	ck_assert(ch->handshakes != NULL);
	ck_assert_int_eq(channel_handshake(ch), IO_WAIT);
	ck_assert_int_eq(channel_handshake(ch), IO_WAIT);
	ck_assert_str_eq(log, "aa");
	ck_assert_int_eq(channel_handshake(ch), IO_WAIT);
	ck_assert_str_eq(log, "aaaAbBc");
	ck_assert(ch->handshakes != NULL);
	ck_assert_int_eq(channel_handshake(ch), IO_WAIT);
	ck_assert_int_eq(channel_handshake(ch), 0);
	ck_assert(ch->handshakes == NULL);
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
	ck_assert(ch->handshakes != NULL);
	ck_assert_str_eq(log, "aAb");
	channel_close(ch);
	ck_assert_str_eq(log, "aAbBC");
}
END_TEST

/* A handshake that starts over once, with another one before it. */
static int
restart_run(struct handshake *handshake, struct channel *ch)
{
	struct script *s = (struct script *)handshake;
	struct script *again;

	note(s, s->name);
	if (ch->rfd == -1)
		return 0;
	again = xcalloc(1, sizeof(*again));
	*again = (struct script){ .handshake.ops = &script_ops,
		.results = s->results,
		.name = 'r',
		.log = s->log };
	channel_reconnect(ch, &again->handshake);
	return 0;
}

static void
restart_prepare(struct handshake *handshake, struct channel *ch,
    struct pollset *set, int64_t *deadline_ms)
{
	(void)handshake;
	pollset_add(set, ch->rfd, POLLOUT);
	*deadline_ms = 7;
}

static void
restart_expire(struct handshake *handshake)
{
	note((struct script *)handshake, 'e');
}

static const struct handshake_ops restart_ops = {
	.name = "restart",
	.prepare = restart_prepare,
	.run = restart_run,
	.expire = restart_expire,
	.free = script_free,
};

START_TEST(a_handshake_may_start_over_with_another_socket)
{
	static const int later[] = { IO_WAIT, 0 };
	struct channel *ch;
	char log[32] = "";
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ch = channel_socket(fds[0]);
	add_script(ch, 's', later, log);
	ch->handshakes->ops = &restart_ops;
	add_script(ch, 'b', later, log);
	ch->rwait = POLLIN;
	ck_assert_int_eq(channel_handshake(ch), IO_WAIT);
	ck_assert_str_eq(log, "sr");
	expect_end(fds[1]);
	ck_assert_int_eq(ch->rfd, -1);
	ck_assert_int_eq(ch->wfd, -1);
	ck_assert_int_eq(ch->rwait, 0);
	ck_assert_int_eq(channel_handshake(ch), IO_WAIT);
	ck_assert_str_eq(log, "srrRsSb");
	ck_assert_int_eq(channel_handshake(ch), 0);
	ck_assert_str_eq(log, "srrRsSbbB");
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(a_handshake_says_what_it_waits_for)
{
	static const int never[] = { IO_WAIT };
	struct pollset set = { 0 };
	struct channel *ch;
	char log[32] = "";
	int64_t deadline_ms = 100;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ch = channel_socket(fds[0]);
	ck_assert(channel_prepare_handshake(ch, &set, &deadline_ms));
	add_script(ch, 'a', never, log);
	ch->handshakes->ops = &restart_ops;
	ch->rwait = POLLIN;
	ck_assert(!channel_prepare_handshake(ch, &set, &deadline_ms));
	ck_assert_uint_eq(set.count, 1);
	ck_assert_int_eq(set.fds[0].events, POLLOUT);
	ck_assert_int_eq(deadline_ms, 7);
	pollset_free(&set);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(else_it_waits_for_what_the_channel_does)
{
	static const int never[] = { IO_WAIT };
	struct pollset set = { 0 };
	struct channel *ch;
	char log[32] = "";
	int64_t deadline_ms = 100;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ch = channel_socket(fds[0]);
	add_script(ch, 'a', never, log);
	ck_assert(channel_prepare_handshake(ch, &set, &deadline_ms));
	ch->rwait = POLLIN;
	ck_assert(!channel_prepare_handshake(ch, &set, &deadline_ms));
	ck_assert_uint_eq(set.count, 1);
	ck_assert_int_eq(set.fds[0].events, POLLIN);
	ck_assert_int_eq(deadline_ms, 100);
	pollset_free(&set);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(only_the_handshake_under_way_is_late)
{
	static const int never[] = { IO_WAIT };
	struct channel *ch = channel_socket(-1);
	char log[32] = "";

	channel_expire_handshake(ch);
	add_script(ch, 'a', never, log);
	channel_expire_handshake(ch);
	ck_assert_str_eq(log, "");
	ch->handshakes->ops = &restart_ops;
	add_script(ch, 'b', never, log);
	ch->handshakes->next->ops = &restart_ops;
	channel_expire_handshake(ch);
	ck_assert_str_eq(log, "e");
	channel_close(ch);
	ck_assert_str_eq(log, "eAB");
}
END_TEST

/* The times of those that are done; a name may come twice. */
START_TEST(each_leaves_a_mark_when_it_is_done)
{
	static const int waits[] = { IO_WAIT, 0 }, fails[] = { IO_ERROR };
	struct channel *ch = channel_socket(-1);
	int64_t before_ns = clock_ns(), between_ns;
	char log[16] = "";

	add_script(ch, 'a', waits, log);
	ck_assert_int_eq(channel_handshake(ch), IO_WAIT);
	ck_assert_uint_eq(ch->mark_count, 0);
	between_ns = clock_ns();
	ck_assert_int_eq(channel_handshake(ch), 0);
	ck_assert_uint_eq(ch->mark_count, 1);
	ck_assert_str_eq(ch->marks[0].name, "script");
	ck_assert_int_ge(ch->marks[0].start_ns, before_ns);
	ck_assert_int_le(ch->marks[0].start_ns, between_ns);
	ck_assert_int_ge(ch->marks[0].end_ns, between_ns);
	add_script(ch, 'b', fails, log);
	ck_assert_int_eq(channel_handshake(ch), IO_ERROR);
	ck_assert_uint_eq(ch->mark_count, 1);
	channel_close(ch);
}
END_TEST

START_TEST(more_marks_than_there_is_room_for_are_dropped)
{
	static const int done[] = { 0 };
	struct channel *ch = channel_socket(-1);
	char log[4 * CHANNEL_MARKS] = "";

	for (int i = 0; i < CHANNEL_MARKS + 3; i++)
		add_script(ch, 'a', done, log);
	ck_assert_int_eq(channel_handshake(ch), 0);
	ck_assert_uint_eq(ch->mark_count, CHANNEL_MARKS);
	channel_close(ch);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_handshakes_it_is_up,
		handshakes_run_in_order_and_are_freed,
		a_failed_handshake_stops_the_others,
		a_handshake_may_start_over_with_another_socket,
		a_handshake_says_what_it_waits_for,
		else_it_waits_for_what_the_channel_does,
		only_the_handshake_under_way_is_late,
		each_leaves_a_mark_when_it_is_done,
		more_marks_than_there_is_room_for_are_dropped,
	};
	int failed = run_tests("channel_handshake", tests, COUNT(tests));

	return failed != 0;
}
