/* SPDX-License-Identifier: ISC */
/* watch.h - all that looks at the sessions of this run
 *
 * Theory of operation: a watcher is one kind of looking - a capture, a dump, a
 * report - and a row of the table in watch.c.  It is opened once, where the
 * options want it, hears of every session from its beginning to its end, and
 * hangs taps into its flows if it wants to see the bytes.
 *
 * A record that cannot be written ends that record and says so, and not the
 * session; the exit status is about it at the end. */
#ifndef NCX_WATCH_H
#define NCX_WATCH_H

#include <sys/queue.h>

#include "connect.h"
#include "options.h"
#include "session.h"
#include "status.h"

struct watch;

struct watcher_ops {
	const char *name;
	/* Its state.  NULL: the options do not want it, or it failed, which has
	 * been said: then *status is not STATUS_OK any more.  Signals are not
	 * blocked yet, and there is no loop. */
	void *(*open)(struct watch *, enum status *status);

	/* The rest may be NULL.
	 *
	 * An address was tried for a session that has not begun. */
	void (*attempted)(void *state, const struct session *,
	    const struct connect_attempt *);
	/* The relay is made, and has not moved a byte. */
	void (*begin)(void *state, struct session *);
	/* Its result and status are known, its sockets still open.  Also for a
	 * session that never began, and so has no relay. */
	void (*end)(void *state, const struct session *);
	/* SIGUSR1, SIGWINCH */
	void (*notice)(void *state, int signal);
	/* There are no sessions any more, and no tasks.  Frees the state.
	 * STATUS_OK, or that of what has failed, which has been said */
	enum status (*close)(void *state);
};

/* rows of the table, or more */
#define WATCHERS_MAX 16

/* What there is besides live sessions, for SIGUSR1. */
struct columns;
typedef void underway_fn(struct columns *, void *arg);

struct watch {
	const struct options *options;
	struct loop *loop;          /* NULL until watch_start() */
	struct session_list live;   /* that have a relay; the latest first */
	unsigned count;             /* sessions so far */
	void *states[WATCHERS_MAX]; /* by row */
	underway_fn *underway;      /* of the mode; NULL: nothing */
	void *underway_arg;
};

/* STATUS_OK, or a status: it has been said, and nothing is left open. */
int watch_open(struct watch *, const struct options *);
void watch_start(struct watch *, struct loop *);

/* What the watchers hear; called by session.c only. */
void watch_attempted(
    struct watch *, const struct session *, const struct connect_attempt *);
void watch_begin(struct watch *, struct session *);
void watch_end(struct watch *, struct session *);

/* The loop is over, and not yet cleared: sessions that are live end with this
 * status. */
void watch_cut(struct watch *, int status);

/* The loop has no tasks any more, and is not yet freed: a signal that has ended
 * it still tells the records that they have to leave.  The status of the
 * program: this one or, where all was well, that of a record that is not
 * complete. */
int watch_close(struct watch *, int status);

#endif
