/* SPDX-License-Identifier: ISC */
/* buffer.h - a bounded byte queue */
#ifndef NCX_BUFFER_H
#define NCX_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#define BUFFER_NOT_FOUND SIZE_MAX

/* Zeroed is a valid, empty buffer of capacity 0. */
struct buffer {
	uint8_t *data; /* allocated when the first byte comes */
	size_t cap;    /* bytes it may hold */
	size_t off;    /* where the first held byte is */
	size_t len;    /* bytes held */
};

void buffer_init(struct buffer *, size_t cap); /* allocates nothing yet */
void buffer_free(struct buffer *);

size_t buffer_room(const struct buffer *); /* bytes that still fit */

/* Where the next buffer_room() bytes go; valid until the next call.  Tell how
 * many were put there with buffer_added(). */
uint8_t *buffer_tail(struct buffer *);
void buffer_added(struct buffer *, size_t);
void buffer_append(struct buffer *, const void *, size_t); /* must fit */

const uint8_t *buffer_head(
    const struct buffer *);                   /* NULL: nothing was ever held */
void buffer_consume(struct buffer *, size_t); /* at most len */
void buffer_shorten(struct buffer *, size_t); /* the same, of its end */

size_t buffer_find(const struct buffer *, uint8_t); /* offset from the head */

#endif
