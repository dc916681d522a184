/* SPDX-License-Identifier: ISC */
/* test_opener.c - a task that runs the handshakes of a channel */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "opener.h"
#include "support.h"
#include "xalloc.h"

/* A handshake that says wait so often and then this result, with "no" for the
 * words of an error. */
struct scripted {
	int waits, result;
	int64_t at_ms; /* when it wants to run again; 0: when it can be read */

	int runs, expired;
	bool freed;
};

struct script {
	struct handshake handshake; /* first: it is a handshake */
	struct scripted *says;
};

static int
script_run(struct handshake *handshake, struct channel *ch)
{
	struct scripted *says = ((struct script *)handshake)->says;

	if (says->runs++ < says->waits)
		return IO_WAIT;
	return says->result == IO_ERROR ? channel_fail(ch, "no") : says->result;
}

static void
script_prepare(struct handshake *handshake, struct channel *ch,
    struct pollset *set, int64_t *deadline_ms)
{
	struct scripted *says = ((struct script *)handshake)->says;

	ck_assert_ptr_eq(ch->handshakes, handshake);
	if (says->at_ms != 0)
		clock_lower(deadline_ms, says->at_ms);
	else
		pollset_add(set, ch->rfd, POLLIN);
}

static void
script_expire(struct handshake *handshake)
{
	((struct script *)handshake)->says->expired++;
}

static void
script_free(struct handshake *handshake)
{
	struct script *s = (struct script *)handshake;

	s->says->freed = true;
	free(s);
}

static const struct handshake_ops script_ops = {
	.name = "script",
	.prepare = script_prepare,
	.run = script_run,
	.expire = script_expire,
	.free = script_free,
};

/* One that waits for rwait and wwait of the channel, and has nothing to say
 * when its time is over. */
static const struct handshake_ops plain_ops = {
	.name = "plain",
	.run = script_run,
	.free = script_free,
};

/* A channel to open, and how that ended. */
struct rig {
	struct bench bench;
	struct loop loop;
	struct channel *ch;
	int64_t start_ms;
	int peer;

	unsigned ends; /* so often */
	enum opener_result result;
	bool up, lost;
	char error[CHANNEL_ERROR_LEN];
};

static void
note_opened(struct channel *ch, enum opener_result result, void *arg)
{
	struct rig *r = arg;

	r->ends++;
	r->result = result;
	r->up = ch->handshakes == NULL;
	r->lost = ch->lost;
	strlcpy(r->error, ch->error, sizeof(r->error));
	channel_close(ch);
}

static void
rig_init(struct rig *r)
{
	int fds[2];

	*r = (struct rig){ .start_ms = clock_ms() };
	pair_of(SOCK_STREAM, fds);
	r->ch = channel_socket(fds[0]);
	r->peer = fds[1];
	TAILQ_INIT(&r->loop.tasks);
}

static void
rig_add(struct rig *r, struct scripted *says, const struct handshake_ops *ops)
{
	struct script *s = xcalloc(1, sizeof(*s));

	s->handshake.ops = ops;
	s->says = says;
	channel_add_handshake(r->ch, &s->handshake);
}

/* Takes the task out of the loop and onto the bench, if there is still one. */
static void
rig_start(struct rig *r, int64_t limit_ms)
{
	opener_start(&r->loop, r->ch, clock_after(r->start_ms, limit_ms),
	    note_opened, r);
	r->bench.task = TAILQ_FIRST(&r->loop.tasks);
	if (r->bench.task != NULL)
		TAILQ_REMOVE(&r->loop.tasks, r->bench.task, entry);
}

/* So many ms after the start.  False: it has ended. */
static bool
rig_at(struct rig *r, int64_t after_ms)
{
	r->bench.now_ms = r->start_ms + after_ms;
	return r->bench.task != NULL && bench_settle(&r->bench);
}

static void
rig_free(struct rig *r)
{
	bench_free(&r->bench);
	close(r->peer);
}

START_TEST(without_handshakes_it_is_up_at_once)
{
	struct rig r;

	rig_init(&r);
	rig_start(&r, -1);
	ck_assert(!rig_at(&r, 0));
	ck_assert_uint_eq(r.ends, 1);
	ck_assert_int_eq(r.result, OPENER_UP);
	rig_free(&r);
}
END_TEST

START_TEST(it_is_up_when_all_handshakes_are_over)
{
	struct scripted one = { .waits = 1 }, two = { .waits = 1 };
	struct rig r;

	rig_init(&r);
	rig_add(&r, &one, &script_ops);
	rig_add(&r, &two, &script_ops);
	rig_start(&r, -1);
	put(r.peer, "x");
	ck_assert(!rig_at(&r, 0));
	ck_assert_uint_eq(r.ends, 1);
	ck_assert_int_eq(r.result, OPENER_UP);
	ck_assert(r.up && one.freed && two.freed);
	ck_assert_int_eq(one.runs, 2);
	ck_assert_int_eq(two.runs, 2);
	ck_assert_int_eq(one.expired + two.expired, 0);
	rig_free(&r);
}
END_TEST

START_TEST(a_failed_handshake_ends_it)
{
	struct scripted one = { .waits = 1, .result = IO_ERROR }, two = { 0 };
	struct rig r;

	rig_init(&r);
	rig_add(&r, &one, &script_ops);
	rig_add(&r, &two, &script_ops);
	rig_start(&r, 500);
	ck_assert(!rig_at(&r, 0));
	ck_assert_uint_eq(r.ends, 1);
	ck_assert_int_eq(r.result, OPENER_FAILED);
	ck_assert(!r.up);
	ck_assert_str_eq(r.error, "no");
	ck_assert(one.freed && two.freed);
	ck_assert_int_eq(two.runs, 0);
	ck_assert_int_eq(one.expired, 0);
	expect_end(r.peer);
	rig_free(&r);
}
END_TEST

START_TEST(a_late_handshake_says_so_and_ends_it)
{
	struct scripted one = { .waits = 1 << 30 }, two = { 0 };
	struct rig r;

	rig_init(&r);
	rig_add(&r, &one, &script_ops);
	rig_add(&r, &two, &script_ops);
	rig_start(&r, 500);
	ck_assert(rig_at(&r, 499));
	ck_assert_int_eq(r.bench.deadline_ms, r.start_ms + 500);
	ck_assert_int_eq(one.expired, 0);
	ck_assert(!rig_at(&r, 500));
	ck_assert_uint_eq(r.ends, 1);
	ck_assert_int_eq(r.result, OPENER_LATE);
	ck_assert_int_eq(one.expired, 1);
	ck_assert_int_eq(two.expired, 0);
	ck_assert(one.freed && two.freed);
	rig_free(&r);
}
END_TEST

START_TEST(a_late_handshake_may_have_nothing_to_say)
{
	struct scripted says = { .waits = 1 << 30 };
	struct rig r;

	rig_init(&r);
	rig_add(&r, &says, &plain_ops);
	r.ch->rwait = POLLIN;
	rig_start(&r, 500);
	ck_assert(rig_at(&r, 0));
	ck_assert(!rig_at(&r, 500));
	ck_assert_int_eq(r.result, OPENER_LATE);
	ck_assert(says.freed);
	rig_free(&r);
}
END_TEST

/* What is done in the last moment is done. */
START_TEST(a_handshake_that_ends_at_the_limit_is_in_time)
{
	struct scripted says = { .waits = 0 };
	struct rig r;

	rig_init(&r);
	rig_add(&r, &says, &script_ops);
	rig_start(&r, 500);
	ck_assert(!rig_at(&r, 500));
	ck_assert_int_eq(r.result, OPENER_UP);
	rig_free(&r);
}
END_TEST

START_TEST(the_sooner_of_two_deadlines_counts)
{
	struct scripted says = { .waits = 1 << 30 };
	struct rig r;

	rig_init(&r);
	rig_add(&r, &says, &script_ops);
	rig_start(&r, 500);
	says.at_ms = r.start_ms + 100;
	ck_assert(rig_at(&r, 0));
	ck_assert_int_eq(r.bench.deadline_ms, r.start_ms + 100);
	says.at_ms = r.start_ms + 1000;
	ck_assert(rig_at(&r, 100));
	ck_assert_int_eq(r.bench.deadline_ms, r.start_ms + 500);
	rig_free(&r);
}
END_TEST

START_TEST(without_a_limit_it_waits_for_ever)
{
	struct scripted says = { .waits = 1 << 30 };
	struct rig r;

	rig_init(&r);
	rig_add(&r, &says, &script_ops);
	rig_start(&r, -1);
	ck_assert(rig_at(&r, 0));
	ck_assert_int_eq(r.bench.deadline_ms, CLOCK_NEVER);
	ck_assert(rig_at(&r, INT64_C(1) << 40));
	ck_assert_uint_eq(r.ends, 0);
	rig_free(&r);
	ck_assert(says.freed);
}
END_TEST

/* A handshake without a prepare waits for what the channel waits for. */
START_TEST(a_plain_handshake_waits_for_its_channel)
{
	struct scripted says = { .waits = 3 };
	struct rig r;

	rig_init(&r);
	rig_add(&r, &says, &plain_ops);
	rig_start(&r, -1);
	r.ch->rwait = POLLIN;
	ck_assert(rig_at(&r, 0));
	ck_assert_int_eq(r.ch->rwait, POLLIN);
	put(r.peer, "x");
	ck_assert(!rig_at(&r, 0));
	ck_assert_int_eq(r.result, OPENER_UP);
	rig_free(&r);
}
END_TEST

/* A socket that is not connected has hung up; the one that is has not. */
START_TEST(what_was_lost_before_is_forgotten)
{
	struct scripted says = { .waits = 1 };
	struct rig r;

	rig_init(&r);
	rig_add(&r, &says, &plain_ops);
	r.ch->lost = true;
	rig_start(&r, -1);
	ck_assert(!rig_at(&r, 0));
	ck_assert_int_eq(r.result, OPENER_UP);
	ck_assert(!r.lost);
	rig_free(&r);
}
END_TEST

START_TEST(a_loop_that_ends_before_frees_it)
{
	struct scripted says = { .waits = 1 << 30 };
	struct rig r;

	rig_init(&r);
	rig_add(&r, &says, &script_ops);
	ck_assert_int_eq(loop_init(&r.loop), 0);
	opener_start(&r.loop, r.ch, CLOCK_NEVER, note_opened, &r);
	loop_free(&r.loop);
	ck_assert(says.freed);
	ck_assert_uint_eq(r.ends, 0);
	expect_end(r.peer);
	close(r.peer);
}
END_TEST

START_TEST(it_may_be_given_up)
{
	struct scripted says = { .waits = 1 << 30 };
	struct opener *opener;
	struct rig r;

	rig_init(&r);
	rig_add(&r, &says, &script_ops);
	ck_assert_int_eq(loop_init(&r.loop), 0);
	opener = opener_start(&r.loop, r.ch, r.start_ms + 30, note_opened, &r);
	opener_cancel(opener);
	ck_assert(says.freed);
	expect_end(r.peer);
	ck_assert_int_eq(drive(&r.loop), 0);
	ck_assert_uint_eq(r.ends, 0);
	ck_assert_int_eq(says.expired, 0);
	close(r.peer);
}
END_TEST

START_TEST(what_is_over_at_once_cannot_be_given_up)
{
	struct scripted says = { .result = IO_ERROR };
	struct rig r;

	rig_init(&r);
	ck_assert_ptr_null(
	    opener_start(&r.loop, r.ch, CLOCK_NEVER, note_opened, &r));
	close(r.peer);
	rig_init(&r);
	rig_add(&r, &says, &script_ops);
	ck_assert_ptr_null(
	    opener_start(&r.loop, r.ch, CLOCK_NEVER, note_opened, &r));
	ck_assert_uint_eq(r.ends, 1);
	close(r.peer);
}
END_TEST

START_TEST(in_a_loop_its_limit_is_kept)
{
	struct scripted says = { .waits = 1 << 30 };
	struct rig r;

	rig_init(&r);
	rig_add(&r, &says, &script_ops);
	ck_assert_int_eq(loop_init(&r.loop), 0);
	opener_start(&r.loop, r.ch, r.start_ms + 30, note_opened, &r);
	ck_assert_int_eq(drive(&r.loop), 0);
	ck_assert_uint_eq(r.ends, 1);
	ck_assert_int_eq(r.result, OPENER_LATE);
	ck_assert_int_ge(clock_ms(), r.start_ms + 30);
	close(r.peer);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_handshakes_it_is_up_at_once,
		it_is_up_when_all_handshakes_are_over,
		a_failed_handshake_ends_it,
		a_late_handshake_says_so_and_ends_it,
		a_late_handshake_may_have_nothing_to_say,
		a_handshake_that_ends_at_the_limit_is_in_time,
		the_sooner_of_two_deadlines_counts,
		without_a_limit_it_waits_for_ever,
		a_plain_handshake_waits_for_its_channel,
		what_was_lost_before_is_forgotten,
		a_loop_that_ends_before_frees_it,
		it_may_be_given_up,
		what_is_over_at_once_cannot_be_given_up,
		in_a_loop_its_limit_is_kept,
	};
	int failed = run_tests("opener", tests, COUNT(tests));

	return failed != 0;
}
