/* SPDX-License-Identifier: ISC */
/* chat.c - the filter that makes a talker's bytes fit for other terminals */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat.h"
#include "xalloc.h"

/* RFC 3629: the most bytes of a character */
#define UTF8_MAX 4
/* characters that show one byte */
#define SHOWN 4

struct chat {
	struct filter filter; /* first: it is a filter */
	char prefix[CHAT_NAME + 4];
	size_t typed; /* bytes of the line so far; 0: it has not begun */
	bool after_cr;
	bool cut;      /* the line before was too long: its end may follow */
	bool messages; /* a read is one, and ends its line */
	uint8_t held[UTF8_MAX]; /* a character that is not complete */
	size_t held_len, held_need;
};

static void
put(struct chat *chat, struct buffer *out, const void *bytes, size_t n)
{
	if (chat->typed == 0)
		buffer_append(out, chat->prefix, strlen(chat->prefix));
	chat->cut = false;
	chat->typed += n;
	buffer_append(out, bytes, n);
}

static void
end_line(struct chat *chat, struct buffer *out)
{
	put(chat, out, "\n", 1);
	chat->typed = 0;
}

static void
show(struct chat *chat, struct buffer *out, const uint8_t *bytes, size_t n)
{
	char text[SHOWN + 1];

	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "\\%03o", bytes[i]);
		put(chat, out, text, strlen(text));
	}
}

static bool
is_plain(uint8_t c)
{
	return c == '\t' || (c >= ' ' && c < 0x7f);
}

/* Length of the character that begins so; 0: none does. */
static size_t
utf8_length(uint8_t c)
{
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

/* RFC 3629 section 4, and no control character of ISO 6429 (C1). */
static bool
may_follow(const struct chat *chat, uint8_t c)
{
	uint8_t first = chat->held[0];

	if ((c & 0xc0) != 0x80)
		return false;
	if (chat->held_len > 1)
		return true;
	if (first == 0xc2 || first == 0xe0)
		return c >= 0xa0;
	if (first == 0xed)
		return c <= 0x9f;
	if (first == 0xf0)
		return c >= 0x90;
	return first != 0xf4 || c <= 0x8f;
}

/* The character will not be completed. */
static void
show_held(struct chat *chat, struct buffer *out)
{
	show(chat, out, chat->held, chat->held_len);
	chat->held_len = 0;
}

/* True: the byte went into the character that is held. */
static bool
continues(struct chat *chat, uint8_t c, struct buffer *out)
{
	if (chat->held_len == 0)
		return false;
	if (!may_follow(chat, c)) {
		show_held(chat, out);
		return false;
	}
	chat->held[chat->held_len++] = c;
	if (chat->held_len == chat->held_need) {
		put(chat, out, chat->held, chat->held_len);
		chat->held_len = 0;
	}
	return true;
}

/* A byte that is not part of the character that is held. */
static void
begin(struct chat *chat, uint8_t c, struct buffer *out)
{
	if (c == '\n' && chat->cut)
		chat->cut = false;
	else if (c == '\n')
		end_line(chat, out);
	else if (c == '\r')
		chat->after_cr = true;
	else if (is_plain(c))
		put(chat, out, &c, 1);
	else if (utf8_length(c) != 0) {
		chat->held[0] = c;
		chat->held_len = 1;
		chat->held_need = utf8_length(c);
	} else
		show(chat, out, &c, 1);
}

static void
take(struct chat *chat, uint8_t c, struct buffer *out)
{
	bool after_cr = chat->after_cr;

	chat->after_cr = false;
	if (after_cr && c != '\n')
		show(chat, out, (const uint8_t *)"\r", 1);
	if (!continues(chat, c, out))
		begin(chat, c, out);
	if (chat->typed >= CHAT_LINE) {
		end_line(chat, out);
		chat->cut = true;
	}
}

static void
chat_end(struct filter *filter, struct buffer *out)
{
	struct chat *chat = (struct chat *)filter;

	show_held(chat, out);
	if (chat->typed > 0)
		end_line(chat, out);
}

static void
chat_run(
    struct filter *filter, const uint8_t *bytes, size_t n, struct buffer *out)
{
	struct chat *chat = (struct chat *)filter;

	for (size_t i = 0; i < n; i++)
		take(chat, bytes[i], out);
	if (chat->messages)
		chat_end(filter, out);
}

static void
chat_free(struct filter *filter)
{
	free(filter);
}

/* A byte may show what was held before it, begin a line and end it. */
static const struct filter_ops chat_ops = {
	.name = "chat",
	.grow = UTF8_MAX * SHOWN + sizeof(((struct chat *)NULL)->prefix) + 4,
	.run = chat_run,
	.end = chat_end,
	.free = chat_free,
};

struct filter *
chat_filter(const char *name, bool messages)
{
	struct chat *chat = xcalloc(1, sizeof(*chat));

	chat->filter.ops = &chat_ops;
	chat->messages = messages;
	snprintf(chat->prefix, sizeof(chat->prefix), "<%s> ", name);
	return &chat->filter;
}
