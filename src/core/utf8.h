/* SPDX-License-Identifier: ISC */
/* utf8.h - one character of a text (RFC 3629) */
#ifndef NCX_UTF8_H
#define NCX_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The first character of text, which has len bytes, at least one: how many
 * bytes it takes, and its number in *point.  0: it is none, and no other
 * character begins before the next byte. */
size_t utf8_next(const char *text, size_t len, uint32_t *point);

#endif
