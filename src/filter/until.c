/* SPDX-License-Identifier: ISC */
/* until.c - the filter that ends a flow behind a text (Knuth, Morris, Pratt) */
#include <stdlib.h>
#include <string.h>

#include "until.h"
#include "xalloc.h"

struct until {
	struct filter filter; /* first: it is a filter */
	struct flow *flow;
	const uint8_t *text;
	size_t len;
	size_t seen; /* of the text, at the end of what has passed */
	/* By seen: how much still is, where the next byte is another */
	size_t *border;
	bool found;
};

/* How much of the text is seen with one more byte. */
static size_t
after_byte(const struct until *u, size_t seen, uint8_t byte)
{
	while (seen > 0 && u->text[seen] != byte)
		seen = u->border[seen];
	return seen + (u->text[seen] == byte);
}

/* The longest beginning that is also its end, for each beginning. */
static void
prepare(struct until *u)
{
	size_t seen = 0;

	u->border = xreallocarray(NULL, u->len, sizeof(u->border[0]));
	u->border[0] = 0;
	for (size_t i = 1; i < u->len; i++) {
		u->border[i] = seen;
		seen = after_byte(u, seen, u->text[i]);
	}
}

/* How many of the bytes are no part of the text, as far as that is easily
 * told. */
static size_t
skip(const struct until *u, const uint8_t *bytes, size_t n)
{
	const uint8_t *first;

	if (u->seen > 0)
		return 0;
	first = memchr(bytes, u->text[0], n);
	return first == NULL ? n : (size_t)(first - bytes);
}

/* How many of the bytes there are up to the end of the text, or all. */
static size_t
search(struct until *u, const uint8_t *bytes, size_t n)
{
	size_t i = 0;

	while (i < n && u->seen < u->len) {
		i += skip(u, bytes + i, n - i);
		if (i < n)
			u->seen = after_byte(u, u->seen, bytes[i++]);
	}
	u->found = u->seen == u->len;
	return i;
}

static void
until_run(
    struct filter *filter, const uint8_t *bytes, size_t n, struct buffer *out)
{
	struct until *u = (struct until *)filter;

	if (u->found)
		return;
	buffer_append(out, bytes, search(u, bytes, n));
	if (u->found)
		u->flow->limit = "until";
}

static void
until_free(struct filter *filter)
{
	struct until *u = (struct until *)filter;

	free(u->border);
	free(u);
}

static const struct filter_ops until_ops = {
	.name = "until",
	.grow = 1,
	.run = until_run,
	.free = until_free,
};

struct filter *
until_filter(const uint8_t *text, size_t len, struct flow *flow)
{
	struct until *u = xcalloc(1, sizeof(*u));

	u->filter.ops = &until_ops;
	u->flow = flow;
	u->text = text;
	u->len = len;
	prepare(u);
	return &u->filter;
}
