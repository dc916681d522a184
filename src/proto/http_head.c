/* SPDX-License-Identifier: ISC */
/* http_head.c - the head of an HTTP response: status line and fields */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "http_head.h"
#include "xalloc.h"

/* RFC 9112 section 2.3; any minor version is one that we understand */
#define HTTP_VERSION "HTTP/1."

void
http_head_init(struct http_head *h)
{
	*h = (struct http_head){ 0 };
}

void
http_head_free(struct http_head *h)
{
	free(h->text);
	http_head_init(h);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* RFC 9112 section 4, but that the space before no reason may be missing. */
static enum http_head_result
read_status(struct http_head *h)
{
	const char *at = h->text + strlen(HTTP_VERSION);

	if (!isdigit((unsigned char)at[0]) || at[1] != ' ')
		return HTTP_HEAD_BAD;
	at += 2;
	for (int i = 0; i < 3; i++, at++) {
		if (!isdigit((unsigned char)*at))
			return HTTP_HEAD_BAD;
		h->status = h->status * 10 + (*at - '0');
	}
	if (*at != '\0' && *at != ' ')
		return HTTP_HEAD_BAD;
	return h->status < 100 || h->status > 599 ? HTTP_HEAD_BAD :
						    HTTP_HEAD_MORE;
}

/* RFC 9112 section 5: a name, a colon, and a value; or more of a value. */
static enum http_head_result
check_field(const struct http_head *h)
{
	const char *line = h->text + h->begin, *colon = strchr(line, ':');

	if (line[0] == ' ')
		return HTTP_HEAD_MORE;
	return colon == NULL || colon == line ? HTTP_HEAD_BAD : HTTP_HEAD_MORE;
}

static enum http_head_result
end_head(struct http_head *h)
{
	if (h->begin == 0)
		return HTTP_HEAD_BAD;
	h->text[h->len++] = '\0';
	h->ended = true;
	h->line = h->text;
	h->fields = h->text + strlen(h->text) + 1;
	return HTTP_HEAD_DONE;
}

static enum http_head_result
end_line(struct http_head *h)
{
	enum http_head_result result;

	h->cr = false;
	if (h->len == h->begin)
		return end_head(h);
	h->text[h->len] = '\0';
	result = h->begin == 0 ? read_status(h) : check_field(h);
	while (is_blank(h->text[h->len - 1]))
		h->len--;
	h->text[h->len++] = '\0';
	h->begin = h->len;
	return result;
}

/* A line that begins with a blank goes on where the line above ended.  No
 * field can be continued before there is one. */
static enum http_head_result
continue_line(struct http_head *h)
{
	if (memchr(h->text, '\0', h->len - 1) == NULL)
		return HTTP_HEAD_BAD;
	h->begin--;
	h->text[h->begin] = ' ';
	return HTTP_HEAD_MORE;
}

static enum http_head_result
take_byte(struct http_head *h, uint8_t byte)
{
	if (byte == '\n')
		return end_line(h);
	if (h->cr)
		return HTTP_HEAD_BAD;
	if (byte == '\r') {
		h->cr = true;
		return HTTP_HEAD_MORE;
	}
	if ((byte < ' ' && byte != '\t') || byte == 0x7f)
		return HTTP_HEAD_BAD;
	if (h->len < strlen(HTTP_VERSION) && (char)byte != HTTP_VERSION[h->len])
		return HTTP_HEAD_BAD;
	if (h->len == h->begin && is_blank((char)byte))
		return continue_line(h);
	h->text[h->len++] = (char)byte;
	return HTTP_HEAD_MORE;
}

enum http_head_result
http_head_feed(
    struct http_head *h, const uint8_t *bytes, size_t n, size_t *used)
{
	enum http_head_result result =
	    h->ended ? HTTP_HEAD_DONE : HTTP_HEAD_MORE;

	if (h->text == NULL)
		h->text = xcalloc(1, HTTP_HEAD_MAX);
	*used = 0;
	while (*used < n && result == HTTP_HEAD_MORE) {
		if (h->size == HTTP_HEAD_MAX)
			return HTTP_HEAD_LARGE;
		h->size++;
		result = take_byte(h, bytes[(*used)++]);
	}
	return result;
}

const char *
http_head_field(const struct http_head *h, const char *name, const char *after)
{
	size_t len = strlen(name);
	const char *line =
	    after == NULL ? h->fields : after + strlen(after) + 1;

	for (; line[0] != '\0'; line += strlen(line) + 1) {
		if (strncasecmp(line, name, len) != 0 || line[len] != ':')
			continue;
		line += len + 1;
		return line + strspn(line, " \t");
	}
	return NULL;
}
