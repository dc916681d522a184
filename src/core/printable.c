/* SPDX-License-Identifier: ISC */
/* printable.c - text of others, so that it can be shown */
#include <string.h>
#include <vis.h>

#include "printable.h"
#include "utf8.h"

#define CUT "..."

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
	{ 0xfeff, 0xfeff },   /* byte order mark */
	{ 0xfff9, 0xfffb },   /* annotations */
	{ 0xe0000, 0xe0fff }, /* tags */
};

bool
printable_is_seen(uint32_t point)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (point >= hidden[i].from && point <= hidden[i].to)
			return false;
	return true;
}

size_t
printable_next(char shown[static PRINTABLE_MAX], const char *text, size_t len)
{
	uint32_t point;
	size_t n = utf8_next(text, len, &point);

	if (n <= 1 || !printable_is_seen(point)) {
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
