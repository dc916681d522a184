/* SPDX-License-Identifier: ISC */
/* c_escape.c - C escapes in text that people type, without I/O */
#include <stdio.h>
#include <string.h>

#include "c_escape.h"
#include "printable.h"

/* Those that are followed by digits; of fewer than least it is none. */
static const struct numbered {
	char letter; /* '\0': the first digit is in its place */
	unsigned base;
	size_t least, most;
} numbers[] = {
	{ 'x', 16, 1, 2 },
	{ 'u', 16, 4, 4 },
	{ 'U', 16, 8, 8 },
	{ '\0', 8, 1, 3 },
};

/* ISO C 6.4.4.4, and \e as GNU C and the shells have it */
static const struct letter {
	char written, meant;
} letters[] = {
	{ 'a', '\a' },
	{ 'b', '\b' },
	{ 'e', '\033' },
	{ 'f', '\f' },
	{ 'n', '\n' },
	{ 'r', '\r' },
	{ 't', '\t' },
	{ 'v', '\v' },
	{ '\\', '\\' },
	{ '\'', '\'' },
	{ '"', '"' },
	{ '?', '?' },
};

/* Its value; base: it is no digit. */
static unsigned
digit(char c, unsigned base)
{
	static const char digits[] = "0123456789abcdef";
	char lower = c >= 'A' && c <= 'F' ? (char)(c + ('a' - 'A')) : c;
	const char *at = lower == '\0' ? NULL : strchr(digits, lower);

	return at != NULL && at < digits + base ? (unsigned)(at - digits) :
						  base;
}

/* RFC 3629 section 3; 0: no character has this number. */
static size_t
utf8_put(uint8_t out[static C_ESCAPE_BYTES], uint32_t point)
{
	static const uint8_t first[] = { 0, 0xc0, 0xe0, 0xf0 };
	size_t n = 1 + (point > 0x7f) + (point > 0x7ff) + (point > 0xffff);

	if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (uint8_t)(0x80 | (point & 0x3f));
		point >>= 6;
	}
	out[0] = (uint8_t)(first[n - 1] | point);
	return n;
}

static size_t
put_number(const struct numbered *number, uint32_t value,
    uint8_t out[static C_ESCAPE_BYTES])
{
	if (number->letter == 'u' || number->letter == 'U')
		return utf8_put(out, value);
	out[0] = (uint8_t)value;
	return value <= UINT8_MAX ? 1 : 0;
}

static size_t
next_number(const struct numbered *number, const char *text, size_t len,
    uint8_t out[static C_ESCAPE_BYTES], size_t *n)
{
	size_t start = number->letter == '\0' ? 1 : 2, i = start;
	uint32_t value = 0;

	while (i < len && i - start < number->most &&
	    digit(text[i], number->base) < number->base)
		value = value * number->base + digit(text[i++], number->base);
	if (i - start < number->least)
		return 0;
	*n = put_number(number, value, out);
	return *n > 0 ? i : 0;
}

size_t
c_escape_next(
    const char *text, size_t len, uint8_t out[static C_ESCAPE_BYTES], size_t *n)
{
	const struct numbered *number = numbers;

	if (len < 2 || text[0] != '\\')
		return 0;
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		if (letters[i].written == text[1]) {
			out[0] = (uint8_t)letters[i].meant;
			*n = 1;
			return 2;
		}
	}
	while (number->letter != '\0' && number->letter != text[1])
		number++;
	return next_number(number, text, len, out, n);
}

ssize_t
c_escape_decode(uint8_t *dst, const char *text, size_t len, size_t *wrong)
{
	uint8_t bytes[C_ESCAPE_BYTES];
	size_t used = 0, taken, n;

	for (size_t i = 0; i < len; i += taken) {
		if (text[i] != '\\') {
			dst[used++] = (uint8_t)text[i];
			taken = 1;
			continue;
		}
		taken = c_escape_next(text + i, len - i, bytes, &n);
		if (taken == 0) {
			*wrong = i;
			return -1;
		}
		memcpy(dst + used, bytes, n);
		used += n;
	}
	return (ssize_t)used;
}

/* How much of it shows what is wrong: with the digits that there are. */
static size_t
extent(const char *text, size_t len)
{
	char shown[PRINTABLE_MAX];
	size_t n = 1;

	if (len < 2 || text[1] == '\n' || text[1] == '\r')
		return len == 0 ? 0 : 1;
	n += printable_next(shown, text + 1, len - 1);
	while (n < len && n < C_ESCAPE_LONGEST && digit(text[n], 16) < 16)
		n++;
	return n;
}

const char *
c_escape_complaint(
    const char *text, size_t len, char words[static C_ESCAPE_COMPLAINT])
{
	size_t used = 1;

	words[0] = '"';
	used += printable_text(
	    words + used, C_ESCAPE_LONGEST * 3, text, extent(text, len));
	snprintf(words + used, C_ESCAPE_COMPLAINT - used,
	    "\": expected a C escape such as \\n or \\x1b");
	return words;
}
