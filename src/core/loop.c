/* SPDX-License-Identifier: ISC */
/* loop.c - the tasks of the program and the one poll(2) they share */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"
#include "loop.h"
#include "xalloc.h"

/* All that would end the program by default, but for those that say it is
 * broken. */
static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM,
	SIGUSR2, SIGVTALRM, SIGPROF, SIGXCPU, SIGIO };
static const int notices[] = { SIGUSR1, SIGWINCH };

/* descriptors; with fewer there is no gain in asking only some */
#define CROWD 32
/* one in so many has news, or fewer */
#define CROWD_BUSY 4

/* Where the descriptor has its slot, as long as it has one. */
static int *
slot_of(struct pollset *set, int fd)
{
	size_t cap = set->slots_cap;

	while (cap <= (size_t)fd)
		cap = cap == 0 ? 64 : cap * 2;
	if (cap > set->slots_cap) {
		set->slots =
		    xreallocarray(set->slots, cap, sizeof(set->slots[0]));
		memset(set->slots + set->slots_cap, 0,
		    (cap - set->slots_cap) * sizeof(set->slots[0]));
		set->slots_cap = cap;
	}
	return &set->slots[fd];
}

int
pollset_add(struct pollset *set, int fd, short events)
{
	int *slot = slot_of(set, fd);

	if ((size_t)*slot < set->count && set->fds[*slot].fd == fd) {
		set->fds[*slot].events |= events;
		return *slot;
	}
	if (set->count == set->cap) {
		set->cap = set->cap == 0 ? 8 : set->cap * 2;
		set->fds =
		    xreallocarray(set->fds, set->cap, sizeof(set->fds[0]));
	}
	*slot = (int)set->count++;
	set->fds[*slot] = (struct pollfd){ .fd = fd, .events = events };
	return *slot;
}

short
pollset_got(const struct pollset *set, int slot)
{
	return slot == -1 ? 0 : set->fds[slot].revents;
}

void
pollset_free(struct pollset *set)
{
	free(set->fds);
	free(set->slots);
}

/* Those that nobody told us to ignore. */
static void
add_signals(sigset_t *set, const int *signals, size_t count)
{
	struct sigaction action;

	for (size_t i = 0; i < count; i++) {
		if (sigaction(signals[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(set, signals[i]);
	}
}

int
loop_init(struct loop *loop)
{
	*loop = (struct loop){ .signal_fd = -1 };
	TAILQ_INIT(&loop->tasks);
	sigemptyset(&loop->heard);
	sigemptyset(&loop->notices);
	add_signals(&loop->heard, ending_signals,
	    sizeof(ending_signals) / sizeof(ending_signals[0]));
	add_signals(
	    &loop->heard, notices, sizeof(notices) / sizeof(notices[0]));
	add_signals(
	    &loop->notices, notices, sizeof(notices) / sizeof(notices[0]));
	if (sigprocmask(SIG_BLOCK, &loop->heard, &loop->before) == -1)
		return -1;
	loop->signal_fd =
	    signalfd(-1, &loop->heard, SFD_CLOEXEC | SFD_NONBLOCK);
	return loop->signal_fd == -1 ? -1 : 0;
}

static void
task_end(struct loop *loop, struct task *task)
{
	TAILQ_REMOVE(&loop->tasks, task, entry);
	loop->count -= !task->aside;
	task->ops->free(task);
}

/* What has ended us must not do so again. */
static void
drop_signals(int signal_fd)
{
	struct signalfd_siginfo info;

	if (signal_fd == -1)
		return;
	while (read(signal_fd, &info, sizeof(info)) == sizeof(info))
		;
	close(signal_fd);
}

void
loop_clear(struct loop *loop)
{
	struct task *task;

	while ((task = TAILQ_FIRST(&loop->tasks)) != NULL)
		task_end(loop, task);
}

void
loop_free(struct loop *loop)
{
	sigset_t after;

	loop_clear(loop);
	pollset_free(&loop->set);
	drop_signals(loop->signal_fd);
	sigorset(&after, &loop->before, &loop->notices);
	sigprocmask(SIG_SETMASK, &after, NULL);
}

void
loop_add(struct loop *loop, struct task *task)
{
	task->asked = true; /* it may have its turn at once */
	TAILQ_INSERT_TAIL(&loop->tasks, task, entry);
	loop->count += !task->aside;
}

void
loop_add_aside(struct loop *loop, struct task *task)
{
	task->aside = true;
	loop_add(loop, task);
}

int
loop_add_notice(struct loop *loop, int signal)
{
	add_signals(&loop->notices, &signal, 1);
	sigorset(&loop->heard, &loop->heard, &loop->notices);
	if (sigprocmask(SIG_BLOCK, &loop->notices, NULL) == -1)
		return -1;
	return signalfd(loop->signal_fd, &loop->heard, 0) == -1 ? -1 : 0;
}

static int
poll_timeout(int64_t deadline_ms)
{
	int64_t left;

	if (deadline_ms == CLOCK_NEVER)
		return -1;
	left = deadline_ms - clock_ms();
	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

/* Ask all tasks, or only the hot ones.  True: some task need not wait. */
static bool
ask(struct loop *loop, bool all, int64_t *deadline_ms)
{
	struct task *task;
	bool ready = false;

	loop->set.count = 0;
	pollset_add(&loop->set, loop->signal_fd, POLLIN);
	TAILQ_FOREACH (task, &loop->tasks, entry) {
		task->asked = all || task->hot;
		if (!task->asked)
			continue;
		task->first = loop->set.count;
		task->hot = task->ops->prepare(task, &loop->set, deadline_ms);
		task->end = loop->set.count;
		ready |= task->hot;
	}
	return ready;
}

/* Who has news is hot.  How many are. */
static size_t
feel(struct loop *loop)
{
	struct task *task;
	size_t hot = 0;

	TAILQ_FOREACH (task, &loop->tasks, entry) {
		for (size_t i = task->first;
		     task->asked && !task->hot && i < task->end; i++)
			task->hot = loop->set.fds[i].revents != 0;
		hot += task->hot;
	}
	return hot;
}

/* Sleep until there is something to do. */
static int
wait_for_all(struct loop *loop)
{
	bool ready;
	size_t hot;
	int result;

	loop->deadline_ms = CLOCK_NEVER;
	ready = ask(loop, true, &loop->deadline_ms);
	result = poll(loop->set.fds, loop->set.count,
	    ready ? 0 : poll_timeout(loop->deadline_ms));
	hot = feel(loop);
	loop->crowded = hot > 0 && loop->set.count > CROWD &&
	    hot < loop->set.count / CROWD_BUSY;
	loop->all_ms = clock_ms();
	return result;
}

/* True: there is something to do for the hot ones. */
static bool
hot_go_on(struct loop *loop)
{
	int64_t now_ms = clock_ms(), deadline_ms = CLOCK_NEVER;
	bool ready;

	if (!loop->crowded || now_ms >= loop->all_ms + LOOP_SLICE_MS ||
	    now_ms >= loop->deadline_ms)
		return false;
	ready = ask(loop, false, &deadline_ms);
	if (poll(loop->set.fds, loop->set.count, 0) <= 0 && !ready)
		return false;
	feel(loop);
	return true;
}

static int
loop_wait(struct loop *loop)
{
	return hot_go_on(loop) ? 0 : wait_for_all(loop);
}

static void
loop_turn(struct loop *loop)
{
	struct task *task, *next;
	int64_t now_ms = clock_ms();

	TAILQ_FOREACH_SAFE (task, &loop->tasks, entry, next) {
		if (task->asked && !task->ops->run(task, &loop->set, now_ms))
			task_end(loop, task);
	}
}

/* The number of a signal that ends us; 0: none */
static int
loop_signal(struct loop *loop)
{
	struct signalfd_siginfo info;
	int signal;

	if (pollset_got(&loop->set, 0) == 0 ||
	    read(loop->signal_fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	signal = (int)info.ssi_signo;
	if (sigismember(&loop->notices, signal) == 1) {
		if (loop->on_notice != NULL)
			loop->on_notice(signal, loop->notice_arg);
		return 0;
	}
	if (loop->on_signal != NULL && loop->on_signal(signal, loop->arg))
		return 0;
	return signal;
}

int
loop_run(struct loop *loop)
{
	while (!loop->ended && loop->count > 0) {
		int signal;

		if (loop_wait(loop) == -1) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		signal = loop_signal(loop);
		if (signal != 0) {
			raise(signal);
			return signal;
		}
		loop_turn(loop);
	}
	return 0;
}

void
loop_end(struct loop *loop)
{
	loop->ended = true;
}
