/* SPDX-License-Identifier: ISC */
/* dialogue.h - what is said and heard before bytes may flow, without I/O
 *
 * Theory of operation: a dialogue is one side of a protocol, as SOCKS or the
 * CONNECT of HTTP.  What it wants to say lies in `out`; who carries it sends
 * that, and lets it hear what came.  It takes bytes only up to its own end, so
 * that what the other side says after that is left to the session.  Whatever it
 * hears, it ends: no message is longer than the limit its protocol's header
 * names. */
#ifndef NCX_DIALOGUE_H
#define NCX_DIALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

enum dialogue_result {
	DIALOGUE_MORE,      /* send `out`, if it holds something, and listen */
	DIALOGUE_DONE,      /* agreed: bytes may flow */
	DIALOGUE_FAILED,    /* `error` has the words */
	DIALOGUE_RECONNECT, /* go on over a new connection; `out` begins it */
};

#define DIALOGUE_ERROR_LEN 160

struct dialogue;

struct dialogue_ops {
	const char *name; /* "socks5", "http" */
	/* Hear n > 0 bytes; *used says how many were taken: all of them
	 * unless the result is final, and never one that belongs to the
	 * session. */
	enum dialogue_result (*hear)(
	    struct dialogue *, const uint8_t *, size_t n, size_t *used);
	void (*free)(struct dialogue *);
};

/* The first member of what it is. */
struct dialogue {
	const struct dialogue_ops *ops;
	struct buffer out; /* owned; to be said next */
	/* The errno that names best why the target was not reached, as far as
	 * the other side said it; 0: it did not, or what failed is itself */
	int error_code;
	char error[DIALOGUE_ERROR_LEN]; /* in words; no line breaks */
};

/* Set the words of the failure; DIALOGUE_FAILED. */
enum dialogue_result dialogue_fail(struct dialogue *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

void dialogue_free(struct dialogue *); /* NULL is fine */

#endif
