/* SPDX-License-Identifier: ISC */
/* dialogue.c - what is said and heard before bytes may flow, without I/O */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
