/* SPDX-License-Identifier: ISC */
/* session.h - one conversation between our side and a peer
 *
 * Wires two channels into a relay as the options say, and says at the end what
 * came of it. */
#ifndef NCX_SESSION_H
#define NCX_SESSION_H

#include <stdbool.h>

#include "endpoint.h"
#include "options.h"
#include "relay.h"
#include "status.h"

/* Who is on our side. */
enum session_side {
	SESSION_STDIO,    /* our own input and output */
	SESSION_MEETING,  /* the others, in a hub */
	SESSION_PROGRAM,  /* a child process */
	SESSION_UPSTREAM, /* another connection */
};

struct session {
	const struct options *options;
	enum session_side side;
	struct address_text peer; /* of whom messages speak */
	const char *upstream;     /* in messages, where our side is that */
	bool has_input;           /* our side may have something to say */
	bool input_over;          /* stdin had ended before: -q has no say */
};

/* When --connect-timeout and -w have passed, as a point in time; CLOCK_NEVER.
 * -w 0 is no limit for connecting, as in nc. */
int64_t session_open_deadline(const struct options *, int64_t start_ms);

/* False where stdin is /dev/null: a listener has no input then. */
bool session_stdin_usable(void);

/* Our own input and output, for the only session that uses them. */
struct channel *session_stdio(const struct session *);

/* A relay that owns both channels, not started. */
struct relay *session_relay(
    const struct session *, struct channel *ours, struct channel *network);

/* What the relay's end means; prints the failure, if it is one, and lets the
 * peer know of it by a reset. */
enum status session_status(
    const struct session *, struct relay *, enum relay_result);

/* Set up a loop, and run it to its end: by then *status is that of its tasks,
 * and the result is it or what ended them sooner.  STATUS_OK to go on, or a
 * status: it has been said. */
int session_loop_init(struct loop *);
int session_loop_run(struct loop *, const int *status);

/* "HOST port PORT (tcp)" or "PATH (unix)", for failures of any kind */
#define SESSION_PEER (ADDRESS_TEXT + 64)
const char *session_peer(const struct options *, const struct address_text *,
    char text[SESSION_PEER]);

#endif
