/* SPDX-License-Identifier: ISC */
/* story.c - which session a line of -vv is about */
#include <stdio.h>

#include "log.h"
#include "story.h"

const char *
story_about(const struct session *s)
{
	return s->about[0] == '\0' ? NULL : s->about;
}

void
story_numbered(struct session *s)
{
	char peer[ADDRESS_JOINED], number[16] = "";

	if (!s->accepted || !s->options->keep_open)
		return;
	if (s->number != 0)
		snprintf(number, sizeof(number), "%u ", s->number);
	snprintf(s->about, sizeof(s->about), "%s%.100s", number,
	    address_join(&s->peer, peer));
}

/* How it came to us. */
static const char *
arrival(const struct channel *ch)
{
	if (ch->flags & CH_TCP)
		return "connection accepted: the system has done the "
		       "handshake (SYN, SYN-ACK, ACK)";
	return ch->flags & CH_DGRAM ? "its first datagram is here" :
				      "connection accepted";
}

void
story_accepted(struct session *s, struct channel *ch)
{
	char peer[ADDRESS_JOINED];

	story_numbered(s);
	ch->about = story_about(s);
	if (ch->about != NULL)
		log_step(ch->about, "%s", arrival(ch));
	else
		log_debug("%s: %s", address_join(&s->peer, peer), arrival(ch));
}
