/* SPDX-License-Identifier: ISC */
/* utf8.c - one character of a text */
#include <stdbool.h>

#include "utf8.h"

/* By their number of bytes: where such characters begin (RFC 3629 section 3) */
static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };

static size_t
bytes_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc0 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf8 ? 4 : 0;
}

static bool
is_character(uint32_t point, size_t n)
{
	bool surrogate = point >= 0xd800 && point <= 0xdfff;

	return point >= smallest[n] && point <= 0x10ffff && !surrogate;
}

size_t
utf8_next(const char *text, size_t len, uint32_t *point)
{
	size_t n = bytes_of((unsigned char)text[0]);

	if (n == 0 || n > len)
		return 0;
	*point = (unsigned char)text[0] & (n == 1 ? 0x7fU : 0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (c & 0x3fU);
	}
	return is_character(*point, n) ? n : 0;
}
