/* SPDX-License-Identifier: ISC */
/* story.c - which session a line of -vv is about */
#include <stdio.h>
#include <string.h>

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
	char peer[SESSION_ABOUT];

	if (s->about[0] == '\0')
		return;
	strlcpy(peer, s->about, sizeof(peer));
	snprintf(s->about, sizeof(s->about), "%u %.140s", s->number, peer);
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

	address_join(&s->peer, peer);
	if (s->options->keep_open)
		strlcpy(s->about, peer, sizeof(s->about));
	ch->about = story_about(s);
	if (ch->about != NULL)
		log_step(ch->about, "%s", arrival(ch));
	else
		log_debug("%s: %s", peer, arrival(ch));
}
