/* SPDX-License-Identifier: ISC */
/* arrival_rig.h - a server whose clients are greeted by a word of theirs
 *
 * Who says "y" has passed, who says "n" has failed, and "t" is a connection
 * that timed out; who says nothing stalls. */
#ifndef NCX_TEST_ARRIVAL_RIG_H
#define NCX_TEST_ARRIVAL_RIG_H

#include "server_rig.h"

#define ARRIVAL_RIG_PEERS 100

struct arrival_rig {
	struct server_rig rig;
	struct server *server; /* of the rig */
	int peers[ARRIVAL_RIG_PEERS];
	size_t count;                    /* of those who came */
	bool trusting;                   /* greets nobody any more */
	unsigned failed, expired, freed; /* greetings */
	bool ended;                      /* by the server */
	unsigned turns;                  /* of the loop, in all */
};

/* With the options of a line. */
void arrival_rig_init(struct arrival_rig *, const char *line);
void arrival_rig_free(struct arrival_rig *);

/* Somebody comes; his end is peers[i]. */
size_t arrival_rig_come(struct arrival_rig *);

/* Somebody comes and says this. */
size_t arrival_rig_says(struct arrival_rig *, const char *text);

/* The loop runs until so many have been served, wait, and have failed or were
 * too late, or it has ended. */
void arrival_rig_until(
    struct arrival_rig *, size_t served, size_t waiting, unsigned failed);

/* The one who was served as number i (from 0) came as number peer. */
void arrival_rig_is(struct arrival_rig *, size_t i, size_t peer);

#endif
