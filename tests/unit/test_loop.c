/* SPDX-License-Identifier: ISC */
/* test_loop.c - tasks, deadlines and signals */
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "loop.h"
#include "support.h"

/* A task that runs so many times; what it saw is in it. */
struct probe {
	struct task task; /* first: it is a task */
	unsigned runs_left;
	bool ready;
	int64_t deadline_ms; /* CLOCK_NEVER: none */
	int fd;              /* -1: none */
	short events;
	struct loop *adds_to; /* its next is added by its first run */
	struct probe *next;

	unsigned prepared, ran, freed;
	int slot;
	short got;
	int64_t ran_ms;
};

static bool
probe_prepare(struct task *task, struct pollset *set, int64_t *deadline_ms)
{
	struct probe *p = (struct probe *)task;

	p->prepared++;
	p->slot = p->fd == -1 ? -1 : pollset_add(set, p->fd, p->events);
	clock_lower(deadline_ms, p->deadline_ms);
	return p->ready;
}

static bool
probe_run(struct task *task, const struct pollset *set, int64_t now_ms)
{
	struct probe *p = (struct probe *)task;

	p->ran++;
	p->ran_ms = now_ms;
	p->got = pollset_got(set, p->slot);
	if (p->next != NULL && p->ran == 1)
		loop_add(p->adds_to, &p->next->task);
	return --p->runs_left > 0;
}

static void
probe_free(struct task *task)
{
	((struct probe *)task)->freed++;
}

static const struct task_ops probe_ops = {
	.prepare = probe_prepare,
	.run = probe_run,
	.free = probe_free,
};

static struct probe
probe_of(unsigned runs)
{
	return (struct probe){
		.task.ops = &probe_ops,
		.runs_left = runs,
		.ready = true,
		.deadline_ms = CLOCK_NEVER,
		.fd = -1,
		.slot = -1,
	};
}

START_TEST(a_loop_without_tasks_is_over)
{
	struct loop loop;

	ck_assert_int_eq(loop_init(&loop), 0);
	ck_assert_int_eq(loop_run(&loop), 0);
	loop_free(&loop);
}
END_TEST

START_TEST(a_task_is_freed_when_it_is_finished)
{
	struct probe one = probe_of(1), three = probe_of(3);
	struct loop loop;

	ck_assert_int_eq(loop_init(&loop), 0);
	loop_add(&loop, &one.task);
	loop_add(&loop, &three.task);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_uint_eq(one.prepared, 1);
	ck_assert_uint_eq(one.ran, 1);
	ck_assert_uint_eq(one.freed, 1);
	ck_assert_uint_eq(three.prepared, 3);
	ck_assert_uint_eq(three.ran, 3);
	ck_assert_uint_eq(three.freed, 1);
	loop_free(&loop);
	ck_assert_uint_eq(one.freed + three.freed, 2);
}
END_TEST

START_TEST(a_task_may_be_added_while_another_runs)
{
	struct probe first = probe_of(2), second = probe_of(2);
	struct loop loop;

	ck_assert_int_eq(loop_init(&loop), 0);
	first.adds_to = &loop;
	first.next = &second;
	loop_add(&loop, &first.task);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_uint_eq(second.ran, 2);
	ck_assert_uint_eq(second.freed, 1);
	loop_free(&loop);
}
END_TEST

START_TEST(the_nearest_deadline_wakes_all)
{
	struct probe far = probe_of(1), near = probe_of(1);
	int64_t start_ms = clock_ms();
	struct loop loop;

	far.ready = near.ready = false;
	far.deadline_ms = start_ms + 3600 * 1000;
	near.deadline_ms = start_ms + 20;
	ck_assert_int_eq(loop_init(&loop), 0);
	loop_add(&loop, &far.task);
	loop_add(&loop, &near.task);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_int_ge(near.ran_ms, start_ms + 20);
	ck_assert_int_eq(far.ran_ms, near.ran_ms);
	loop_free(&loop);
}
END_TEST

START_TEST(a_deadline_in_the_past_is_now)
{
	struct probe p = probe_of(3);
	struct loop loop;

	p.ready = false;
	p.deadline_ms = 0;
	ck_assert_int_eq(loop_init(&loop), 0);
	loop_add(&loop, &p.task);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_uint_eq(p.ran, 3);
	loop_free(&loop);
}
END_TEST

START_TEST(a_ready_task_does_not_wait_for_others)
{
	struct probe waits = probe_of(1), ready = probe_of(1);
	struct loop loop;
	int fds[2];

	pipe_pair(fds);
	waits.ready = false;
	waits.fd = fds[0];
	waits.events = POLLIN;
	ck_assert_int_eq(loop_init(&loop), 0);
	loop_add(&loop, &waits.task);
	loop_add(&loop, &ready.task);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_int_eq(waits.got, 0);
	loop_free(&loop);
	close_pair(fds);
}
END_TEST

START_TEST(each_task_gets_its_own_events)
{
	struct probe reads = probe_of(1), writes = probe_of(1);
	struct loop loop;
	int fds[2];

	pipe_pair(fds);
	put(fds[1], "x");
	reads.ready = writes.ready = false;
	reads.fd = fds[0];
	reads.events = POLLIN;
	writes.fd = fds[1];
	writes.events = POLLOUT;
	ck_assert_int_eq(loop_init(&loop), 0);
	loop_add(&loop, &reads.task);
	loop_add(&loop, &writes.task);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_int_eq(reads.got, POLLIN);
	ck_assert_int_eq(writes.got, POLLOUT);
	ck_assert_int_ne(reads.slot, writes.slot);
	loop_free(&loop);
	close_pair(fds);
}
END_TEST

START_TEST(a_set_holds_any_number)
{
	struct pollset set = { 0 };
	int fds[2], copies[500];

	pipe_pair(fds);
	for (int i = 0; i < 500; i++) {
		copies[i] = dup(fds[i & 1]);
		ck_assert_int_eq(pollset_add(&set, copies[i], POLLOUT), i);
	}
	ck_assert_int_eq(poll(set.fds, set.count, 0), 250);
	ck_assert_int_eq(pollset_got(&set, 498), 0);
	ck_assert_int_eq(pollset_got(&set, 499), POLLOUT);
	ck_assert_int_eq(pollset_got(&set, -1), 0);
	for (int i = 0; i < 500; i++)
		close(copies[i]);
	pollset_free(&set);
	close_pair(fds);
}
END_TEST

/* poll(2) refuses a set that is larger than the limit of descriptors. */
START_TEST(a_descriptor_is_in_the_set_once)
{
	struct pollset set = { 0 };
	int fds[2], other;

	pair_of(SOCK_STREAM, fds);
	for (int turn = 0; turn < 2; turn++) {
		set.count = 0;
		other = pollset_add(&set, fds[turn], 0);
		ck_assert_int_eq(pollset_add(&set, fds[!turn], POLLIN), 1);
		ck_assert_int_eq(pollset_add(&set, fds[!turn], POLLOUT), 1);
		ck_assert_int_eq(pollset_add(&set, fds[turn], POLLIN), other);
		ck_assert_uint_eq(set.count, 2);
		ck_assert_int_eq(set.fds[1].events, POLLIN | POLLOUT);
		ck_assert_int_eq(set.fds[other].events, POLLIN);
	}
	pollset_free(&set);
	close_pair(fds);
}
END_TEST

START_TEST(tasks_that_are_left_are_freed)
{
	struct probe p = probe_of(1), other = probe_of(1);
	struct loop loop;

	ck_assert_int_eq(loop_init(&loop), 0);
	loop_add(&loop, &p.task);
	loop_add(&loop, &other.task);
	loop_free(&loop);
	ck_assert_uint_eq(p.ran, 0);
	ck_assert_uint_eq(p.freed, 1);
	ck_assert_uint_eq(other.freed, 1);
}
END_TEST

START_TEST(a_signal_ends_it_even_if_a_task_is_always_ready)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
		SIGALRM, SIGUSR2 };

	for (size_t i = 0; i < COUNT(signals); i++) {
		struct probe p = probe_of(1000000);
		struct loop loop;

		ck_assert_int_eq(loop_init(&loop), 0);
		loop_add(&loop, &p.task);
		kill(getpid(), signals[i]);
		ck_assert_int_eq(loop_run(&loop), signals[i]);
		ck_assert_uint_eq(p.freed, 0);
		loop_free(&loop);
		ck_assert_uint_eq(p.freed, 1);
	}
}
END_TEST

START_TEST(the_signal_that_ends_it_is_pending_until_it_is_freed)
{
	struct probe p = probe_of(1000000);
	struct loop loop;
	sigset_t set;

	ck_assert_int_eq(loop_init(&loop), 0);
	loop_add(&loop, &p.task);
	kill(getpid(), SIGTERM);
	ck_assert_int_eq(loop_run(&loop), SIGTERM);
	loop_clear(&loop);
	ck_assert_uint_eq(p.freed, 1);
	sigpending(&set);
	ck_assert_int_eq(sigismember(&set, SIGTERM), 1);
	loop_free(&loop);
	ck_assert_uint_eq(p.freed, 1);
}
END_TEST

static void
note_signal(int signal, void *arg)
{
	*(int *)arg = signal;
}

START_TEST(a_notice_is_told_and_ends_nothing)
{
	static const int signals[] = { SIGUSR1, SIGWINCH };

	for (size_t i = 0; i < COUNT(signals); i++) {
		struct probe p = probe_of(3);
		struct loop loop;
		int told = 0;

		ck_assert_int_eq(loop_init(&loop), 0);
		loop.on_notice = note_signal;
		loop.notice_arg = &told;
		loop_add(&loop, &p.task);
		kill(getpid(), signals[i]);
		ck_assert_int_eq(loop_run(&loop), 0);
		ck_assert_int_eq(told, signals[i]);
		ck_assert_uint_eq(p.freed, 1);
		loop_free(&loop);
	}
}
END_TEST

START_TEST(another_signal_may_be_a_notice)
{
	struct probe p = probe_of(3);
	struct loop loop;
	int told = 0;

	ck_assert_int_eq(loop_init(&loop), 0);
	loop.on_notice = note_signal;
	loop.notice_arg = &told;
	ck_assert_int_eq(loop_add_notice(&loop, SIGTSTP), 0);
	loop_add(&loop, &p.task);
	kill(getpid(), SIGTSTP);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_int_eq(told, SIGTSTP);
	loop_free(&loop);
}
END_TEST

START_TEST(an_ignored_notice_stays_ignored)
{
	struct probe p = probe_of(3);
	struct loop loop;
	int told = 0;

	signal(SIGTSTP, SIG_IGN);
	ck_assert_int_eq(loop_init(&loop), 0);
	loop.on_notice = note_signal;
	loop.notice_arg = &told;
	ck_assert_int_eq(loop_add_notice(&loop, SIGTSTP), 0);
	loop_add(&loop, &p.task);
	kill(getpid(), SIGTSTP);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_int_eq(told, 0);
	loop_free(&loop);
	signal(SIGTSTP, SIG_DFL);
}
END_TEST

/* It would end the program otherwise. */
START_TEST(a_notice_that_comes_too_late_is_dropped)
{
	struct loop loop;

	ck_assert_int_eq(loop_init(&loop), 0);
	kill(getpid(), SIGUSR1);
	loop_free(&loop);
	kill(getpid(), SIGUSR1);
}
END_TEST

START_TEST(the_loop_ends_without_who_stands_aside)
{
	struct probe aside = probe_of(1000), p = probe_of(3);
	struct loop loop;

	aside.ready = false;
	aside.deadline_ms = clock_ms() + 3600 * 1000;
	ck_assert_int_eq(loop_init(&loop), 0);
	loop_add_aside(&loop, &aside.task);
	loop_add(&loop, &p.task);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_uint_eq(p.freed, 1);
	ck_assert_uint_eq(aside.freed, 0);
	ck_assert_uint_eq(aside.ran, 3);
	loop_free(&loop);
	ck_assert_uint_eq(aside.freed, 1);
}
END_TEST

START_TEST(who_stands_aside_may_finish_before)
{
	struct probe aside = probe_of(1), p = probe_of(3);
	struct loop loop;

	ck_assert_int_eq(loop_init(&loop), 0);
	loop_add_aside(&loop, &aside.task);
	loop_add(&loop, &p.task);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_uint_eq(aside.freed, 1);
	ck_assert_uint_eq(p.ran, 3);
	loop_free(&loop);
}
END_TEST

START_TEST(an_ignored_signal_stays_ignored)
{
	struct probe p = probe_of(3);
	struct loop loop;

	signal(SIGHUP, SIG_IGN);
	ck_assert_int_eq(loop_init(&loop), 0);
	loop_add(&loop, &p.task);
	kill(getpid(), SIGHUP);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_uint_eq(p.ran, 3);
	loop_free(&loop);
	signal(SIGHUP, SIG_DFL);
}
END_TEST

START_TEST(the_mask_is_as_it_was_afterwards)
{
	struct loop loop;
	sigset_t mask;

	ck_assert_int_eq(loop_init(&loop), 0);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	ck_assert_int_eq(sigismember(&mask, SIGTERM), 1);
	loop_free(&loop);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	ck_assert_int_eq(sigismember(&mask, SIGTERM), 0);
}
END_TEST

static bool
count_signal(int signal, void *arg)
{
	*(int *)arg += 1;
	return signal == SIGHUP;
}

START_TEST(a_signal_may_be_dealt_with)
{
	struct probe p = probe_of(5);
	struct loop loop;
	int signals = 0;

	ck_assert_int_eq(loop_init(&loop), 0);
	loop.on_signal = count_signal;
	loop.arg = &signals;
	loop_add(&loop, &p.task);
	kill(getpid(), SIGHUP);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_int_eq(signals, 1);
	ck_assert_uint_eq(p.ran, 5);
	loop_free(&loop);
}
END_TEST

START_TEST(a_signal_that_is_not_dealt_with_ends_the_loop)
{
	struct probe p = probe_of(5);
	struct loop loop;
	int signals = 0;

	ck_assert_int_eq(loop_init(&loop), 0);
	loop.on_signal = count_signal;
	loop.arg = &signals;
	loop_add(&loop, &p.task);
	kill(getpid(), SIGTERM);
	ck_assert_int_eq(loop_run(&loop), SIGTERM);
	ck_assert_int_eq(signals, 1);
	ck_assert_uint_eq(p.freed, 0);
	loop_free(&loop);
	ck_assert_uint_eq(p.freed, 1);
}
END_TEST

START_TEST(the_loop_can_be_ended)
{
	struct probe p = probe_of(5);
	struct loop loop;

	ck_assert_int_eq(loop_init(&loop), 0);
	loop_add(&loop, &p.task);
	loop_end(&loop);
	ck_assert_int_eq(loop_run(&loop), 0);
	ck_assert_uint_eq(p.ran, 0);
	loop_free(&loop);
	ck_assert_uint_eq(p.freed, 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_loop_without_tasks_is_over,
		a_task_is_freed_when_it_is_finished,
		a_task_may_be_added_while_another_runs,
		the_nearest_deadline_wakes_all,
		a_deadline_in_the_past_is_now,
		a_ready_task_does_not_wait_for_others,
		each_task_gets_its_own_events,
		a_set_holds_any_number,
		a_descriptor_is_in_the_set_once,
		tasks_that_are_left_are_freed,
		a_signal_ends_it_even_if_a_task_is_always_ready,
		the_signal_that_ends_it_is_pending_until_it_is_freed,
		a_notice_is_told_and_ends_nothing,
		another_signal_may_be_a_notice,
		an_ignored_notice_stays_ignored,
		a_notice_that_comes_too_late_is_dropped,
		the_loop_ends_without_who_stands_aside,
		who_stands_aside_may_finish_before,
		an_ignored_signal_stays_ignored,
		a_signal_may_be_dealt_with,
		a_signal_that_is_not_dealt_with_ends_the_loop,
		the_loop_can_be_ended,
		the_mask_is_as_it_was_afterwards,
	};
	int failed = run_tests("loop", tests, COUNT(tests));

	return failed != 0;
}
