/* SPDX-License-Identifier: ISC */
/* channel_stdio.c - our own input and output as a channel
 *
 * The descriptors are shared with whoever started us, so O_NONBLOCK is never
 * set on them.  A read follows a poll(2); a write asks for RWF_NOWAIT, and
 * where the system does not know that for this kind of file, it follows a
 * poll(2) and is so short that it cannot block.  A terminal may have less room
 * than that, and is written by an open description of our own. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include "channel.h"
#include "terminal.h"
#include "xalloc.h"

struct stdio {
	bool rblocking, wblocking; /* RWF_NOWAIT is not known there */
	int terminal;              /* our own, non-blocking; -1: none */
};

static enum fd_kind
kind_of(int fd)
{
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		return FD_OTHER;
	if (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode))
		return FD_FILE;
	if (S_ISFIFO(st.st_mode))
		return FD_PIPE;
	if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
		return FD_NULL;
	return FD_OTHER;
}

/* What may be spliced to; a file opened with O_APPEND refuses it. */
static enum fd_kind
sink_kind(int fd)
{
	enum fd_kind kind = kind_of(fd);

	if (kind == FD_FILE && (fcntl(fd, F_GETFL) & O_APPEND))
		return FD_OTHER;
	return kind;
}

/* True where a read or write waits for other programs. */
static bool
may_block(enum fd_kind kind)
{
	return kind != FD_FILE && kind != FD_NULL;
}

static bool
ready(int fd, short events)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	return poll(&pfd, 1, 0) == 1;
}

static ssize_t
read_nowait(struct channel *ch, void *bytes, size_t n)
{
	struct iovec iov = { .iov_base = bytes, .iov_len = n };
	struct stdio *stdio = ch->state;
	ssize_t got;

	if (!stdio->rblocking && may_block(ch->rkind)) {
		got = preadv2(ch->rfd, &iov, 1, -1, RWF_NOWAIT);
		if (got != -1 || errno != EOPNOTSUPP)
			return got;
		stdio->rblocking = true;
	}
	return read(ch->rfd, bytes, n);
}

static ssize_t
stdio_read(struct channel *ch, void *bytes, size_t n)
{
	ssize_t got;

	do
		got = read_nowait(ch, bytes, n);
	while (got == -1 && errno == EINTR);
	if (got == 0)
		return IO_EOF;
	if (got == -1 && errno != EAGAIN)
		return channel_fail_errno(ch, errno);
	if (may_block(ch->rkind))
		ch->rwait = POLLIN;
	return got == -1 ? IO_WAIT : got;
}

static ssize_t
write_nowait(struct channel *ch, const void *bytes, size_t n)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)bytes,
		.iov_len = n };
	struct stdio *stdio = ch->state;
	ssize_t put;

	if (!may_block(ch->wkind))
		return write(ch->wfd, bytes, n);
	if (stdio->terminal != -1)
		return write(stdio->terminal, bytes, n);
	if (!stdio->wblocking) {
		put = pwritev2(ch->wfd, &iov, 1, -1, RWF_NOWAIT);
		if (put != -1 || errno != EOPNOTSUPP)
			return put;
		stdio->wblocking = true;
	}
	if (!ready(ch->wfd, POLLOUT)) {
		errno = EAGAIN;
		return -1;
	}
	return write(ch->wfd, bytes, n < PIPE_BUF ? n : PIPE_BUF);
}

static ssize_t
stdio_write(struct channel *ch, const void *bytes, size_t n)
{
	ssize_t put;

	if (ch->wfd == -1)
		return (ssize_t)n;
	do
		put = write_nowait(ch, bytes, n);
	while (put == -1 && errno == EINTR);
	if (put == -1 && errno == EAGAIN) {
		ch->wwait = POLLOUT;
		return IO_WAIT;
	}
	return put == -1 ? channel_fail_errno(ch, errno) : put;
}

static void
terminal_close(struct stdio *stdio)
{
	if (stdio->terminal != -1)
		close(stdio->terminal);
	stdio->terminal = -1;
}

/* A program behind our output sees its end; descriptor 1 stays taken, so that
 * no socket gets its number.  Some file systems report a failed write only
 * when a descriptor is closed, hence the copy. */
static int
stdio_shut(struct channel *ch)
{
	int copy, null;

	if (ch->wfd == -1)
		return 0;
	terminal_close(ch->state);
	copy = dup(ch->wfd);
	if (copy != -1 && close(copy) == -1)
		return channel_fail_errno(ch, errno);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null == -1)
		return 0;
	dup2(null, ch->wfd);
	close(null);
	return 0;
}

/* The descriptors are borrowed. */
static void
stdio_close(struct channel *ch)
{
	terminal_close(ch->state);
	free(ch->state);
}

static const struct channel_ops stdio_ops = {
	.name = "stdio",
	.read = stdio_read,
	.write = stdio_write,
	.shut = stdio_shut,
	.close = stdio_close,
};

struct channel *
channel_stdio(int rfd, int wfd)
{
	struct channel *ch = channel_new(&stdio_ops);
	struct stdio *stdio = xcalloc(1, sizeof(*stdio));

	stdio->terminal = terminal_open(wfd);
	ch->state = stdio;
	ch->rfd = rfd;
	ch->wfd = wfd;
	ch->rkind = kind_of(rfd);
	ch->wkind = sink_kind(wfd);
	if (may_block(ch->rkind))
		ch->rwait = POLLIN;
	return ch;
}
