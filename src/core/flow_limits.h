/* SPDX-License-Identifier: ISC */
/* flow_limits.h - what a flow may read: -W, --max-bytes, --rate, a last call
 *
 * Bytes are counted on the network's side: what is read from it, and what a
 * filter makes of that which goes to it.  A limit that was reached is
 * flow->limit, by the long name of its option. */
#ifndef NCX_FLOW_LIMITS_H
#define NCX_FLOW_LIMITS_H

#include "flow.h"

/* True: nothing more is to be read. */
bool flow_limits_reached(const struct flow *);

/* When the next read may be, as a point in time; in the past: now. */
int64_t flow_limits_ready_ms(const struct flow *);

/* How much of room a read may fill: at least 1 byte, and a whole message. */
size_t flow_limits_room(const struct flow *, size_t room);

/* True: so many bytes were read, and as they are a message that is too much,
 * the flow does not take them; the limit is reached. */
bool flow_limits_refuse(struct flow *, size_t got);

/* So many bytes were read, and what buf holds beyond held was made of them; of
 * that it loses what is too much. */
void flow_limits_count(struct flow *, size_t got, size_t held);

#endif
