/* SPDX-License-Identifier: ISC */
/* readiness.c - tell the outside that the listener listens, and that it ends */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "options_words.h"
#include "readiness.h"
#include "xalloc.h"

/* Beside the file of --port-file; its own name may be as long as names get. */
#define TEMPORARY      ".ncx.XXXXXX"
#define PORT_FILE_MODE 0644

/* The descriptor is borrowed from others, who may not want O_NONBLOCK.  A line
 * is shorter than PIPE_BUF: where there is room, it does not block. */
static int
await_room(int fd, int64_t deadline_ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	int64_t left_ms;

	while ((left_ms = deadline_ms - clock_ms()) > 0) {
		int ready = poll(&pfd, 1, (int)left_ms);

		if (ready > 0)
			return 0;
		if (ready == -1 && errno != EINTR)
			return -1;
	}
	errno = EAGAIN;
	return -1;
}

static int
write_line(int fd, const char *text)
{
	int64_t deadline_ms = clock_ms() + READINESS_ROOM_MS;
	char line[ADDRESS_TEXT + 1];
	size_t done = 0, len;

	snprintf(line, sizeof(line), "%s\n", text);
	len = strlen(line);
	while (done < len) {
		ssize_t n;

		if (await_room(fd, deadline_ms) == -1)
			return -1;
		n = write(fd, line + done, len - done);
		if (n > 0)
			done += (size_t)n;
		else if (n == -1 && errno != EINTR && errno != EAGAIN)
			return -1;
	}
	return 0;
}

static mode_t
current_umask(void)
{
	mode_t mask = umask(0777);

	umask(mask);
	return mask;
}

/* Owns the descriptor. */
static int
fill_file(int fd, const char *text)
{
	int error = 0;

	if (fchmod(fd, PORT_FILE_MODE & ~current_umask()) == -1 ||
	    write_line(fd, text) == -1)
		error = errno;
	if (close(fd) == -1 && error == 0)
		error = errno;
	errno = error;
	return error == 0 ? 0 : -1;
}

/* A rename(2) would put a file in the place of a device or a FIFO; where there
 * is nothing, it says itself what is wrong. */
static int
check_regular(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == -1 || S_ISREG(st.st_mode))
		return 0;
	errno = S_ISDIR(st.st_mode) ? EISDIR : EEXIST;
	return -1;
}

/* Whoever finds the file finds all of it. */
static int
write_file(const char *path, const char *text)
{
	const char *slash = strrchr(path, '/');
	size_t folder = slash == NULL ? 0 : (size_t)(slash - path) + 1;
	char *temporary;
	int fd, error = 0;

	if (check_regular(path) == -1)
		return -1;
	temporary = xcalloc(1, folder + sizeof(TEMPORARY));
	memcpy(temporary, path, folder);
	memcpy(temporary + folder, TEMPORARY, sizeof(TEMPORARY));
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd == -1)
		error = errno;
	else if (fill_file(fd, text) == -1 || rename(temporary, path) == -1) {
		error = errno;
		unlink(temporary);
	}
	free(temporary);
	errno = error;
	return error == 0 ? 0 : -1;
}

static enum status
tell_file(const char *path, const char *where)
{
	if (path == NULL || write_file(path, where) == 0)
		return STATUS_OK;
	log_error("write %s failed: %s", path, strerror(errno));
	return STATUS_LOCAL;
}

static bool
is_stdio(int fd)
{
	return fd <= STDERR_FILENO;
}

static enum status
tell_descriptor(int fd, const char *where)
{
	int error = 0;

	if (fd == -1)
		return STATUS_OK;
	if (write_line(fd, where) == -1)
		error = errno;
	if (!is_stdio(fd) && close(fd) == -1 && error == 0)
		error = errno;
	if (error == 0)
		return STATUS_OK;
	log_error("write to descriptor %d failed: %s", fd, strerror(error));
	return STATUS_LOCAL;
}

static void
told(int result)
{
	if (result == -1)
		log_verbose(
		    "Telling the service manager failed: %s", strerror(errno));
}

void
readiness_init(struct readiness *r)
{
	notify_init(&r->notify);
}

enum status
readiness_check(const struct options *o)
{
	const char *expected = NULL;
	char number[16];
	int flags;

	if (o->ready_fd == -1)
		return STATUS_OK;
	flags = fcntl(o->ready_fd, F_GETFL);
	if (flags == -1)
		expected = "an open descriptor";
	else if ((flags & O_ACCMODE) == O_RDONLY)
		expected = "a descriptor that is open for writing";
	if (expected != NULL) {
		snprintf(number, sizeof(number), "%d", o->ready_fd);
		options_wrong_value("--ready-fd", number, expected);
		return STATUS_USAGE;
	}
	if (!is_stdio(o->ready_fd))
		fcntl(o->ready_fd, F_SETFD, FD_CLOEXEC);
	return STATUS_OK;
}

enum status
readiness_tell(
    const struct readiness *r, const struct options *o, const char *where)
{
	if (tell_file(o->port_file, where) != STATUS_OK ||
	    tell_descriptor(o->ready_fd, where) != STATUS_OK)
		return STATUS_LOCAL;
	told(notify_tell(&r->notify, "READY=1"));
	return STATUS_OK;
}

void
readiness_reloading(const struct readiness *r)
{
	told(notify_reloading(&r->notify));
}

void
readiness_reloaded(const struct readiness *r)
{
	told(notify_tell(&r->notify, "READY=1"));
}

void
readiness_stopping(const struct readiness *r)
{
	told(notify_tell(&r->notify, "STOPPING=1"));
}
