/* SPDX-License-Identifier: ISC */
/* sink.c - a file that records are written to */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink.h"
#include "xalloc.h"

/* ms; how often a slow reader is left alone to look for signals */
#define PATIENCE_MS 100

struct sink {
	int fd;
	bool owned, regular, broken;
	const char *path;
	sink_failed_fn *failed;
	void *arg;
};

static int
open_path(const char *path, enum sink_mode mode)
{
	static const int flags[] = {
		[SINK_NEW] = O_EXCL,
		[SINK_REPLACE] = O_TRUNC,
		[SINK_APPEND] = O_APPEND,
	};
	int common = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY;
	struct stat st;

	/* a FIFO or a device has nothing that could be lost */
	if (mode == SINK_NEW && stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		mode = SINK_REPLACE;
	return open(path, common | flags[mode], S_IRUSR | S_IWUSR);
}

struct sink *
sink_open(
    const char *path, enum sink_mode mode, sink_failed_fn *failed, void *arg)
{
	bool owned = strcmp(path, "-") != 0;
	int fd = owned ? open_path(path, mode) : STDOUT_FILENO;
	struct sink *sink;
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		return NULL;
	sink = xcalloc(1, sizeof(*sink));
	*sink = (struct sink){ .fd = fd,
		.owned = owned,
		.regular = S_ISREG(st.st_mode),
		.path = path,
		.failed = failed,
		.arg = arg };
	return sink;
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

/* 0: there is room, or an error to be told; -1: errno */
static int
wait_for_room(const struct sink *sink)
{
	struct pollfd pfd = { .fd = sink->fd, .events = POLLOUT };

	while (poll(&pfd, 1, PATIENCE_MS) == 0) {
		if (!has_to_leave())
			continue;
		errno = EINTR;
		return -1;
	}
	return 0;
}

/* As much as goes at once; -1: errno */
static ssize_t
write_some(const struct sink *sink, const struct iovec *iov, int count)
{
	ssize_t put;

	if (sink->regular)
		return writev(sink->fd, iov, count);
	put = pwritev2(sink->fd, iov, count, -1, RWF_NOWAIT);
	if (put != -1 || (errno != EAGAIN && errno != EOPNOTSUPP))
		return put;
	if (wait_for_room(sink) == -1)
		return -1;
	put = pwritev2(sink->fd, iov, count, -1, RWF_NOWAIT);
	if (put == -1 && errno == EOPNOTSUPP)
		return writev(sink->fd, iov, count); /* a terminal */
	if (put == -1 && errno == EAGAIN)
		return 0;
	return put;
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

/* Half a record is worth less than none: a file ends before it. */
static void
fail(struct sink *sink, size_t written, int error)
{
	off_t here;

	if (sink->regular && written > 0) {
		here = lseek(sink->fd, 0, SEEK_CUR);
		if (here >= (off_t)written &&
		    ftruncate(sink->fd, here - (off_t)written) == 0)
			lseek(sink->fd, here - (off_t)written, SEEK_SET);
	}
	sink->broken = true;
	sink->failed(sink->path, error, sink->arg);
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

		if (put == -1 && errno == EINTR && !has_to_leave())
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

/* A network file system tells of a full disk as late as this. */
bool
sink_close(struct sink *sink)
{
	bool whole;

	if (sink == NULL)
		return true;
	if (sink->owned && close(sink->fd) == -1 && !sink->broken)
		fail(sink, 0, errno);
	whole = !sink->broken;
	free(sink);
	return whole;
}
