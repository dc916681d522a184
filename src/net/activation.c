/* SPDX-License-Identifier: ISC */
/* activation.c - sockets that were opened by whoever started us */
#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "activation.h"
#include "endpoint.h"
#include "log.h"

/* SD_LISTEN_FDS_START of sd_listen_fds(3) */
#define FIRST_FD 3
/* descriptors; nobody hands over so many */
#define FDS_MAX 65536

static int
socket_int(int fd, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, SOL_SOCKET, option, &value, &len) == -1)
		return -1;
	return value;
}

static bool
is_bound(const struct address *a)
{
	return a->addr.ss_family == AF_UNIX ? a->len > sizeof(sa_family_t) :
					      address_port(a) != 0;
}

enum socket_role
activation_role(int fd)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	struct address own;
	int family;

	if (address_of_socket(fd, &own) == -1)
		return SOCKET_NONE;
	family = own.addr.ss_family;
	if (family != AF_INET && family != AF_INET6 && family != AF_UNIX)
		return SOCKET_NONE;
	if (socket_int(fd, SO_ACCEPTCONN) == 1)
		return SOCKET_LISTENING;
	if (getpeername(fd, (struct sockaddr *)&peer, &len) == 0)
		return SOCKET_CONNECTED;
	return socket_int(fd, SO_TYPE) == SOCK_DGRAM && is_bound(&own) ?
	    SOCKET_DATAGRAM :
	    SOCKET_NONE;
}

/* -1 where it is not there, or anything but digits, or too much. */
static int
number_in(const char *variable, int most)
{
	const char *text = getenv(variable), *wrong;
	int value;

	if (text == NULL || !isdigit((unsigned char)text[0]))
		return -1;
	value = (int)strtonum(text, 0, most, &wrong);
	return wrong == NULL ? value : -1;
}

size_t
activation_take(int fds[], size_t max)
{
	int pid = number_in("LISTEN_PID", INT_MAX);
	int count = number_in("LISTEN_FDS", FDS_MAX);
	size_t taken = 0;

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (pid != getpid())
		return 0;
	for (int fd = FIRST_FD; fd < FIRST_FD + count; fd++) {
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
			continue;
		if (taken < max && activation_role(fd) != SOCKET_NONE)
			fds[taken++] = fd;
		else
			log_debug(
			    "inherited descriptor %d is of no use to us", fd);
	}
	return taken;
}
