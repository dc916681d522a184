/* SPDX-License-Identifier: ISC */
/* dgram_path.h - the way a datagram came, and the way its answer goes */
#ifndef NCX_DGRAM_PATH_H
#define NCX_DGRAM_PATH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "endpoint.h"

/* bytes; of an IPv6 address, or of an IPv4 one and zeroes */
#define DGRAM_LOCAL_LEN 16

/* A socket may have many addresses (the wildcard), and an answer has to leave
 * from the one that was written to: a client whose socket is connected takes no
 * other. */
struct dgram_path {
	int fd;                /* borrowed; which of our sockets */
	struct address remote; /* len 0: a Unix socket without a name */
	/* ours; zeroes: whatever the system takes */
	uint8_t local[DGRAM_LOCAL_LEN];
	unsigned interface; /* of a link-local address; 0: any */
};

/* A bound socket to receive from. */
struct dgram_socket {
	int fd;
	bool tells_local; /* ... which of our addresses was written to */
};

/* Borrows fd, and lets the system tell what it can. */
struct dgram_socket dgram_socket_of(int fd);

/* A whole datagram without waiting: its length, which is more than n when only
 * its first n bytes were kept; or -1: errno. */
ssize_t dgram_receive(
    const struct dgram_socket *, void *, size_t n, struct dgram_path *);

/* Back along the path, without waiting; remote is one with a name.
 * 0, or -1: errno */
int dgram_send(const struct dgram_path *, const void *, size_t n);

/* Our end of it.  0, or -1: errno */
int dgram_path_local(const struct dgram_path *, struct address *);

bool dgram_path_same(const struct dgram_path *, const struct dgram_path *);
uint64_t dgram_path_hash(const struct dgram_path *, uint64_t seed);

#endif
