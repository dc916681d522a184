/* SPDX-License-Identifier: ISC */
/* text_file.c - a file read as a whole, so that nothing else waits */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "text_file.h"
#include "xalloc.h"

/* bytes; room for the first read */
#define TEXT_FILE_FIRST 4096

struct text_file {
	struct handshake handshake; /* first: it is a handshake */
	const char *path;
	int fd; /* -1: not open yet */
	char *text;
	size_t len, cap;
	text_file_fn *done;
	void *arg;
};

static bool
is_fifo(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

static int
finish(struct text_file *f, struct channel *ch, int error)
{
	if (f->done(f->path, error, f->text, error == 0 ? f->len : 0, f->arg) &&
	    error == 0)
		return 0;
	return channel_fail(ch, "read failed");
}

/* One byte more than may be: then it is too large. */
static void
make_room(struct text_file *f)
{
	if (f->len < f->cap)
		return;
	f->cap = f->cap == 0 ? TEXT_FILE_FIRST : f->cap * 2;
	if (f->cap > TEXT_FILE_MAX)
		f->cap = TEXT_FILE_MAX + 1;
	f->text = xreallocarray(f->text, f->cap, 1);
}

/* 0 at the end of the file, IO_WAIT, or errno. */
static int
read_all(struct text_file *f)
{
	while (f->len <= TEXT_FILE_MAX) {
		ssize_t n;

		make_room(f);
		n = read(f->fd, f->text + f->len, f->cap - f->len);
		if (n == 0)
			return f->len == 0 && is_fifo(f->fd) ? ENODATA : 0;
		if (n > 0)
			f->len += (size_t)n;
		else if (errno == EAGAIN)
			return IO_WAIT;
		else if (errno != EINTR)
			return errno;
	}
	return EFBIG;
}

static int
text_file_run(struct handshake *handshake, struct channel *ch)
{
	struct text_file *f = (struct text_file *)handshake;
	int result;

	/* a FIFO nobody writes to would stop us here */
	if (f->fd == -1)
		f->fd =
		    open(f->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (f->fd == -1)
		return finish(f, ch, errno);
	result = read_all(f);
	return result == IO_WAIT ? IO_WAIT : finish(f, ch, result);
}

static void
text_file_prepare(struct handshake *handshake, struct channel *ch,
    struct pollset *set, int64_t *deadline_ms)
{
	const struct text_file *f = (const struct text_file *)handshake;

	(void)ch;
	if (f->fd == -1)
		clock_lower(deadline_ms, 0);
	else
		pollset_add(set, f->fd, POLLIN);
}

static void
text_file_expire(struct handshake *handshake)
{
	const struct text_file *f = (const struct text_file *)handshake;

	f->done(f->path, ETIMEDOUT, NULL, 0, f->arg);
}

static void
text_file_free(struct handshake *handshake)
{
	struct text_file *f = (struct text_file *)handshake;

	if (f->fd != -1)
		close(f->fd);
	free(f->text);
	free(f);
}

static const struct handshake_ops text_file_ops = {
	.name = "file",
	.prepare = text_file_prepare,
	.run = text_file_run,
	.expire = text_file_expire,
	.free = text_file_free,
};

struct handshake *
text_file_handshake(const char *path, text_file_fn *done, void *arg)
{
	struct text_file *f = xcalloc(1, sizeof(*f));

	*f = (struct text_file){ .handshake.ops = &text_file_ops,
		.path = path,
		.fd = -1,
		.done = done,
		.arg = arg };
	return &f->handshake;
}
