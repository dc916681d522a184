/* SPDX-License-Identifier: ISC */
/* printable.h - text of others, so that it can be shown
 *
 * Valid UTF-8 stays as it is, but for what is not seen or steers a terminal:
 * control characters, and marks without a width or of a direction.  These, and
 * bytes that are no UTF-8, become "^M", "M-C", "\000" as vis(3) writes them. */
#ifndef NCX_PRINTABLE_H
#define NCX_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* bytes of one character, with the NUL */
#define PRINTABLE_MAX 5

/* Of a character above ASCII: it is none of those that are not seen. */
bool printable_is_seen(uint32_t point);

/* The first character of text, which has len bytes, at least one; the NUL is
 * one like others.  How many bytes of text it was. */
size_t printable_next(
    char shown[static PRINTABLE_MAX], const char *text, size_t len);

/* All of it; what is too long for size, which is at least 4, is cut and ends in
 * "...".  How long dst is. */
size_t printable_text(char *dst, size_t size, const char *text, size_t len);

#endif
