/* SPDX-License-Identifier: ISC */
/* ending.h - who ended a session, and how */
#ifndef NCX_ENDING_H
#define NCX_ENDING_H

#include <stdbool.h>

#include "session.h"

enum ended_by {
	ENDED_BY_PEER,
	ENDED_BY_US,
	ENDED_BY_LIMIT,
	ENDED_BY_SIGNAL,
	ENDED_BY_NOBODY, /* it never began, or the way to the peer broke */
};

/* Strings are constants, or belong to the session and its channels. */
struct ending {
	enum ended_by by;
	/* "fin", "rst", "close_notify", "eof", "timeout", "cut off"; the name
	 * of the limit, or of the signal; or the words of a failure */
	const char *how;
	const char *limit; /* the option, without its dashes; NULL: none */
};

/* In its watcher's end; tcp: the network is that. */
struct ending ending_of(const struct session *, bool tcp);

/* "peer", "us", "limit", "signal", "nobody" */
const char *ending_by_name(enum ended_by);

/* The same of a relay that is over, for a sentence: "ended by the peer", "cut
 * off", or what went wrong. */
const char *ending_words(const struct relay *, enum relay_result);

#endif
