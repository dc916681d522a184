/* SPDX-License-Identifier: ISC */
/* capture_words.h - what the comments of a capture say */
#ifndef NCX_CAPTURE_WORDS_H
#define NCX_CAPTURE_WORDS_H

#include "conversation.h"
#include "session.h"

/* bytes of a comment, the report but; what is longer is cut */
#define CAPTURE_WORDS 4096

/* Of the whole file. */
extern const char capture_is_made_up[];

/* How we were called.  Into text, which it returns. */
const char *capture_command(
    const struct options *, char text[static CAPTURE_WORDS]);

/* What is known of a session when it begins: comments of its first packet. */
void capture_describe(struct conversation *, const struct session *,
    const struct address *ours, const struct address *theirs);

/* Its report, at its end: the comment of its last packet. */
void capture_report(struct conversation *, const struct session *);

#endif
