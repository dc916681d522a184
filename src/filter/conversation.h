/* SPDX-License-Identifier: ISC */
/* conversation.h - what two ends say to each other, as packets made up for it
 *
 * Theory of operation: who has only the bytes of a connection knows what was
 * said, by whom and when.  A conversation puts headers before it, and keeps
 * what these need: sequence numbers, which begin anywhere, so that a connection
 * between the same ends is another one; and what each end has acknowledged.
 * A segment acknowledges all that its sender has been told before; nothing is
 * ever lost, sent twice or out of order.
 *
 * Datagrams have no beginning and no end: only what is said becomes packets. */
#ifndef NCX_CONVERSATION_H
#define NCX_CONVERSATION_H

#include "packet.h"
#include "pcapng.h"

enum conversation_side { CONVERSATION_OURS, CONVERSATION_THEIRS };

/* What the last packet is. */
enum conversation_close {
	CONVERSATION_WE_RESET,
	CONVERSATION_THEY_RESET,
	CONVERSATION_LEAVE, /* our end, unless that has been told */
};

/* A packet; everything is borrowed. */
typedef void conversation_put_fn(const struct pcapng_packet *, void *arg);

struct conversation {
	/* To be set before anything else; the rest is its own. */
	struct packet_end end[2]; /* by side */
	bool ipv6, datagrams;
	bool accepted; /* it was they who have begun */
	conversation_put_fn *put;
	void *arg;

	uint32_t seq[2]; /* of the next byte that the side says */
	/* what it said that the other has not acknowledged; an end is one */
	uint64_t unacked[2];
	uint16_t window[2]; /* that it gives */
	bool ended[2];      /* its direction */
	char **comments;    /* owned; of the packet that is next */
	size_t comment_count;
};

/* Sequence numbers by arc4random(3).  Two ends that are the same are made to
 * differ: else it could not be seen who speaks. */
void conversation_init(struct conversation *);
void conversation_free(struct conversation *);

/* A comment of the packet that is next; UTF-8, which is copied. */
void conversation_comment(struct conversation *, const char *);

/* Times are in ns since 1970.
 *
 * The handshake: one end asked at start_ns, and both knew at end_ns. */
void conversation_open(struct conversation *, int64_t start_ns, int64_t end_ns);

/* Nobody answered the question; or a refusal did, at end_ns, not 0. */
void conversation_refused(
    struct conversation *, int64_t start_ns, int64_t end_ns);

/* Bytes; or one datagram or record, which may be empty. */
void conversation_say(struct conversation *, enum conversation_side,
    int64_t at_ns, const void *, size_t n);

/* The side has ended its direction. */
void conversation_end(
    struct conversation *, enum conversation_side, int64_t at_ns);

/* The connection is closed.  Datagrams: comments that are left stay. */
void conversation_close(
    struct conversation *, enum conversation_close, int64_t at_ns);

#endif
