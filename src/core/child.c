/* SPDX-License-Identifier: ISC */
/* child.c - another program as a channel */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "log.h"
#include "xalloc.h"

/* Freed when both the loop and the channel have let it go. */
struct child {
	struct task task;        /* first: it is a task */
	struct channel *channel; /* NULL: closed */
	char *about;             /* owned; NULL: it is the only one */
	bool in_loop;
	pid_t pid;  /* and its process group; 0: reaped */
	int pidfd;  /* readable when the program has ended */
	int output; /* the channel's rfd; says who still holds the other end */
	int slot;   /* of pidfd */
	bool ended, told;
	int status;        /* once it has ended */
	int signal;        /* the last that the group got; 0: none */
	int64_t signal_ms; /* closed: when the next one is due */
	child_fn *exited;
	void *arg;
};

static void
close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fds[i] != -1)
			close(fds[i]);
	}
}

/* True: nobody can write to the other end any more. */
static bool
hung_up(int fd)
{
	struct pollfd pfd = { .fd = fd };

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & POLLHUP);
}

/* See whether the program has ended; it stays a zombie. */
static bool
has_ended(struct child *c)
{
	siginfo_t info = { .si_pid = 0 };

	if (c->ended)
		return true;
	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
		-1 ||
	    info.si_pid == 0)
		return false;
	c->ended = true;
	c->status =
	    info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
	log_step(c->about, "the program (process %d) has ended with status %d",
	    (int)c->pid, c->status);
	return true;
}

/* Who holds the output beyond SIGKILL has left the group. */
static bool
is_over(struct child *c)
{
	return has_ended(c) && (hung_up(c->output) || c->signal == SIGKILL);
}

static void
reap(struct child *c)
{
	while (waitpid(c->pid, NULL, 0) == -1 && errno == EINTR)
		;
	close(c->pidfd);
	c->pid = 0;
}

static void
end_group(struct child *c, int signal)
{
	c->signal = signal;
	log_step(c->about, "signal %d (%s) to the program (process %d)", signal,
	    strsignal(signal), (int)c->pid);
	kill(-c->pid, signal);
}

/* One step further, and when the next is due. */
static void
press(struct child *c, int64_t now_ms)
{
	end_group(c, c->signal == 0 ? SIGTERM : SIGKILL);
	c->signal_ms =
	    c->signal == SIGKILL ? CLOCK_NEVER : now_ms + CHILD_KILL_MS;
}

static void
release(struct child *c)
{
	if (c->channel != NULL || c->in_loop)
		return;
	close(c->output);
	free(c->about);
	free(c);
}

/* The task */

static bool
child_prepare(struct task *task, struct pollset *set, int64_t *deadline_ms)
{
	struct child *c = (struct child *)task;

	c->slot = -1;
	if (c->pid == 0)
		return true;
	if (!c->ended)
		c->slot = pollset_add(set, c->pidfd, POLLIN);
	if (c->channel != NULL)
		return false;
	clock_lower(deadline_ms, c->signal_ms);
	if (c->ended)
		pollset_add(set, c->output, 0);
	return c->ended && !c->told; /* the close has seen it */
}

static bool
child_run(struct task *task, const struct pollset *set, int64_t now_ms)
{
	struct child *c = (struct child *)task;

	if (pollset_got(set, c->slot) != 0)
		has_ended(c);
	if (c->ended && !c->told) {
		c->told = true;
		c->exited(c->status, c->arg);
	}
	if (c->channel != NULL)
		return true;
	if (c->pid != 0 && !is_over(c) && now_ms >= c->signal_ms)
		press(c, now_ms);
	if (c->pid != 0 && is_over(c))
		reap(c);
	return c->pid != 0 || !c->told;
}

/* The loop is over, and there is no later: the group gets a moment. */
static void
end_by_force(struct child *c)
{
	struct pollfd ended = { .fd = c->pidfd, .events = POLLIN };

	end_group(c, SIGTERM);
	poll(&ended, 1, CHILD_LAST_MS);
	end_group(c, SIGKILL);
}

static void
child_free(struct task *task)
{
	struct child *c = (struct child *)task;

	if (c->pid != 0 && !is_over(c))
		end_by_force(c);
	if (c->pid != 0)
		reap(c);
	c->in_loop = false;
	release(c);
}

static const struct task_ops child_task_ops = {
	.prepare = child_prepare,
	.run = child_run,
	.free = child_free,
};

/* The channel */

static ssize_t
child_read(struct channel *ch, void *bytes, size_t n)
{
	ssize_t got;

	do
		got = read(ch->rfd, bytes, n);
	while (got == -1 && errno == EINTR);
	if (got == 0)
		return IO_EOF;
	if (got == -1 && errno != EAGAIN)
		return channel_fail_errno(ch, errno);
	if (got == -1)
		ch->rwait = POLLIN;
	return got == -1 ? IO_WAIT : got;
}

static ssize_t
child_write(struct channel *ch, const void *bytes, size_t n)
{
	ssize_t put;

	if (ch->wfd == -1)
		return (ssize_t)n;
	do
		put = write(ch->wfd, bytes, n);
	while (put == -1 && errno == EINTR);
	if (put == -1 && errno != EAGAIN)
		return channel_fail_errno(ch, errno);
	if (put == -1)
		ch->wwait = POLLOUT;
	return put == -1 ? IO_WAIT : put;
}

static int
child_shut(struct channel *ch)
{
	if (ch->wfd != -1)
		close(ch->wfd);
	ch->wfd = -1;
	return 0;
}

static void
child_close(struct channel *ch)
{
	struct child *c = ch->state;
	int64_t now_ms = clock_ms();

	child_shut(ch);
	c->channel = NULL;
	if (c->pid != 0 && is_over(c))
		reap(c);
	else if (c->pid != 0 && hung_up(c->output))
		c->signal_ms = now_ms + CHILD_KILL_MS;
	else if (c->pid != 0)
		press(c, now_ms);
	release(c);
}

static const struct channel_ops child_ops = {
	.name = "program",
	.read = child_read,
	.write = child_write,
	.shut = child_shut,
	.close = child_close,
};

/* The start */

static int
set_signals(posix_spawnattr_t *attr, const sigset_t *mask)
{
	sigset_t usual;
	int error;

	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGXFSZ);
	error = posix_spawnattr_setsigdefault(attr, &usual);
	return error != 0 ? error : posix_spawnattr_setsigmask(attr, mask);
}

/* 0, or an errno */
static int
spawn(pid_t *pid, const struct child_request *request, int in, int out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int error = posix_spawn_file_actions_init(&files);

	if (error != 0)
		return error;
	error = posix_spawnattr_init(&attr);
	if (error != 0) {
		posix_spawn_file_actions_destroy(&files);
		return error;
	}
	error = posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(
		    &files, out, STDOUT_FILENO);
	if (error == 0)
		error = set_signals(&attr, request->mask);
	if (error == 0)
		error = posix_spawnattr_setflags(&attr,
		    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
			POSIX_SPAWN_SETSIGDEF);
	if (error == 0)
		error = posix_spawnp(pid, request->argv[0], &files, &attr,
		    (char *const *)(uintptr_t)request->argv, request->envp);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

/* 0, or -1: errno, and there is no program */
static int
start(struct child *c, const struct child_request *request, int in, int out)
{
	int error = spawn(&c->pid, request, in, out);

	if (error != 0) {
		errno = error;
		return -1;
	}
	c->pidfd = pidfd_open(c->pid, 0);
	if (c->pidfd != -1)
		return 0;
	error = errno;
	end_group(c, SIGKILL);
	while (waitpid(c->pid, NULL, 0) == -1 && errno == EINTR)
		;
	errno = error;
	return -1;
}

/* [0] and [1] are its stdin, [2] and [3] its stdout; ours do not block.
 * 0, or -1: errno */
static int
open_pipes(int fds[4])
{
	if (pipe2(fds, O_CLOEXEC) == -1 || pipe2(fds + 2, O_CLOEXEC) == -1)
		return -1;
	if (fcntl(fds[1], F_SETFL, O_NONBLOCK) == -1)
		return -1;
	return fcntl(fds[2], F_SETFL, O_NONBLOCK);
}

static struct channel *
channel_of(struct child *c, int rfd, int wfd)
{
	struct channel *ch = channel_new(&child_ops);

	ch->state = c;
	ch->rfd = rfd;
	ch->wfd = wfd;
	ch->rkind = ch->wkind = FD_PIPE;
	ch->rwait = POLLIN;
	ch->flags = CH_INDIFFERENT;
	return ch;
}

struct channel *
child_start(struct loop *loop, const struct child_request *request,
    child_fn *exited, void *arg)
{
	int fds[4] = { -1, -1, -1, -1 }, error;
	struct child *c = xcalloc(1, sizeof(*c));

	if (open_pipes(fds) == -1 || start(c, request, fds[0], fds[3]) == -1) {
		error = errno;
		close_all(fds, 4);
		free(c);
		errno = error;
		return NULL;
	}
	close(fds[0]);
	close(fds[3]);
	c->task.ops = &child_task_ops;
	c->output = fds[2];
	c->slot = -1;
	c->exited = exited;
	c->arg = arg;
	c->in_loop = true;
	c->channel = channel_of(c, fds[2], fds[1]);
	loop_add(loop, &c->task);
	if (request->about != NULL)
		c->about = xstrdup(request->about);
	log_step(c->about, "started %s as process %d", request->argv[0],
	    (int)c->pid);
	return c->channel;
}
