/* SPDX-License-Identifier: ISC */
/* server_rig.h - a server whose listener and service do nothing by themselves
 */
#ifndef NCX_TEST_SERVER_RIG_H
#define NCX_TEST_SERVER_RIG_H

#include "server.h"
#include "support.h"

#define RIG_CLIENTS 8

struct server_rig {
	struct options options;
	struct loop loop;
	struct listener listener; /* takes nobody */
	struct service_ops service;
	struct server server;

	/* Who came to the service, in their order */
	struct client *clients[RIG_CLIENTS];  /* NULL: has left */
	struct channel *network[RIG_CLIENTS]; /* owned; NULL: his relay's */
	size_t count;
	int peers[RIG_CLIENTS], upstream[RIG_CLIENTS]; /* -1: closed */
	unsigned left, forgotten;                      /* calls */
	bool freed; /* the state of the service */
	bool drove; /* the loop is free */
	char said[1024];
};

/* With the options of a line.  The loop has not run. */
void server_rig_init(struct server_rig *, const char *line);
void server_rig_free(struct server_rig *);

/* Somebody comes from there: a number, or NULL for a Unix client.  False: he
 * is not served.  said is what stderr has heard of it. */
bool server_rig_come(struct server_rig *, const char *host);

/* Client i gets a relay to upstream[i], whose end is the end of the client. */
void server_rig_relay(struct server_rig *, size_t i);

/* The loop runs to its end, which must come, and is freed. */
void server_rig_drive(struct server_rig *);

/* True where the server deals with it. */
bool server_rig_signal(struct server_rig *, int signal);

/* Nobody is taken any more, for ever. */
bool server_rig_stopped(const struct server_rig *);

#endif
