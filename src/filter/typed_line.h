/* SPDX-License-Identifier: ISC */
/* typed_line.h - what a line that is typed by hand says, without I/O
 *
 * Escapes: text with C escapes (c_escape.h), in which \c at the end of the line
 * stands for no newline.  Hex: pairs of digits with white space between them,
 * or none, and # before a comment; its newline is never sent. */
#ifndef NCX_TYPED_LINE_H
#define NCX_TYPED_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum typed_form { TYPED_ESCAPES, TYPED_HEX };

/* of typed_said.wrong, with the NUL */
#define TYPED_COMPLAINT 80

struct typed_said {
	size_t used;     /* characters of the text that were taken */
	size_t n;        /* bytes that they say */
	bool rest;       /* what follows in this line says nothing */
	bool no_newline; /* ... nor does its end */
	/* "": all is well; else nothing of it is to be sent */
	char wrong[TYPED_COMPLAINT];
};

/* The text has no newline.  goes_on: its line is longer; then less of it may be
 * taken, but all of it but C_ESCAPE_LONGEST at least.  It says at most as many
 * bytes as it has. */
void typed_line(enum typed_form, const char *text, size_t len, bool goes_on,
    uint8_t *out, struct typed_said *);

#endif
