/* SPDX-License-Identifier: ISC */
/* dialogue.c - what is said and heard before bytes may flow, without I/O */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <vis.h>

#include "dialogue.h"

enum dialogue_result
dialogue_fail(struct dialogue *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->error, sizeof(d->error), fmt, ap);
	va_end(ap);
	return DIALOGUE_FAILED;
}

/* A byte takes up to four characters in vis(3)'s words. */
const char *
dialogue_quote(char *text, size_t size, const void *bytes, size_t n)
{
	char visible[DIALOGUE_ERROR_LEN * 4 + 1];

	assert(size <= DIALOGUE_ERROR_LEN);
	strvisx(visible, bytes, n < size ? n : size - 1,
	    VIS_NL | VIS_TAB | VIS_NOSLASH);
	strlcpy(text, visible, size);
	return text;
}

void
dialogue_free(struct dialogue *d)
{
	if (d == NULL)
		return;
	/* a password may have been said */
	if (d->out.data != NULL)
		explicit_bzero(d->out.data, d->out.cap);
	buffer_free(&d->out);
	d->ops->free(d);
}
