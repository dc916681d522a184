/* SPDX-License-Identifier: ISC */
/* dialogue_client_rig.h - the handshake with a scripted dialogue */
#ifndef NCX_TEST_DIALOGUE_CLIENT_RIG_H
#define NCX_TEST_DIALOGUE_CLIENT_RIG_H

#include "dialogue_client.h"
#include "support.h"

/* bytes; what a dialogue may say at once */
#define SAID_MAX (1024 * 1024)

/* ms; what the handshake may take */
#define TALK_LIMIT_MS 60000

/* What is said, what must be heard then, and what that means. */
struct step {
	const char *says, *hears;
	enum dialogue_result result;
};

struct client_rig {
	const struct step *step; /* the one under way */
	struct channel *ch;
	int peer;       /* our end of its connection */
	int next[2];    /* the connection after a DIALOGUE_RECONNECT */
	bool stillborn; /* it fails before a word is said */
	bool talks;     /* a dialogue is there */
	int begins;     /* so often */
	int failures;   /* so often */
	int error_code; /* of the last failure */
	char why[CHANNEL_ERROR_LEN];
};

/* Over a pair of Unix sockets with that limit, or over these. */
void client_rig_init(struct client_rig *, const struct step *);
void client_rig_over(struct client_rig *, const struct step *, const int fds[2],
    int64_t limit_ms);
void client_rig_free(struct client_rig *);

#endif
