/* SPDX-License-Identifier: ISC */
/* story.h - which session a line of -vv is about, and what all have in common
 *
 * What happens inside of a handshake or a flow is told where it happens, by
 * log_step(); a channel has the words that say whose it is. */
#ifndef NCX_STORY_H
#define NCX_STORY_H

#include "session.h"

/* "2 127.0.0.1 40404", or without the number while it has none.  NULL: there
 * can be no other. */
const char *story_about(const struct session *);

/* A client is there, over this channel, and is named from now on. */
void story_accepted(struct session *, struct channel *);

/* It has its number. */
void story_numbered(struct session *);

#endif
