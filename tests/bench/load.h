/* SPDX-License-Identifier: ISC */

/* load.h - many TCP connections from one process, for clients.c and churn.c
 *
 * A connection follows a plan: it connects, sends so many bytes of a pattern,
 * ends, and receives until the other side ends.  What goes as planned is
 * counted as done, anything else as failed.  Receiving copies nothing where
 * nobody compares.  What cannot be set up ends the process. */

#ifndef LOAD_H
#define LOAD_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pattern.h"

enum load_end {
	LOAD_SHUT,  /* end the direction; it is done when the peer ends, too */
	LOAD_LEAVE, /* close when what is expected has come */
	LOAD_HOLD,  /* stay; it is done when what is expected has come */
	LOAD_CLOSE, /* close; it is done, whatever the peer has to say */
	LOAD_RESET, /* the same, with a reset */
};

struct load_plan {
	uint64_t send;      /* bytes */
	enum load_end then; /* when they are sent */
	uint64_t expect;    /* bytes to receive, no more, no less */
	bool check;         /* compare them with the pattern */
	bool answer;        /* send when what is expected has come */
	bool deaf;          /* receive nothing, ever */
	bool slow;          /* receive a little now and then */
};

struct load_conn;
TAILQ_HEAD(load_conns, load_conn);

struct load {
	uint64_t started, done, failed;
	size_t open;       /* connections that are there */
	char trouble[160]; /* what the last failure was */
	int epoll, listener;
	struct pattern pattern;
	struct load_conns resting; /* slow ones; the next is the first */
	struct load_plan upload, download; /* of load_serve() */
};

int64_t load_now_us(void);

void load_init(struct load *);

/* Starts a connection to 127.0.0.1; the plan stays the caller's.  line is
 * where in the pattern it begins, in both directions. */
void load_connect(
    struct load *, unsigned port, const struct load_plan *, uint64_t line);

/* Serves everybody from now on.  A client whose first byte is u sends bytes
 * bytes from line 0 and gets one byte when all have come; one that says d gets
 * bytes bytes, from line 1. */
void load_serve(struct load *, unsigned port, uint64_t bytes);

/* Waits for something to happen, at most so long, and does it. */
void load_turn(struct load *, int timeout_ms);

#endif
