/* SPDX-License-Identifier: ISC */
/* spare_sockets.c - refused sockets that can try another address */
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include "spare_sockets.h"

static int *
place_of(struct spare_sockets *spares, int family)
{
	if (family == AF_INET)
		return &spares->ipv4;
	return family == AF_INET6 ? &spares->ipv6 : NULL;
}

int
spare_sockets_take(struct spare_sockets *spares, int family)
{
	int *place = place_of(spares, family), fd = -1;

	if (place != NULL) {
		fd = *place;
		*place = -1;
	}
	return fd;
}

void
spare_sockets_keep(struct spare_sockets *spares, int family, int fd)
{
	int *place = place_of(spares, family);

	if (place != NULL && *place == -1)
		*place = fd;
	else
		close(fd);
}

void
spare_sockets_close(struct spare_sockets *spares)
{
	if (spares->ipv4 != -1)
		close(spares->ipv4);
	if (spares->ipv6 != -1)
		close(spares->ipv6);
	spares->ipv4 = spares->ipv6 = -1;
}
