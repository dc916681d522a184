/* SPDX-License-Identifier: ISC */
/* loop.h - the tasks of the program and the one poll(2) they share
 *
 * Theory of operation: nothing is registered.  Every turn each task says anew
 * what it waits for and until when (prepare), the loop sleeps in poll(2), and
 * each task makes what progress it can (run).  Nothing is freed but by a run
 * that returns false, so no pointer is ever stale.
 *
 * Among many tasks most are idle.  Those that had news in the last turn are
 * asked again by themselves, as long as they have more; all of them have their
 * turn when those have not, after LOOP_SLICE_MS, and at the nearest deadline.
 *
 * The signals that end us are kept blocked and read from a signalfd(2) in the
 * same poll set: a handler would need a global, and ppoll(2) with signals
 * opened does not deliver one as long as some descriptor is always ready.
 *
 * A task may stand aside: it has its turns as all have, and the loop ends
 * without it. */
#ifndef NCX_LOOP_H
#define NCX_LOOP_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* ms that a task may have to wait because others are busy */
#define LOOP_SLICE_MS 8

/* A descriptor is in it once, whoever waits for it: poll(2) refuses sets that
 * are larger than the limit of descriptors. */
struct pollset {
	struct pollfd *fds;
	size_t count, cap;
	int *slots; /* by descriptor: where it is, if it is */
	size_t slots_cap;
};

/* Its slot, which several may share: the events that it gets are those of all
 * of them. */
int pollset_add(struct pollset *, int fd, short events);
short pollset_got(const struct pollset *, int slot); /* 0 for slot -1 */
void pollset_free(struct pollset *);

struct task;

struct task_ops {
	/* Add descriptors to wait for and lower *deadline_ms.
	 * True: can make progress now, so do not sleep. */
	bool (*prepare)(struct task *, struct pollset *, int64_t *deadline_ms);
	/* Make progress.  False: finished; the loop frees it. */
	bool (*run)(struct task *, const struct pollset *, int64_t now_ms);
	void (*free)(struct task *);
};

/* Something the loop drives; the first member of what it is. */
struct task {
	const struct task_ops *ops;
	TAILQ_ENTRY(task) entry;
	bool asked;        /* in this turn */
	bool hot;          /* had news when it was last asked */
	bool aside;        /* the loop does not go on for it */
	size_t first, end; /* its own part of this turn's poll set */
};

TAILQ_HEAD(task_list, task);

/* Something to be told at once: SIGUSR1, SIGWINCH and what was added.  They
 * never end the loop. */
typedef void notice_fn(int signal, void *arg);

/* What a signal means.  True: it has been dealt with, and the loop goes on. */
typedef bool signal_fn(int signal, void *arg);

struct loop {
	struct task_list tasks;
	size_t count; /* of those that do not stand aside */
	struct pollset set;
	int signal_fd;
	sigset_t before;     /* the signal mask before loop_init() */
	sigset_t heard;      /* what signal_fd tells */
	sigset_t notices;    /* which of these are */
	bool crowded;        /* in the last turn of all, few of many had news */
	int64_t all_ms;      /* when that was */
	int64_t deadline_ms; /* and the nearest deadline then */
	bool ended;
	/* Asked about each of the signals; NULL: all of them end the loop */
	signal_fn *on_signal;
	void *arg;
	notice_fn *on_notice; /* NULL: there is nothing to tell */
	void *notice_arg;
};

/* Blocks the signals.  A signal that was ignored stays ignored (nohup).
 * 0, or -1: errno */
int loop_init(struct loop *);

/* Frees the tasks that are left. */
void loop_clear(struct loop *);

/* Frees the rest of it, too.  The signals are as they were, but notices
 * stay blocked: one that comes too late is of no interest any more, and does
 * not end the program. */
void loop_free(struct loop *);

void loop_add(struct loop *, struct task *);       /* owns it */
void loop_add_aside(struct loop *, struct task *); /* likewise */

/* One more signal that is a notice, unless it is ignored; blocked, too.
 * 0, or -1: errno */
int loop_add_notice(struct loop *, int signal);

/* Runs until no task is left, but for those aside, or loop_end() was called
 * (0), or until one of the signals came (its number), which stays pending until
 * loop_free(): who writes meanwhile sees that he has to leave.  -1: errno */
int loop_run(struct loop *);

/* Let this turn be the last; loop_free() frees the tasks that are left. */
void loop_end(struct loop *);

#endif
