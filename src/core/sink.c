/* SPDX-License-Identifier: ISC */
/* sink.c - a file that records are written to */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "sink.h"
#include "terminal.h"
#include "xalloc.h"

/* ms; how often a slow reader is left alone to look for signals */
#define PATIENCE_MS 100
/* ms; what it has to take something, once there is one */
#define LEAVE_MS 500

struct sink {
	int fd;
	int terminal; /* our own, non-blocking; -1: none */
	bool owned;
	bool file;     /* regular: what was written may be taken back */
	bool waits;    /* for other programs */
	bool blocking; /* RWF_NOWAIT is not known there */
	bool broken;
	const char *path;
	sink_failed_fn *failed;
	void *arg;
};

/* A FIFO or a device, which has nothing that could be lost; should a file have
 * taken its place meanwhile, that is none of ours. */
static int
open_special(const char *path, int flags)
{
	struct stat st;
	int fd;

	if (stat(path, &st) == -1 || S_ISREG(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	fd = open(path, flags);
	if (fd == -1 || (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	errno = EEXIST;
	return -1;
}

/* What is opened must not be emptied where it was to be new. */
static int
open_path(const char *path, enum sink_mode mode)
{
	static const int flags[] = {
		[SINK_NEW] = O_CREAT | O_EXCL,
		[SINK_REPLACE] = O_CREAT | O_TRUNC,
		[SINK_APPEND] = O_CREAT,
	};
	int common = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY;
	int fd = open(path, common | flags[mode], S_IRUSR | S_IWUSR);

	if (fd != -1 || mode != SINK_NEW || errno != EEXIST)
		return fd;
	return open_special(path, common);
}

static bool
describe(struct sink *sink)
{
	struct stat st;

	if (fstat(sink->fd, &st) == -1)
		return false;
	sink->file = S_ISREG(st.st_mode);
	sink->waits = !S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode);
	sink->terminal = terminal_open(sink->fd);
	return true;
}

struct sink *
sink_open(
    const char *path, enum sink_mode mode, sink_failed_fn *failed, void *arg)
{
	bool owned = strcmp(path, "-") != 0;
	int fd = owned ? open_path(path, mode) : STDOUT_FILENO;
	struct sink *sink;

	if (fd == -1)
		return NULL;
	sink = xcalloc(1, sizeof(*sink));
	*sink = (struct sink){ .fd = fd,
		.owned = owned,
		.path = owned ? path : "stdout",
		.failed = failed,
		.arg = arg };
	if (describe(sink))
		return sink;
	free(sink); /* stdout was closed */
	return NULL;
}

/* They are blocked while the loop is at work, and would end us. */
static bool
has_to_leave(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t pending;

	if (sigpending(&pending) == -1)
		return false;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (sigismember(&pending, signals[i]) == 1)
			return true;
	}
	return false;
}

/* A reader that is only slow has its moment: the signal may mean something
 * else.  0: there is room, or an error to be told; -1: errno */
static int
wait_for_room(const struct sink *sink)
{
	struct pollfd pfd = { .fd = sink->fd, .events = POLLOUT };
	int64_t leave_ms = 0;

	while (poll(&pfd, 1, PATIENCE_MS) <= 0) {
		if (leave_ms == 0 && has_to_leave())
			leave_ms = clock_ms() + LEAVE_MS;
		if (leave_ms == 0 || clock_ms() < leave_ms)
			continue;
		errno = EINTR;
		return -1;
	}
	return 0;
}

/* What has room for anything has it for so much, so that it does not block. */
static ssize_t
write_little(const struct sink *sink, const struct iovec *iov)
{
	struct pollfd pfd = { .fd = sink->fd, .events = POLLOUT };
	size_t n = iov->iov_len < PIPE_BUF ? iov->iov_len : PIPE_BUF;

	if (poll(&pfd, 1, 0) == 1)
		return write(sink->fd, iov->iov_base, n);
	errno = EAGAIN;
	return -1;
}

/* As much as goes at once; -1: errno, EAGAIN where it has to wait */
static ssize_t
write_some(struct sink *sink, const struct iovec *iov, int count)
{
	ssize_t put;

	if (count > IOV_MAX)
		count = IOV_MAX;
	if (!sink->waits)
		return writev(sink->fd, iov, count);
	if (sink->terminal != -1)
		return writev(sink->terminal, iov, count);
	if (!sink->blocking) {
		put = pwritev2(sink->fd, iov, count, -1, RWF_NOWAIT);
		if (put != -1 || errno != EOPNOTSUPP)
			return put;
		sink->blocking = true;
	}
	return write_little(sink, iov);
}

/* What is left of the vector. */
static void
advance(struct iovec **iov, int *count, size_t n)
{
	while (*count > 0 && n >= (*iov)->iov_len) {
		n -= (*iov)->iov_len;
		++*iov;
		--*count;
	}
	if (*count > 0) {
		(*iov)->iov_base = (char *)(*iov)->iov_base + n;
		(*iov)->iov_len -= n;
	}
}

/* Half a record is worth less than none: a file ends before it, unless others
 * have written behind it. */
static void
take_back(const struct sink *sink, size_t written)
{
	off_t end = lseek(sink->fd, 0, SEEK_CUR), start = end - (off_t)written;
	struct stat st;

	if (end == -1 || start < 0 || fstat(sink->fd, &st) == -1 ||
	    st.st_size != end)
		return;
	if (ftruncate(sink->fd, start) == 0)
		lseek(sink->fd, start, SEEK_SET);
}

static void
fail(struct sink *sink, size_t written, int error)
{
	if (sink->file && written > 0)
		take_back(sink, written);
	sink->broken = true;
	sink->failed(sink->path, error, sink->arg);
}

/* True: it is to be tried again. */
static bool
may_go_on(const struct sink *sink)
{
	if (errno == EINTR)
		return true;
	return errno == EAGAIN && wait_for_room(sink) == 0;
}

void
sink_writev(struct sink *sink, struct iovec *iov, int count)
{
	size_t written = 0;

	if (sink->broken)
		return;
	advance(&iov, &count, 0);
	while (count > 0) {
		ssize_t put = write_some(sink, iov, count);

		if (put == -1 && may_go_on(sink))
			continue;
		if (put == -1) {
			fail(sink, written, errno);
			return;
		}
		written += (size_t)put;
		advance(&iov, &count, (size_t)put);
	}
}

void
sink_write(struct sink *sink, const void *bytes, size_t n)
{
	union {
		const void *in;
		void *out;
	} base = { .in = bytes };
	struct iovec iov = { .iov_base = base.out, .iov_len = n };

	sink_writev(sink, &iov, 1);
}

bool
sink_is_broken(const struct sink *sink)
{
	return sink->broken;
}

bool
sink_is_terminal(const struct sink *sink)
{
	return isatty(sink->fd) == 1;
}

/* A network file system tells of a full disk as late as this; of what is
 * borrowed, the close of a copy does. */
bool
sink_close(struct sink *sink)
{
	bool whole;
	int fd;

	if (sink == NULL)
		return true;
	fd = sink->owned ? sink->fd : dup(sink->fd);
	if (fd != -1 && close(fd) == -1 && !sink->broken)
		fail(sink, 0, errno);
	if (sink->terminal != -1)
		close(sink->terminal);
	whole = !sink->broken;
	free(sink);
	return whole;
}
