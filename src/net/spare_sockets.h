/* SPDX-License-Identifier: ISC */
/* spare_sockets.h - refused sockets that can try another address
 *
 * A TCP socket whose connection was refused is as good as new (Linux), which
 * saves a scan of closed ports half of its system calls. */
#ifndef NCX_SPARE_SOCKETS_H
#define NCX_SPARE_SOCKETS_H

struct spare_sockets {
	int ipv4, ipv6; /* owned; -1: none */
};

#define SPARE_SOCKETS_NONE             \
	{                              \
		.ipv4 = -1, .ipv6 = -1 \
	}

/* One of the family, or -1; the caller owns it then. */
int spare_sockets_take(struct spare_sockets *, int family);

/* Keep it, or close it where there is one already or it is of no such
 * family. */
void spare_sockets_keep(struct spare_sockets *, int family, int fd);

void spare_sockets_close(struct spare_sockets *);

#endif
