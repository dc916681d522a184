/* SPDX-License-Identifier: ISC */
/* hub.h - a meeting place: channels in memory that hear each other
 *
 * Theory of operation: what is said is kept once, as a queue of blocks.  A seat
 * knows the next block that it has not read; a block goes when all that were
 * there when it was said have read it.  So fifty listeners cost one copy, and
 * the one that is slowest decides how much is kept.  Once that is the limit of
 * the hub, who wants to say something has to wait. */
#ifndef NCX_HUB_H
#define NCX_HUB_H

#include <stdbool.h>
#include <stddef.h>

#include "channel.h"

struct hub;
struct seat;

/* cap: bytes that may wait for the slowest; so may 65,536 pieces, however short
 * they are. */
struct hub *hub_new(size_t cap);
void hub_free(struct hub *); /* all seats have been left; NULL is fine */

/* What is said while nobody is there to hear waits for the first to come,
 * instead of being lost. */
void hub_keep_for_first(struct hub *);

/* Nobody will say anything any more: seats are at their end once they have read
 * the rest, and so is who joins later. */
void hub_end(struct hub *);

/* A member as a channel: reads what the others say, writes what they hear. The
 * end of its writing is of no interest to the others.  message_max 0: a stream;
 * else a read gives one message: as it was said, or at most so many bytes of
 * what a stream said.  messages: what it writes are messages, never merged. */
struct hub_member {
	size_t message_max;
	bool messages;
};
struct channel *hub_channel(struct hub *, struct hub_member);

/* The same in parts, for a channel that reads from the hub and writes elsewhere
 * or the other way round.  The hub clears rwait and wwait of the face. */
struct seat *hub_join(struct hub *, struct channel *face, struct hub_member);
ssize_t seat_read(struct seat *, void *, size_t);
ssize_t seat_write(struct seat *, const void *, size_t);
void seat_leave(struct seat *);

/* A message from nobody, to all, or to this hub_channel() only.  Dropped where
 * twice the cap is waiting already. */
void hub_announce(struct hub *, const char *text);
void hub_tell(const struct channel *member, const char *text);

#endif
