/* SPDX-License-Identifier: ISC */
/* lines.h - messages that are held back until it is known who may see them */
#ifndef NCX_LINES_H
#define NCX_LINES_H

#include <stddef.h>

#include "json.h"

enum line_kind {
	LINE_NOTE,    /* what happened: for -v */
	LINE_ATTEMPT, /* one way that failed, of maybe several */
	LINE_ERROR,   /* what failed for good */
};

struct line {
	enum line_kind kind;
	char *text;
	const char *event; /* log.h; NULL: a message */
	struct json members;
};

/* Zeroed is a valid one without lines. */
struct lines {
	struct line *list;
	size_t count, cap;
};

void lines_add(struct lines *, enum line_kind, const char *text);

/* Of an event (log.h); its members go over to the line. */
void lines_add_event(struct lines *, enum line_kind, const char *event,
    struct json *members, const char *text);

/* Print one, as a failure or, if it is a note, under -v. */
void line_print(enum line_kind, const char *text);

/* Print those of this kind and above, and drop all. */
void lines_print(struct lines *, enum line_kind least);
void lines_free(struct lines *); /* drops all */

#endif
