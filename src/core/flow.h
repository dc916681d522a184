/* SPDX-License-Identifier: ISC */
/* flow.h - one direction of a relay
 *
 * Theory of operation: a flow reads its source, holds the bytes, and writes
 * them to its destination.  How it holds them is its way: in memory, in a
 * kernel pipe, or not at all.  It goes through these states, never back:
 *
 *   OPEN      reading; ends by EOF, by an error, or by flow_end()
 *   DRAINING  the source is over: deliver what is held
 *   SHUTTING  delivered: end the destination's write direction
 *   ACKING    ended: the peer's system has yet to acknowledge some bytes
 *   DONE
 *
 * An error is kept as a fault, and the flow ends: a fault of the source after
 * what was read has been delivered, a fault of the destination at once. */
#ifndef NCX_FLOW_H
#define NCX_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "channel.h"
#include "rate.h"
#include "tap.h"

enum flow_state {
	FLOW_OPEN,
	FLOW_DRAINING,
	FLOW_SHUTTING,
	FLOW_ACKING,
	FLOW_DONE,
};

/* Whose error ended the flow; the words are in that channel. */
enum flow_fault { FLOW_FINE, FLOW_SRC, FLOW_DST };

struct filter;
struct flow;

/* Rewrites bytes on their way: CRLF, telnet. */
struct filter_ops {
	const char *name;
	size_t grow; /* worst case: output bytes for one input byte */
	void (*run)(struct filter *, const uint8_t *, size_t, struct buffer *);
	/* The source has ended: what is left goes out.  NULL: nothing is */
	void (*end)(struct filter *, struct buffer *);
	void (*free)(struct filter *);
};

/* The first member of what it is. */
struct filter {
	const struct filter_ops *ops;
};

/* A way to hold bytes.  Both operations move what they can in one go and
 * return a count or an enum io_result, whose words are in src for fill and in
 * dst for drain. */
struct flow_way {
	const char *name;
	ssize_t (*fill)(struct flow *); /* NULL: drain does it all */
	ssize_t (*drain)(struct flow *);
	void (*free)(struct flow *);
};

struct flow {
	struct channel *src, *dst; /* borrowed from the relay */
	const struct flow_way *way;
	struct filter *filter; /* owned; NULL: none */
	struct tap *taps;      /* owned; NULL: nobody looks */
	bool outbound;         /* dst is the network, else src is */
	struct buffer buf;     /* memory: what is held, filtered */
	struct buffer raw;     /* memory: what a filter is about to see */
	struct buffer answers; /* our own bytes to dst: telnet's refusals */
	bool answering;        /* there may be some */
	struct buffer *unsaid; /* memory: what dst had to wait with, or NULL */
	int pipe[2];           /* pipe: where the bytes are; -1: none */
	size_t piped;          /* pipe: bytes in it */
	bool bulk;             /* the last move from a socket was large */
	bool may_pipe;         /* memory: a pipe is faster, for a stream */
	bool stuck;            /* splice: nothing moved, though it should */
	bool empty_message;    /* memory: an empty datagram is held */
	size_t message_max;    /* datagrams: at most so long; 0: any */
	bool lines;            /* write a line at a time */
	int64_t pace_ms;       /* -i: pause after a line, or a read; 0: none */
	uint64_t reads_max;    /* -W: end after so many reads; 0: any number */
	uint64_t bytes_max;    /* end after so many bytes; 0: any number */
	struct rate rate;      /* at most so fast */
	bool keep_open;        /* do not end dst when src ends */
	bool end_held;         /* ... not yet: the relay will say when */

	enum flow_state state;
	enum flow_fault fault;
	bool src_eof; /* src said so, it was not ended for another reason */
	const char *limit;   /* the option that ended it; NULL: none did */
	bool last_call;      /* what src has now is the last that is read */
	uint64_t last_taken; /* last_call: and not beyond so many bytes */
	uint64_t reads;      /* successful reads of src */
	uint64_t taken;      /* bytes read from src */
	uint64_t bytes;      /* bytes delivered to dst */
	uint64_t carried;    /* of bytes_max, so far */
	uint64_t moves;      /* reads of the network, or writes to it */
	/* Of these, and of the end: what the network has said or has been told;
	 * and when the peer's system had it all.  0: not yet */
	int64_t first_ns, last_ns, end_ns, acked_ns;
	int64_t now_ms;   /* of the turn that pumps it */
	int64_t next_ms;  /* pace, acking: not before; 0: now */
	int64_t ack_ms;   /* acking: how long to wait for the next look */
	int64_t ended_ms; /* when src ended; 0: it has not */
};

void flow_init(struct flow *, struct channel *src, struct channel *dst);

/* Choose the way; all options and the filter are set, the channels are up. */
void flow_start(struct flow *);
void flow_free(struct flow *);

/* What poll(2) has to be asked for, and whether there is no need to ask. */
bool flow_wants_read(const struct flow *, int64_t now_ms);
bool flow_wants_write(const struct flow *, int64_t now_ms);
bool flow_runnable(const struct flow *, int64_t now_ms);
int64_t flow_deadline(const struct flow *, int64_t now_ms); /* or CLOCK_NEVER */

/* Move bytes until src has none, dst takes none, or the turn is over. */
void flow_pump(struct flow *, int64_t now_ms);

/* Bytes read and not yet written. */
size_t flow_held(const struct flow *);
bool flow_holds(const struct flow *); /* ... or an empty message */

/* True when src delivered bytes, was at its end, or is none. */
bool flow_src_spoke(const struct flow *);

/* Bytes that are lost if the session ends now: held here, or not acknowledged
 * by the peer's system. */
size_t flow_undelivered(const struct flow *);

/* Treat src as ended: deliver what is held, then end dst. */
void flow_end(struct flow *, int64_t now_ms);

/* The same, after what src has to give right now has been read.  src must be
 * one that never blocks. */
void flow_last_call(struct flow *);

/* Give up: nothing more is read or written. */
void flow_abort(struct flow *);
void flow_fail(struct flow *, enum flow_fault, int64_t now_ms);

/* Send bytes of our own to dst, between those of src; answering has to be set
 * before the start.  False: dropped, because dst has ended or is too slow. */
bool flow_answer(struct flow *, const void *, size_t);

#endif
