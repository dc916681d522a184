/* SPDX-License-Identifier: ISC */
/* session.h - one conversation between our side and a peer
 *
 * Wires two channels into a relay as the options say, and says at the end what
 * came of it. */
#ifndef NCX_SESSION_H
#define NCX_SESSION_H

#include <stdbool.h>
#include <sys/queue.h>

#include "connect.h"
#include "digest_tap.h"
#include "endpoint.h"
#include "options.h"
#include "relay.h"
#include "status.h"
#include "timeline.h"
#include "tls_facts.h"

struct watch;

/* bytes; what is longer is cut */
#define SESSION_ABOUT 160

/* Who is on our side. */
enum session_side {
	SESSION_STDIO,    /* our own input and output */
	SESSION_MEETING,  /* the others, in a hub */
	SESSION_PROGRAM,  /* a child process */
	SESSION_UPSTREAM, /* another connection */
};

/* How much it had carried when SIGUSR1 last asked. */
struct session_look {
	int64_t at_ns; /* clock.h; 0: never */
	uint64_t received, sent;
};

struct session {
	const struct options *options;
	enum session_side side;
	struct address_text peer; /* of whom messages speak */
	const char *upstream;     /* in messages, where our side is that */
	bool has_input;           /* our side may have something to say */
	bool input_over;          /* stdin had ended before: -q has no say */

	/* What is seen of it, and reported at its end. */
	struct watch *watch;       /* NULL: nobody looks */
	LIST_ENTRY(session) live;  /* of the watch, while it has a relay */
	struct relay *relay;       /* NULL: none yet, or it is over */
	unsigned number;           /* in this run; the first is 1 */
	bool accepted;             /* the peer came to us */
	char about[SESSION_ABOUT]; /* story.h; "": there is only one */
	struct address remote;     /* ... from there; len 0: it has none */
	struct address local;      /* ... to this address of ours; likewise */
	int target_port; /* that was asked for; 0: as the attempts say */
	/* How our side was dialed, where it is another connection; NULL */
	const struct session *leg;
	char *failure; /* owned; the last that was said; NULL: none */
	struct timeline timeline;
	struct session_look look;
	const struct tls_facts *tls; /* borrowed; NULL: it is in the clear */
	/* --hash: which one, and at the end, in hex, that of each flow: of what
	 * the network said or was told.  NULL and "": there is none */
	const char *hash_name;
	char hash[2][DIGEST_TEXT];
	enum relay_result result; /* at the end */
	enum status status;       /* likewise */
	bool aborted;             /* likewise: we reset the connection */
};

LIST_HEAD(session_list, session);

/* When --connect-timeout and -w have passed, as a point in time; CLOCK_NEVER.
 * -w 0 is no limit for connecting, as in nc. */
int64_t session_open_deadline(const struct options *, int64_t start_ms);

/* ms; the limit for silence: the shorter of -w and --idle-timeout.  -1: none */
int64_t session_idle_limit(const struct options *);

/* False where stdin is /dev/null: a listener has no input then. */
bool session_stdin_usable(void);

/* Where what the peers say goes; -1: nowhere, it is dropped. */
int session_stdout(const struct options *);

/* Our own input and output, for the only session that uses them. */
struct channel *session_stdio(const struct session *);

/* An address was tried for it. */
void session_note_attempt(struct session *, const struct connect_attempt *);

/* What it failed with has been said, in these words. */
void session_note_failure(struct session *, const char *);

/* A relay that owns both channels, not started: the session is live, until its
 * relay ends. */
struct relay *session_relay(
    struct session *, struct channel *ours, struct channel *network);

/* What the relay's end means; prints the failure, if it is one, and lets the
 * peer know of it by a reset. */
enum status session_status(struct session *, struct relay *, enum relay_result);

/* It is over, and its watch hears of it.  session_status() calls this; the
 * others do without that: it never began, or the program has to leave. */
void session_end(struct session *, enum relay_result, enum status);
void session_missed(struct session *, enum status);
void session_cut(struct session *, enum status);
void session_free(struct session *); /* what it owns, not itself */

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
