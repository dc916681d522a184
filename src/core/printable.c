/* SPDX-License-Identifier: ISC */
/* printable.c - text of others, so that it can be shown */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <vis.h>

#include "printable.h"

#define CUT "..."

/* By their number of bytes: where such characters begin (RFC 3629 section 3) */
static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };

static const struct range {
	uint32_t from, to;
} hidden[] = {
	{ 0x80, 0x9f },       /* C1 controls */
	{ 0xad, 0xad },       /* soft hyphen */
	{ 0x61c, 0x61c },     /* direction */
	{ 0x180e, 0x180e },   /* no width */
	{ 0x200b, 0x200f },   /* no width, direction */
	{ 0x2028, 0x202e },   /* ends of lines, direction */
	{ 0x2060, 0x206f },   /* no width, direction */
	{ 0xd800, 0xdfff },   /* surrogates are no characters */
	{ 0xfeff, 0xfeff },   /* byte order mark */
	{ 0xfff9, 0xfffb },   /* annotations */
	{ 0xe0000, 0xe0fff }, /* tags */
	{ 0x110000, UINT32_MAX },
};

static size_t
bytes_of(unsigned char first)
{
	if (first >= 0xc0 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf8 ? 4 : 0;
}

static bool
can_be_seen(uint32_t point)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (point >= hidden[i].from && point <= hidden[i].to)
			return false;
	return true;
}

/* How many bytes a character of more than one takes; 0: it is none. */
static size_t
utf8_length(const char *text, size_t len)
{
	size_t n = bytes_of((unsigned char)text[0]);
	uint32_t point;

	if (n == 0 || n > len)
		return 0;
	point = (unsigned char)text[0] & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (c & 0x3fU);
	}
	return point >= smallest[n] && can_be_seen(point) ? n : 0;
}

size_t
printable_next(char shown[static PRINTABLE_MAX], const char *text, size_t len)
{
	size_t n = utf8_length(text, len);

	if (n == 0) {
		vis(shown, (unsigned char)text[0],
		    VIS_NL | VIS_TAB | VIS_NOSLASH | VIS_NOLOCALE, 0);
		return 1;
	}
	memcpy(shown, text, n);
	shown[n] = '\0';
	return n;
}

size_t
printable_text(char *dst, size_t size, const char *text, size_t len)
{
	size_t used = 0, whole = 0; /* whole: CUT still fits behind it */
	char shown[PRINTABLE_MAX];

	for (size_t i = 0, n; i < len;) {
		i += printable_next(shown, text + i, len - i);
		n = strlen(shown);
		if (used + n >= size) {
			memcpy(dst + whole, CUT, sizeof(CUT));
			return whole + strlen(CUT);
		}
		memcpy(dst + used, shown, n);
		used += n;
		if (used + sizeof(CUT) <= size)
			whole = used;
	}
	dst[used] = '\0';
	return used;
}
