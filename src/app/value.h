/* SPDX-License-Identifier: ISC */
/* value.h - the arguments of options: numbers, sizes, times and words
 *
 * All are strict: no sign but where the range has one, no blanks, nothing
 * behind.  0, or -1 where the text is none or out of range. */
#ifndef NCX_VALUE_H
#define NCX_VALUE_H

#include <stdint.h>

int value_number(const char *, int64_t least, int64_t most, int64_t *value);

/* Bytes; takes k, m and g (1024) behind it. */
int value_size(const char *, int64_t least, int64_t most, int64_t *bytes);

/* Takes a fraction, and ms, s, m or h behind it; a plain number is seconds.
 * least and most are in ms. */
int value_time(const char *, int64_t least, int64_t most, int64_t *ms);

/* The byte of the IP header: a keyword (RFC 2474, 2597, 3246, 1349), a number
 * to 255, or 0x and one or two digits. */
int value_tos(const char *, int *tos);

/* Which group of "a=b|c" the word is in, whatever its case; -1: none */
int value_choice(const char *, const char *choices);

#endif
