/* SPDX-License-Identifier: ISC */
/* http_head.h - the head of an HTTP response: status line and fields
 *
 * RFC 9112 sections 2 to 5.  Fed in pieces of any size. */
#ifndef NCX_HTTP_HEAD_H
#define NCX_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* bytes; a head that is longer, with all its lines, is refused */
#define HTTP_HEAD_MAX 16384

enum http_head_result {
	HTTP_HEAD_MORE,
	HTTP_HEAD_DONE,
	HTTP_HEAD_BAD,   /* no HTTP, or not well formed */
	HTTP_HEAD_LARGE, /* longer than HTTP_HEAD_MAX */
};

struct http_head {
	char *text;   /* owned: the lines so far, each ended by a NUL */
	size_t len;   /* bytes in text */
	size_t begin; /* where in text the line begins that is coming in */
	size_t size;  /* bytes taken */
	bool cr;      /* the last of them was a CR */
	bool ended;   /* the empty line was there */

	/* Once HTTP_HEAD_DONE */
	int status;         /* 100 to 599 */
	const char *line;   /* the status line, in text */
	const char *fields; /* the first field line, in text */
};

void http_head_init(struct http_head *);
void http_head_free(struct http_head *);

/* Take bytes up to the end of the empty line; *used says how many.  A line ends
 * with CR LF or with LF alone (section 2.2); one that continues the line above
 * (section 5.2) is joined to it with a space. */
enum http_head_result http_head_feed(
    struct http_head *, const uint8_t *, size_t n, size_t *used);

/* The value of the next field of that name, whatever its case, behind `after`,
 * without the space around it; NULL for the first.  NULL: none */
const char *http_head_field(
    const struct http_head *, const char *name, const char *after);

#endif
