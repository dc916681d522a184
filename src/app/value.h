/* SPDX-License-Identifier: ISC */
/* value.h - the arguments of options: numbers, sizes and times
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

#endif
