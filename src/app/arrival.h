/* SPDX-License-Identifier: ISC */
/* arrival.h - the clients that were accepted and are not served yet
 *
 * Theory of operation: who comes is checked against the access lists and then
 * greeted: by a handshake such as TLS, where there is one, with a limit in
 * time. Who has been greeted gets a place among --max-conns or waits for one,
 * in order; what it says meanwhile waits in its socket.  With its place, its
 * name is looked up where that is wanted, and it is served.
 *
 * Those without a place have a limit of their own.  At it, the one that has
 * been greeted for longest makes room: thousands who connect and say nothing
 * keep nobody out who is quicker than all of them together.  When half of them
 * wait for a place the listener waits too, so that these never fill it up.
 *
 * Without a greeting nobody waits here: the listener does when all places are
 * taken.  Nor does a datagram peer, which is never greeted. */
#ifndef NCX_ARRIVAL_H
#define NCX_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "channel.h"
#include "endpoint.h"

/* at least so many may be here at once, however few places there are; as many
 * as places where there are more, and fewer where descriptors are scarce */
#define ARRIVALS_MIN 64

struct arrival;
struct client;
struct server;

TAILQ_HEAD(arrivals_greeted, arrival);
STAILQ_HEAD(arrivals_waiting, arrival);

/* Makes the handshake that a client has to pass, which says itself why it
 * fails; session.peer of the client is its address, in numbers.  NULL: this
 * client needs none */
typedef struct handshake *greet_fn(struct client *, void *arg);

/* Part of a server. */
struct arrivals {
	greet_fn *greet; /* NULL: nobody is greeted */
	void *arg;
	struct arrivals_greeted greeted; /* just now, the longest first */
	struct arrivals_waiting waiting; /* for a place, the next first */
	size_t count, max;               /* of both */
	size_t waiting_count;
	bool seating; /* those who wait are being given places */
};

void arrivals_init(struct arrivals *);

/* Clients of the server, whose places are counted, are greeted so. */
void arrivals_greet(struct server *, greet_fn *, void *arg);

/* accept_fn and admit_fn of the listener; arg is the server. */
void arrival_accept(struct channel *, const struct address *peer, void *arg);
bool arrival_admits(const struct address *peer, void *arg);

/* A place may be free: those who wait get it, and the listener goes on. */
void arrivals_go_on(struct server *);

/* Those without a place: who it is, what it says over, and whether it waits for
 * a place; else it is greeted. */
typedef void arrival_fn(
    const struct client *, const struct channel *, bool waits, void *arg);
void arrivals_each(const struct arrivals *all, arrival_fn *each, void *arg);

/* All of them go. */
void arrivals_drop(struct arrivals *);

/* The loop has no tasks any more. */
void arrivals_free(struct arrivals *);

#endif
