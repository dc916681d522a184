/* SPDX-License-Identifier: ISC */
/* flow_story.h - the steps of a flow in words (log_step())
 *
 * In the words of what the network is: TCP has FINs and resets, TLS has its
 * close_notify, a Unix socket an end, and datagrams have none.  Each is told
 * once, and none is about a single read. */
#ifndef NCX_FLOW_STORY_H
#define NCX_FLOW_STORY_H

#include "flow.h"

void flow_tell_way(
    const struct flow *); /* it has begun, or goes on in another */
void flow_tell_first(const struct flow *, size_t n); /* of the network */

/* A step in these words. */
void flow_tell(const struct flow *, const char *);

/* The source has ended, or is not read any more. */
void flow_tell_end(const struct flow *);

/* It has a fault. */
void flow_tell_fault(const struct flow *, enum flow_fault);

/* The destination's write direction has ended, or is left as it is. */
void flow_tell_shut(const struct flow *);

/* All that was read has arrived. */
void flow_tell_done(const struct flow *);

#endif
