/* SPDX-License-Identifier: ISC */
/* manager.c - a service manager that listens to what a service says */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "endpoint.h"
#include "manager.h"
#include "support.h"

int
manager_start(const char *name)
{
	struct endpoint ep = {
		.host = name, .family = AF_UNIX, .socktype = SOCK_DGRAM
	};
	struct address *a = NULL;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	ck_assert_int_eq(endpoint_resolve(&ep, &a), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a->addr, a->len), 0);
	address_free(a);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

const char *
manager_heard(int fd, char text[MANAGER_TEXT])
{
	ssize_t n = read(fd, text, MANAGER_TEXT - 1);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}
