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
lines_add_event(struct lines *l, enum line_kind kind, const char *event,
    struct json *members, const char *text)
{
	struct line *line;

	lines_add(l, kind, text);
	line = &l->list[l->count - 1];
	line->event = event;
	line->members = *members;
	*members = (struct json){ 0 };
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
		const struct line *line = &l->list[i];

		if (line->kind >= least && line->event != NULL)
			log_event(
			    line->kind == LINE_NOTE ? LOG_NOTE : LOG_ERROR,
			    line->event, &line->members, "%s", line->text);
		else if (line->kind >= least)
			line_print(line->kind, line->text);
	}
	lines_free(l);
}

void
lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->list[i].text);
		json_free(&l->list[i].members);
	}
	free(l->list);
	*l = (struct lines){ 0 };
}
