/* SPDX-License-Identifier: ISC */
/* notify.c - tell a service manager how we are: what sd_notify(3) does */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "notify.h"

void
notify_init(struct notify *n)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct endpoint ep = {
		.host = name, .family = AF_UNIX, .socktype = SOCK_DGRAM
	};
	struct address *found = NULL;

	*n = (struct notify){ 0 };
	if (name == NULL)
		return;
	if ((name[0] == '/' || name[0] == '@') &&
	    endpoint_resolve(&ep, &found) == 0)
		n->manager = *found;
	else
		log_debug("NOTIFY_SOCKET \"%s\" is no Unix socket", name);
	address_free(found);
	unsetenv("NOTIFY_SOCKET");
}

int
notify_tell(const struct notify *n, const char *lines)
{
	const struct address *to = &n->manager;
	ssize_t sent;
	int fd, error;

	if (to->len == 0)
		return 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	sent = sendto(fd, lines, strlen(lines), MSG_DONTWAIT | MSG_NOSIGNAL,
	    (const struct sockaddr *)&to->addr, to->len);
	error = errno;
	close(fd);
	errno = error;
	return sent == -1 ? -1 : 0;
}

int
notify_reloading(const struct notify *n)
{
	char lines[64];

	snprintf(lines, sizeof(lines), "RELOADING=1\nMONOTONIC_USEC=%llu",
	    (unsigned long long)clock_us());
	return notify_tell(n, lines);
}
