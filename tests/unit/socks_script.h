/* SPDX-License-Identifier: ISC */
/* socks_script.h - what a SOCKS client and its proxy say to each other */
#ifndef NCX_TEST_SOCKS_SCRIPT_H
#define NCX_TEST_SOCKS_SCRIPT_H

#include "hearing.h"
#include "socks.h"

/* What both sides say, one after the other, and how that ends. */
struct script {
	enum socks_version version;
	const char *host;
	int port;
	const char *user, *password;
	struct {
		struct bytes said, heard;
	} turns[3];
	enum dialogue_result end;
	int error_code;
	const char *error;
};

/* The credentials of a dialogue, and it. */
struct socks_rig {
	struct credentials who;
	struct dialogue *d;
	const char *password; /* to be asked for */
	unsigned asked;       /* how often it was */
};

/* The dialogue of a script, with nothing said yet. */
void socks_rig_init(struct socks_rig *, const struct script *);

/* Plays each script to its end: the proxy's answers one by one, and all at once
 * with the session behind them, in pieces of many sizes. */
void play_all(const struct script *, size_t count);

#endif
