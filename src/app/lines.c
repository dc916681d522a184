/* SPDX-License-Identifier: ISC */
/* lines.c - messages that are held back until it is known who may see them */
#include <stdlib.h>

#include "lines.h"
#include "log.h"
#include "xalloc.h"

void
lines_add(struct lines *l, enum line_kind kind, const char *text)
{
	if (l->count == l->cap) {
		l->cap = l->cap == 0 ? 4 : l->cap * 2;
		l->list = xreallocarray(l->list, l->cap, sizeof(l->list[0]));
	}
	l->list[l->count++] =
	    (struct line){ .kind = kind, .text = xstrdup(text) };
}

void
line_print(enum line_kind kind, const char *text)
{
	if (kind == LINE_NOTE)
		log_verbose("%s", text);
	else
		log_error("%s", text);
}

void
lines_print(struct lines *l, enum line_kind least)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->list[i].kind >= least)
			line_print(l->list[i].kind, l->list[i].text);
	}
	lines_free(l);
}

void
lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->list[i].text);
	free(l->list);
	*l = (struct lines){ 0 };
}
