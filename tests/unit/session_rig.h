/* SPDX-License-Identifier: ISC */
/* session_rig.h - a session whose relay is there, and does nothing by itself */
#ifndef NCX_TEST_SESSION_RIG_H
#define NCX_TEST_SESSION_RIG_H

#include "session.h"
#include "support.h"

struct session_rig {
	struct options options;
	struct session session;
	struct relay *relay; /* owned; NULL: none */
	struct flow *out, *in;
	int fds[4]; /* pairs; ours is the first of each, and the relay's */
};

/* With the options of a line; the network is TCP, or a Unix socket. */
void session_rig_init(struct session_rig *, const char *line, bool tcp);
void session_rig_free(struct session_rig *);

#endif
