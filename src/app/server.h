/* SPDX-License-Identifier: ISC */
/* server.h - the clients of a listener, one or many at once
 *
 * Theory of operation: a client is somebody who was accepted.  First it is an
 * arrival (arrival.h); with a place among --max-conns it is served: our stdio,
 * a program, a hub or another connection answers it.  It leaves, and its place
 * is free, when everything that was started for it has ended.  Without -k the
 * first client is the last, even if it does not come as far as that. */
#ifndef NCX_SERVER_H
#define NCX_SERVER_H

#include <sys/queue.h>

#include "arrival.h"
#include "endpoint.h"
#include "lines.h"
#include "listen.h"
#include "options.h"
#include "readiness.h"
#include "session.h"

struct server;
struct tls_setup;

struct client {
	LIST_ENTRY(client) entry; /* once it has a place */
	struct server *server;
	struct session session;
	unsigned number; /* the first that has a place is 1 */
	/* What it says over; borrowed.  NULL: it has its relay, or had it */
	const struct channel *network;
	struct relay *relay;      /* NULL: none yet, or it is over */
	enum relay_result result; /* of the relay, when it is over */
	int64_t start_ms;         /* when it got its place */
	unsigned alive;           /* parts of it that have yet to end */
	enum status status;       /* of the first part that failed */
	void *state;              /* belongs to the service */
	struct lines notes;       /* of its greeting, for -v */
	struct tls_facts *tls;    /* owned; of that; NULL: it is in the clear */
};

LIST_HEAD(client_list, client);

/* Who answers the clients. */
struct service_ops {
	const char *name;
	size_t descriptors; /* that a client needs, as a rule */
	bool lingers;       /* parts of a client outlive its relay */
	/* Its state */
	void *(*new)(struct server *);
	/* What may fail of it, which is printed; NULL: nothing */
	enum status (*prepare)(void *state);
	/* A client is there; owns the channel.  Starts what is needed, which
	 * ends with client_release(). */
	void (*serve)(struct client *, struct channel *network);
	/* The relay of the client is over; NULL: nothing to do */
	void (*leave)(struct client *);
	/* The client has left: free its state; NULL: it has none */
	void (*forget)(struct client *);
	void (*free)(void *state);
};

struct server {
	const struct options *options;
	struct watch *watch; /* borrowed; NULL: nobody looks at the clients */
	struct loop *loop;
	struct listener *listener; /* owned by the loop; NULL: there is none */
	struct readiness readiness;
	struct admission *admission; /* owned; NULL: all may come in */
	const struct service_ops *service;
	void *state; /* of the service */
	struct arrivals arrivals;
	struct client_list clients; /* those with a place */
	size_t count, max;          /* of them */
	unsigned served;            /* so far */
	bool draining;              /* no more clients */
	bool cut;                   /* ... and those that are left are cut */
	int status;                 /* at the end */
};

/* The options choose the service.  The listener is set afterwards; its
 * accept_fn is arrival_accept(), its admit_fn arrival_admits().  Freed when the
 * loop has been. */
void server_init(struct server *, const struct options *, struct loop *);

/* What may fail, and is printed then.  TLS with the clients, if it has a
 * context, is borrowed. */
enum status server_prepare(struct server *, struct tls_setup *);

/* Who is left ends with the server's status, and the watch hears of it. */
void server_free(struct server *);

/* The loop is over, and not yet freed: tell of the clients that were there. */
void server_report(const struct server *);

/* End with this status: nobody can be served any more. */
void server_stop(struct server *, int status);

/* For arrivals: a client has its place from now on, or has gone without one, of
 * which this is the status. */
void server_enter(struct client *);
void server_missed(struct server *, enum status);

/* For arrivals: one that has no place.  A session that has not come to its end
 * does so now. */
void client_free(struct client *);

/* For services: relay between our side and the client; its end releases the
 * client.  Owns both channels. */
struct relay *client_relay(
    struct client *, struct channel *ours, struct channel *network);

/* For services: one more part of the client, and one less.  A client without
 * parts has left. */
void client_hold(struct client *);
void client_release(struct client *, enum status);

extern const struct service_ops service_stdio, service_meeting, service_forward,
    service_program;

#endif
