/* SPDX-License-Identifier: ISC */
/* typed.c - input that is typed by hand, as a channel */
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "typed.h"
#include "xalloc.h"

struct typed {
	const struct channel_ops *ops; /* of the channel below */
	void *state;                   /* likewise */
	enum fd_kind rkind;            /* likewise */
	short rwait;                   /* likewise, where ours differs */
	bool differs;
	struct typed_style style;
	struct buffer text; /* read, and not yet looked at */
	struct buffer said; /* looked at, and not yet given */
	bool message;       /* said holds one, which may be empty */
	unsigned long line; /* whose text is next, from 1 */
	bool skip;          /* the rest of that line says nothing */
	bool ended;         /* the channel below has */
	bool failed;        /* a line was wrong, as wrong tells */
	char wrong[TYPED_COMPLAINT];
};

/* What is below sees the channel as it was. */
static struct typed *
go_below(struct channel *ch)
{
	struct typed *t = ch->state;

	ch->state = t->state;
	ch->rkind = t->rkind;
	return t;
}

static void
come_back(struct channel *ch, struct typed *t)
{
	ch->state = t;
	ch->rkind = FD_OTHER;
}

static ssize_t
read_below(struct channel *ch)
{
	struct typed *t = go_below(ch);
	ssize_t got =
	    t->ops->read(ch, buffer_tail(&t->text), buffer_room(&t->text));

	come_back(ch, t);
	if (got > 0)
		buffer_added(&t->text, (size_t)got);
	if (got == IO_EOF)
		t->ended = true;
	return got;
}

/* Of the text, how much is of the line; *ends: it ends there. */
static size_t
line_length(const struct typed *t, bool *ends)
{
	size_t len = buffer_find(&t->text, '\n');

	*ends = len != BUFFER_NOT_FOUND || t->ended;
	return len != BUFFER_NOT_FOUND ? len : t->text.len;
}

/* True: there is something to look at without reading more. */
static bool
has_line(const struct typed *t)
{
	bool ends;

	if (t->text.len == 0)
		return false;
	line_length(t, &ends);
	return ends || t->skip || buffer_room(&t->text) == 0;
}

/* The newline is there, and is gone on behind. */
static void
end_line(struct typed *t)
{
	buffer_consume(&t->text, 1);
	t->line++;
	t->skip = false;
}

/* Where a CR is there already, it is the one. */
static void
say_newline(struct typed *t, size_t len)
{
	const uint8_t *end = buffer_head(&t->said) + t->said.len;

	if (t->style.crlf && (len == 0 || end[-1] != '\r'))
		buffer_append(&t->said, "\r", 1);
	buffer_append(&t->said, "\n", 1);
}

static void
refuse(struct typed *t, const char *why)
{
	t->skip = true;
	if (t->style.wrong != NULL) {
		t->style.wrong(t->line, why, t->style.arg);
		return;
	}
	strlcpy(t->wrong, why, sizeof(t->wrong));
	t->failed = true;
}

/* The whole of it, or a piece of a long one. */
static void
look_at_line(struct typed *t)
{
	bool ends, newline;
	size_t len = line_length(t, &ends);
	struct typed_said said = { .used = len, .rest = true };

	newline = len < t->text.len;
	if (!t->skip)
		typed_line(t->style.form, (const char *)buffer_head(&t->text),
		    len, !ends, buffer_tail(&t->said), &said);
	if (said.wrong[0] != '\0') {
		refuse(t, said.wrong);
		return;
	}
	buffer_added(&t->said, said.n);
	buffer_consume(&t->text, said.used);
	if (newline && !t->skip && !said.no_newline)
		say_newline(t, said.n);
	if (!t->skip)
		t->message = t->said.len > 0 || t->style.form == TYPED_ESCAPES;
	t->skip = t->skip || said.rest;
	if (newline)
		end_line(t);
}

/* A message is a line; else as many as there are. */
static bool
has_enough(const struct typed *t)
{
	if (t->failed || t->said.len > TYPED_LINE / 2)
		return true;
	return t->style.messages && t->message;
}

static bool
has_something(const struct typed *t)
{
	return t->said.len > 0 || (t->style.messages && t->message);
}

static ssize_t
give(struct typed *t, void *bytes, size_t n)
{
	if (t->style.messages && t->style.message_max != 0 &&
	    n > t->style.message_max)
		n = t->style.message_max;
	if (n > t->said.len)
		n = t->said.len;
	if (n > 0)
		memcpy(bytes, buffer_head(&t->said), n);
	buffer_consume(&t->said, n);
	t->message = t->said.len > 0;
	return (ssize_t)n;
}

/* What the text says, or why there is nothing. */
static ssize_t
read_lines(struct channel *ch, void *bytes, size_t n)
{
	struct typed *t = ch->state;

	for (;;) {
		ssize_t got;

		while (!has_enough(t) && has_line(t))
			look_at_line(t);
		if (has_something(t))
			return give(t, bytes, n);
		if (t->failed)
			return channel_fail(
			    ch, "line %lu: %s", t->line, t->wrong);
		if (t->ended)
			return IO_EOF;
		if (ch->rwait != 0)
			return IO_WAIT;
		got = read_below(ch);
		if (got < 0 && got != IO_EOF)
			return got;
	}
}

/* There may be more to give before there is more to be read. */
static ssize_t
typed_read(struct channel *ch, void *bytes, size_t n)
{
	struct typed *t = ch->state;
	ssize_t got;

	if (t->differs)
		ch->rwait = t->rwait;
	got = read_lines(ch, bytes, n);
	t->rwait = ch->rwait;
	t->differs = got >= 0 &&
	    (has_something(t) || has_line(t) || t->failed || t->ended);
	if (t->differs)
		ch->rwait = 0;
	return got;
}

static ssize_t
typed_write(struct channel *ch, const void *bytes, size_t n)
{
	struct typed *t = go_below(ch);
	ssize_t put = t->ops->write(ch, bytes, n);

	come_back(ch, t);
	return put;
}

static int
typed_shut(struct channel *ch)
{
	struct typed *t = go_below(ch);
	int result = t->ops->shut(ch);

	come_back(ch, t);
	return result;
}

static void
typed_close(struct channel *ch)
{
	struct typed *t = go_below(ch);

	t->ops->close(ch);
	buffer_free(&t->text);
	buffer_free(&t->said);
	free(t);
}

static const struct channel_ops typed_ops = {
	.name = "typed",
	.read = typed_read,
	.write = typed_write,
	.shut = typed_shut,
	.close = typed_close,
};

void
typed_channel(struct channel *ch, const struct typed_style *style)
{
	struct typed *t = xcalloc(1, sizeof(*t));

	t->ops = ch->ops;
	t->state = ch->state;
	t->rkind = ch->rkind;
	t->style = *style;
	t->line = 1;
	buffer_init(&t->text, TYPED_LINE);
	buffer_init(&t->said, 2 * TYPED_LINE);
	ch->ops = &typed_ops;
	come_back(ch, t);
}
