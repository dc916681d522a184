/* SPDX-License-Identifier: ISC */
/* dial_rig.h - a command line, dialed over loopback */
#ifndef NCX_TEST_DIAL_RIG_H
#define NCX_TEST_DIAL_RIG_H

#include "command_line.h"
#include "dial.h"
#include "network.h"

struct dial_rig {
	struct options o;
	struct loop loop;
	struct proxy_login login;
	struct dial dial;

	unsigned ends; /* so often */
	enum status status;
	struct channel *ch; /* owned */
	char text[4096];    /* what stderr has seen */
};

/* Parses the line; the dial's fields may be set then. */
void dial_rig_init(struct dial_rig *, const char *line, ...)
    __attribute__((format(printf, 2, 3)));

/* Runs it to its end. */
void dial_rig_run(struct dial_rig *);

/* It ended in this way, and said this, where "%d" is the port. */
void dial_rig_check(
    const struct dial_rig *, enum status, const char *text, int port);
void dial_rig_free(struct dial_rig *);

/* All of it. */
void check_dial(enum status, const char *text, int port, const char *line, ...)
    __attribute__((format(printf, 4, 5)));

#endif
