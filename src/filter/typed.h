/* SPDX-License-Identifier: ISC */
/* typed.h - input that is typed by hand, as a channel
 *
 * Theory of operation: it is a layer over the reading of a channel, not a
 * filter, because a line is one thing: what it says is one message where
 * messages are wanted, whatever bytes it has, and nothing of it goes out before
 * all of it was found right.  Only a line longer than TYPED_LINE is taken piece
 * by piece. */
#ifndef NCX_TYPED_H
#define NCX_TYPED_H

#include "channel.h"
#include "typed_line.h"

/* characters; a datagram of 65,507 bytes may be written as escapes, \xHH each
 */
#define TYPED_LINE (256 * 1024)

/* A line is left out: its number from 1, and what is wrong. */
typedef void typed_wrong_fn(unsigned long line, const char *why, void *arg);

struct typed_style {
	enum typed_form form;
	bool crlf;          /* escapes: the end of a line is CR LF */
	bool messages;      /* a read gives what one line says */
	size_t message_max; /* ... or at most so many bytes of it; 0: any */
	/* NULL: a wrong line is an error, after what was before it */
	typed_wrong_fn *wrong;
	void *arg;
};

/* From now on the channel reads so.  It has not been read from. */
void typed_channel(struct channel *, const struct typed_style *);

#endif
