/* SPDX-License-Identifier: ISC */
/* capture_talk.h - the taps that hear what a session says, for its capture */
#ifndef NCX_CAPTURE_TALK_H
#define NCX_CAPTURE_TALK_H

#include "capture_file.h"
#include "conversation.h"
#include "relay.h"

/* Hangs taps into both flows of a relay.  Its conversation, all zeroes, is to
 * be set up before a byte moves; it lives as long as the taps. */
struct conversation *capture_talk_new(struct capture_file *, struct relay *);

/* That of a relay which has one. */
struct conversation *capture_talk_of(const struct relay *);

#endif
