/* SPDX-License-Identifier: ISC */
/* talk.h - a relay by hand, and the ends of it that a test holds */
#ifndef NCX_TEST_TALK_H
#define NCX_TEST_TALK_H

#include "relay.h"
#include "support.h"

struct talk {
	int in, out;     /* write to our stdin, read our stdout; -1: closed */
	int peer;        /* the network's end; -1: closed */
	int stdio[2];    /* borrowed by the relay */
	struct relay *r; /* NULL: over */
	struct bench bench;
	int64_t start_ms;

	/* what there was at the end */
	bool over;
	enum relay_result result;
	enum flow_fault out_fault, in_fault;
	int ours_error, network_error;
	size_t undelivered;
};

/* Our end is two pipes; the network is a Unix socket of this type, or TCP. */
#define TALK_TCP (-1)
void talk_init(struct talk *, int type);
/* The same, with any channel, whose other end is peer. */
void talk_with(struct talk *, struct channel *network, int peer);
/* The same, with other descriptors for our end (borrowed). */
void talk_between(
    struct talk *, int rfd, int wfd, struct channel *network, int peer);
/* The same, with any channel for our end. */
void talk_of(
    struct talk *, struct channel *ours, struct channel *network, int peer);

/* So many ms after the start, as long as there is something to do.  False: the
 * relay is over. */
bool talk_at(struct talk *, int64_t after_ms);
/* The same at the start, again and again until it is over. */
void talk_until_over(struct talk *);

void talk_close(int *fd);
void talk_free(struct talk *);

#endif
