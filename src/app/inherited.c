/* SPDX-License-Identifier: ISC */
/* inherited.c - sockets that we were started with, instead of an address */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "activation.h"
#include "inherited.h"
#include "log.h"

/* the first that is not one of stdio's */
#define FIRST_FREE 3

static bool
is_same(int fd, const struct stat *wanted)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_dev == wanted->st_dev &&
	    st.st_ino == wanted->st_ino;
}

/* Nothing but the connection itself may be written to the peer. */
static int
leave_stdio(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct stat st;

	if (null == -1 || fstat(STDIN_FILENO, &st) == -1)
		return -1;
	for (int fd = STDERR_FILENO; fd >= STDIN_FILENO; fd--) {
		if (is_same(fd, &st))
			dup2(null, fd);
	}
	return close(null);
}

static int
take_stdin(int *fd)
{
	*fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, FIRST_FREE);
	return *fd == -1 ? -1 : leave_stdio();
}

static enum status
failed(const char *what)
{
	log_error("%s failed: %s", what, strerror(errno));
	return STATUS_LOCAL;
}

static enum status
adopt(const struct options *o, const int *fds, size_t count,
    struct inherited *found)
{
	enum socket_role wanted = o->udp ? SOCKET_DATAGRAM : SOCKET_LISTENING;

	for (size_t i = 0; i < count; i++) {
		if (activation_role(fds[i]) == wanted)
			continue;
		log_error("a socket that was handed over is not one %s",
		    o->udp ? "for datagrams" : "that listens");
		return STATUS_USAGE;
	}
	found->listener = listener_adopt(fds, count);
	return found->listener == NULL ? failed("taking over the sockets") :
					 STATUS_OK;
}

static enum status
take_one(const struct options *o, int fd, struct inherited *found)
{
	if (activation_role(fd) != SOCKET_CONNECTED)
		return adopt(o, &fd, 1, found);
	found->connected = fd;
	return STATUS_OK;
}

enum status
inherited_take(const struct options *o, struct inherited *found)
{
	int fds[LISTEN_MAX];
	size_t count;

	*found = (struct inherited){ .connected = -1 };
	if (o->inetd) {
		if (activation_role(STDIN_FILENO) == SOCKET_NONE) {
			log_error("--inetd: descriptor 0 is no socket");
			return STATUS_USAGE;
		}
		if (take_stdin(&fds[0]) == -1)
			return failed("taking over descriptor 0");
		return take_one(o, fds[0], found);
	}
	count = activation_take(fds, LISTEN_MAX);
	if (count == 0) {
		log_error("missing port number; see %s --help", log_program());
		return STATUS_USAGE;
	}
	return count == 1 ? take_one(o, fds[0], found) :
			    adopt(o, fds, count, found);
}
