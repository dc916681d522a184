/* SPDX-License-Identifier: ISC */
/* c_escape.h - C escapes in text that people type, without I/O
 *
 * \a \b \e \f \n \r \t \v \\ \' \" \?, \NNN with one to three octal digits,
 * \xHH with one or two hexadecimal ones, and \uXXXX and \UXXXXXXXX with all of
 * theirs for a character, which becomes UTF-8. */
#ifndef NCX_C_ESCAPE_H
#define NCX_C_ESCAPE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* bytes of one, as it is written, and that it stands for */
#define C_ESCAPE_LONGEST 10
#define C_ESCAPE_BYTES   4
/* of c_escape_complaint(), with the NUL */
#define C_ESCAPE_COMPLAINT 80

/* The escape that text begins with: how long it is, with its *n bytes in out.
 * 0: it is none, or it is not complete in len. */
size_t c_escape_next(const char *text, size_t len,
    uint8_t out[static C_ESCAPE_BYTES], size_t *n);

/* All of text: at most len bytes go to dst, which may be text.  How many, or
 * -1: *wrong is where in text an escape is none; dst holds what was before. */
ssize_t c_escape_decode(
    uint8_t *dst, const char *text, size_t len, size_t *wrong);

/* What is wrong with the text at *wrong: "\q": expected ... */
const char *c_escape_complaint(
    const char *text, size_t len, char words[static C_ESCAPE_COMPLAINT]);

#endif
