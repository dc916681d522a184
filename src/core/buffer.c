/* SPDX-License-Identifier: ISC */
/* buffer.c - a bounded byte queue */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "xalloc.h"

void
buffer_init(struct buffer *b, size_t cap)
{
	*b = (struct buffer){ .cap = cap };
}

void
buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){ .cap = b->cap };
}

size_t
buffer_room(const struct buffer *b)
{
	return b->cap - b->len;
}

uint8_t *
buffer_tail(struct buffer *b)
{
	if (b->data == NULL)
		b->data = xreallocarray(NULL, 1, b->cap);
	if (b->off > 0) {
		memmove(b->data, b->data + b->off, b->len);
		b->off = 0;
	}
	return b->data + b->len;
}

void
buffer_added(struct buffer *b, size_t n)
{
	assert(n <= buffer_room(b));
	b->len += n;
}

void
buffer_append(struct buffer *b, const void *bytes, size_t n)
{
	if (n == 0)
		return;
	assert(n <= buffer_room(b));
	memcpy(buffer_tail(b), bytes, n);
	b->len += n;
}

const uint8_t *
buffer_head(const struct buffer *b)
{
	return b->data == NULL ? NULL : b->data + b->off;
}

void
buffer_consume(struct buffer *b, size_t n)
{
	assert(n <= b->len);
	b->len -= n;
	b->off = b->len == 0 ? 0 : b->off + n;
}

void
buffer_shorten(struct buffer *b, size_t n)
{
	assert(n <= b->len);
	b->len -= n;
}

size_t
buffer_find(const struct buffer *b, uint8_t byte)
{
	const uint8_t *found = NULL;

	if (b->data != NULL)
		found = memchr(b->data + b->off, byte, b->len);
	return found == NULL ? BUFFER_NOT_FOUND :
			       (size_t)(found - b->data) - b->off;
}
