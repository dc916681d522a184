/* SPDX-License-Identifier: ISC */
/* network.h - what the tests of connecting share: sockets on loopback */
#ifndef NCX_TEST_NETWORK_H
#define NCX_TEST_NETWORK_H

#include "channel.h"
#include "endpoint.h"
#include "support.h"

/* A number, a path or an @name, without any lookup. */
void address_add(
    struct address **list, const char *host, int port, int socktype);

/* A socket of 127.0.0.1, and its port; it listens, or refuses. */
int bound_socket(int socktype, bool listens, int *port);

/* A TCP port of 127.0.0.1 that answers nobody: its queue is full. */
struct deaf {
	int listener, port;
	int waiting[4];
};
void deaf_init(struct deaf *);
void deaf_free(struct deaf *);

/* Sleeps until the handshakes have something to do; it must come. */
void handshake_await(struct channel *);
/* The same until they are over: 0 or IO_ERROR */
int handshake_finish(struct channel *);
/* When they want to run again, whatever comes; *count: so many descriptors
 * they wait for, NULL is fine. */
int64_t handshake_deadline(struct channel *, size_t *count);

/* The lowest descriptor that is free: the same before and after what leaves
 * none behind. */
int free_descriptor(void);

/* True: some child of ours runs, or has not been waited for. */
bool has_children(void);

#endif
