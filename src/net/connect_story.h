/* SPDX-License-Identifier: ISC */
/* connect_story.h - the attempts to connect in words (log_step()) */
#ifndef NCX_CONNECT_STORY_H
#define NCX_CONNECT_STORY_H

#include "connect.h"

/* An address is about to be tried, from this source or any (NULL). */
void connect_tell_start(
    const char *about, const struct address *to, const struct address *source);

/* What came of it; errno stays as it is. */
void connect_tell_end(const char *about, const struct connect_attempt *);

#endif
