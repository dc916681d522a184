/* SPDX-License-Identifier: ISC */
/* typed_line.c - what a line that is typed by hand says, without I/O */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "c_escape.h"
#include "printable.h"
#include "typed_line.h"

/* characters of what is wrong, as they are told */
#define SHOWN 16

struct line {
	const char *text;
	size_t len;
	uint8_t *out;
	struct typed_said *said;
};

/* False: this is the last that counts. */
typedef bool take_fn(struct line *);

static void
complain(struct line *line, size_t len, const char *expected)
{
	char shown[SHOWN];

	printable_text(
	    shown, sizeof(shown), line->text + line->said->used, len);
	snprintf(line->said->wrong, TYPED_COMPLAINT, "\"%s\": expected %s",
	    shown, expected);
}

/* \c, which may stand before a CR, as that is part of the end of a line. */
static bool
take_end(struct line *line)
{
	struct typed_said *said = line->said;
	const char *rest = line->text + said->used + 2;
	size_t len = line->len - said->used - 2;

	if (len > 0 && !(len == 1 && rest[0] == '\r')) {
		complain(line, len + 2, "\\c at the end of a line only");
		return false;
	}
	said->used = line->len;
	said->no_newline = true;
	return false;
}

static bool
take_escape(struct line *line)
{
	struct typed_said *said = line->said;
	const char *text = line->text + said->used;
	size_t len = line->len - said->used, taken, n;
	uint8_t bytes[C_ESCAPE_BYTES];

	if (text[0] != '\\') {
		line->out[said->n++] = (uint8_t)text[0];
		said->used++;
		return true;
	}
	if (len > 1 && text[1] == 'c')
		return take_end(line);
	taken = c_escape_next(text, len, bytes, &n);
	if (taken == 0) {
		c_escape_complaint(text, len, said->wrong);
		return false;
	}
	memcpy(line->out + said->n, bytes, n);
	said->n += n;
	said->used += taken;
	return true;
}

static unsigned
digit(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	unsigned place = (unsigned)(strchr(digits, c) - digits);

	return place < 16 ? place : place - 6;
}

static bool
take_hex(struct line *line)
{
	struct typed_said *said = line->said;
	const char *text = line->text + said->used;
	size_t len = line->len - said->used;

	if (isspace((unsigned char)text[0])) {
		said->used++;
		return true;
	}
	if (text[0] == '#') {
		said->used = line->len;
		said->rest = true;
		return false;
	}
	if (len < 2 || !isxdigit((unsigned char)text[0]) ||
	    !isxdigit((unsigned char)text[1])) {
		complain(line, len < 2 ? len : 2,
		    "pairs of hexadecimal digits such as 0d 0a");
		return false;
	}
	line->out[said->n++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
	said->used += 2;
	return true;
}

void
typed_line(enum typed_form form, const char *text, size_t len, bool goes_on,
    uint8_t *out, struct typed_said *said)
{
	static take_fn *const takes[] = {
		[TYPED_ESCAPES] = take_escape, [TYPED_HEX] = take_hex
	};
	struct line line = { text, len, out, said };
	size_t stop = goes_on ? len - C_ESCAPE_LONGEST : len;

	*said = (struct typed_said){ .no_newline = form == TYPED_HEX };
	while (said->used < stop && takes[form](&line))
		;
}
