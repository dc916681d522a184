/* SPDX-License-Identifier: ISC */
/* option_table.c - options.def as a table */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "option_table.h"
#include "options.h"

#define FLAG           .kind = KIND_FLAG
#define COUNT          .kind = KIND_COUNT
#define SET(value)     .kind = KIND_SET, .min = (value)
#define NUMBER(lo, hi) .kind = KIND_NUMBER, .min = (lo), .max = (hi)
#define SIZE(lo, hi)   .kind = KIND_SIZE, .min = (lo), .max = (hi)
#define TIME(lo)       .kind = KIND_TIME, .min = (lo), .max = TIME_MAX * 1000LL
#define BYTES          .kind = KIND_BYTES, .min = 1, .max = INT64_MAX
#define TEXT           .kind = KIND_TEXT
#define PATH           .kind = KIND_PATH
#define LIST           .kind = KIND_LIST
#define FILES          .kind = KIND_FILES
#define OPTIONAL_PATH  .kind = KIND_OPTIONAL_PATH
#define OPTIONAL_TEXT  .kind = KIND_OPTIONAL_TEXT
#define PORT           .kind = KIND_PORT
#define TIMES          .kind = KIND_TIMES, .max = INT_MAX
#define CHOICE(words)  .kind = KIND_CHOICE, .choices = (words)
#define TOS            .kind = KIND_TOS
#define SHOW(what)     .kind = KIND_SHOW, .min = (what)

/* The rows, once with and once without the conflicts. */
#define GROUP(title) { .help = (title) },
#define OPT(short, long, arg, what, field, need, text)     \
	{ .letter = (short),                               \
		.name = (long),                            \
		.argument = (arg),                         \
		what,                                      \
		.offset = offsetof(struct options, field), \
		.needs = (need),                           \
		.help = (text) },
#define ALIAS(long, of) { .name = (long), .alias_of = (of) },
#define CONFLICT(one, other, words)
#define IMPLIES(one, other, but)

const struct option_row option_rows[] = {
#include "options.def"
};
const size_t option_row_count = sizeof(option_rows) / sizeof(option_rows[0]);

#undef GROUP
#undef OPT
#undef ALIAS
#undef CONFLICT
#define GROUP(title)
#define OPT(short, long, arg, what, field, need, text)
#define ALIAS(long, of)
#define CONFLICT(one, other, words) { one, other, words },

const struct option_conflict option_conflicts[] = {
#include "options.def"
};
const size_t option_conflict_count =
    sizeof(option_conflicts) / sizeof(option_conflicts[0]);

#undef CONFLICT
#undef IMPLIES
#define CONFLICT(one, other, words)
#define IMPLIES(one, other, but) { one, other, but },

const struct option_implied option_implied[] = {
#include "options.def"
};
const size_t option_implied_count =
    sizeof(option_implied) / sizeof(option_implied[0]);

const struct option_row *
option_find(const char *name)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (row->name == NULL || strcmp(row->name, name) != 0)
			continue;
		return row->alias_of == NULL ? row : option_find(row->alias_of);
	}
	return NULL;
}

bool
option_is_optional(const struct option_row *row)
{
	return row->kind == KIND_OPTIONAL_PATH ||
	    row->kind == KIND_OPTIONAL_TEXT;
}

const char *
option_label(const struct option_row *row, char text[OPTION_LABEL])
{
	if (row->letter != 0)
		snprintf(text, OPTION_LABEL, "-%c", row->letter);
	else
		snprintf(text, OPTION_LABEL, "--%s", row->name);
	return text;
}

const char *
option_argument(const struct option_row *row, char text[OPTION_ARGUMENT])
{
	text[0] = '\0';
	if (option_is_optional(row))
		snprintf(text, OPTION_ARGUMENT, "[=%s]", row->argument);
	else if (row->argument != NULL)
		snprintf(text, OPTION_ARGUMENT, " %s", row->argument);
	return text;
}

const char *
option_kind_name(const struct option_row *row)
{
	static const char *const names[] = {
		[KIND_FLAG] = "flag",
		[KIND_COUNT] = "flag",
		[KIND_SET] = "flag",
		[KIND_NUMBER] = "number",
		[KIND_SIZE] = "size",
		[KIND_BYTES] = "size",
		[KIND_TIME] = "time",
		[KIND_TEXT] = "text",
		[KIND_PATH] = "file",
		[KIND_LIST] = "text",
		[KIND_FILES] = "file",
		[KIND_OPTIONAL_PATH] = "file",
		[KIND_OPTIONAL_TEXT] = "text",
		[KIND_PORT] = "port",
		[KIND_TIMES] = "times",
		[KIND_CHOICE] = "choice",
		[KIND_TOS] = "tos",
		[KIND_SHOW] = "flag",
	};

	return names[row->kind];
}
