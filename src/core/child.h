/* SPDX-License-Identifier: ISC */
/* child.h - another program as a channel
 *
 * Theory of operation: a child is two things that end on their own: a channel,
 * which is the program's stdin and stdout, and a task of the loop, which sees
 * the program end.  The program leads a process group of its own, and stays
 * unreaped as long as that group may have to be signalled, so that its number
 * is nobody else's.
 *
 * To close the channel is to say that nobody is there any more.  Where the
 * program has ended and its output is over, that is all.  Else its group gets
 * SIGTERM, and CHILD_KILL_MS later SIGKILL; a program that has only ended its
 * output may be about to leave, and gets SIGTERM no sooner than CHILD_KILL_MS
 * after the close.  Who has left the group, or ignores SIGTERM and has left
 * the output, is left alone once the program itself has ended. */
#ifndef NCX_CHILD_H
#define NCX_CHILD_H

#include <signal.h>

#include "channel.h"
#include "loop.h"

/* ms */
#define CHILD_KILL_MS 2000
/* ms; what SIGTERM is given by loop_free() before SIGKILL follows */
#define CHILD_LAST_MS 50

/* All of it is borrowed until child_start() returns. */
struct child_request {
	const char *const *argv; /* argv[0] is searched in PATH */
	char *const *envp;
	const sigset_t *mask; /* what it starts with: loop->before */
	const char *about;    /* for log_step(): whose it is, of several */
};

/* The program has ended: its status as in a shell's $?, 0 to 255, or 128 and
 * the signal.  Called once, from the loop: before or after the channel is
 * closed, and not when loop_free() ended the program. */
typedef void child_fn(int status, void *arg);

/* The program's stdin and stdout; stderr is ours.  It ignores what we do,
 * SIGPIPE and SIGXFSZ excepted.  What is written for a program that has closed
 * its stdin is dropped.  NULL: errno, of the exec too. */
struct channel *child_start(
    struct loop *, const struct child_request *, child_fn *exited, void *arg);

#endif
