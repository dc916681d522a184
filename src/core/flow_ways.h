/* SPDX-License-Identifier: ISC */
/* flow_ways.h - the ways in which a flow can hold its bytes
 *
 * Which one wins for which pair of descriptors is a matter of measurement:
 * see flow_choose_way() and tests/bench. */
#ifndef NCX_FLOW_WAYS_H
#define NCX_FLOW_WAYS_H

#include "flow.h"

/* bytes a flow holds in memory; a datagram is at most 65,507 of them */
#define FLOW_BUFSIZE (512 * 1024)
/* bytes; default of /proc/sys/fs/pipe-max-size, and asked for at a time */
#define FLOW_PIPESIZE (1024 * 1024)

/* bytes; a move of less has probably emptied its source */
#define FLOW_SMALL_MOVE (64 * 1024)

extern const struct flow_way flow_memory; /* any descriptors, filters */
extern const struct flow_way flow_pipe;   /* splice(2) through a pipe */
extern const struct flow_way flow_direct; /* splice(2) from or to a pipe */

/* The fastest way, when nobody looks at the bytes; and again with what is known
 * by now.  0, or IO_ERROR as flow_demote(). */
void flow_choose_way(struct flow *);
int flow_review_way(struct flow *);

/* For the ways: so many bytes were read from src. */
void flow_count_read(struct flow *, ssize_t);
/* ... and so many were written to dst. */
void flow_count_write(struct flow *, ssize_t);

/* Let a pipe hold FLOW_PIPESIZE, if the system allows it: fewer, larger moves
 * are what makes splicing fast. */
void flow_widen_pipe(int fd);

/* Go on in a kernel pipe; nothing is held.  False: the system has none. */
bool flow_promote(struct flow *);

/* The descriptors refuse to be spliced: go on in memory.  0, or IO_ERROR with
 * the words in src: what the pipe holds cannot be read. */
int flow_demote(struct flow *);

#endif
