/* SPDX-License-Identifier: ISC */
/* listen.h - listening sockets, and a task that hands out their clients */
#ifndef NCX_LISTEN_H
#define NCX_LISTEN_H

#include <stdbool.h>

#include "channel.h"
#include "endpoint.h"
#include "loop.h"
#include "sockopts.h"
#include "unix_path.h"

/* clients that may wait to be accepted; who finds no room tries again after a
 * second */
#define LISTEN_BACKLOG SOMAXCONN
/* connections of one socket that are accepted in a turn, at most */
#define LISTEN_TURN 64
/* ms to wait for a free descriptor before the next accept */
#define LISTEN_RETRY_MS 100
/* IPv4 and IPv6 are two; a name may have a few more */
#define LISTEN_MAX 16

struct listen_request {
	struct address *addresses; /* borrowed; port 0: one port for all */
	struct sockopts options;
	const char *tcp_md5; /* password of RFC 2385; NULL: none */
	bool reuse_port;     /* share the port with other listeners */
	bool any_host; /* no host was given: a missing IP family is fine */
};

/* Why listening failed. */
struct listen_error {
	const struct address *address; /* at which one */
	const char *what;              /* "listen", "set --send-buffer" */
	int error;                     /* errno */
};

/* Called for every accepted connection, and for the first datagram that comes
 * to a datagram socket, or of each of its peers.  Owns the channel.  peer is
 * NULL where there is none to name: an unnamed Unix socket. */
typedef void accept_fn(struct channel *, const struct address *peer, void *);

/* Asked before the only peer of a datagram socket takes it for itself.  False:
 * what it sent is dropped */
typedef bool admit_fn(const struct address *peer, void *);

struct dgram_peers;

struct listener {
	struct task task;    /* first: a listener is a task */
	int fds[LISTEN_MAX]; /* -1: became a channel, or closed */
	/* keep_open of datagram sockets, which it owns then; NULL: not yet */
	struct dgram_peers *peers;
	int slots[LISTEN_MAX]; /* places in this turn's poll set */
	size_t count;
	int socktype;
	struct socket_traits traits[LISTEN_MAX]; /* of what is accepted */
	int burst;                               /* accept so many in a turn */
	bool keep_open;   /* a datagram socket serves every peer, for ever */
	size_t peers_max; /* keep_open: at most so many at once; 0: no limit */
	bool paused;      /* no more clients for the moment */
	bool finished;    /* end at the next turn */
	int64_t retry_ms; /* no descriptor was free: not before; 0: now */
	struct unix_path own;
	accept_fn *accept;
	admit_fn *admits; /* NULL: anybody */
	void *arg;
};

/* Bind and listen on all addresses; options and accept may be set until it is
 * started.  NULL: *why */
struct listener *listener_new(
    const struct listen_request *, struct listen_error *why);

/* The same over 1 to LISTEN_MAX sockets that somebody else has bound, and set
 * to listen unless they are for datagrams.  Owns them, and makes them
 * non-blocking; a path of theirs is not removed.  NULL: errno, EPROTOTYPE where
 * their types differ; then they stay the caller's. */
struct listener *listener_adopt(const int *fds, size_t count);

/* What socket i is bound to, with the real port.  0, or -1: errno */
int listener_address(const struct listener *, size_t i, struct address *);

void listener_start(struct listener *, struct loop *); /* the loop owns it */
void listener_pause(struct listener *, bool); /* no more clients for now */
void listener_stop(struct listener *);   /* no more clients; keeps the path */
void listener_finish(struct listener *); /* end; removes the path */
void listener_free(struct listener *);   /* one that was not started */

#endif
