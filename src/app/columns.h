/* SPDX-License-Identifier: ISC */
/* columns.h - lines whose words stand below each other */
#ifndef NCX_COLUMNS_H
#define NCX_COLUMNS_H

#include <stddef.h>

/* words of a line */
#define COLUMNS_MAX 10

/* Zeroed is one without lines. */
struct columns {
	char *(*lines)[COLUMNS_MAX]; /* owned, with the words */
	size_t count, cap;
};

/* One line; words that are left out, or NULL, stay empty. */
void columns_add(struct columns *, const char *const words[COLUMNS_MAX]);

/* All of them, as messages that are always printed: the first word of a line to
 * the left, and so the last of COLUMNS_MAX, the others to the right. */
void columns_print(const struct columns *);
void columns_free(struct columns *);

#endif
