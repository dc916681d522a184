/* SPDX-License-Identifier: ISC */
/* option_field.c - what an option puts into its field */
#include <stdio.h>
#include <string.h>

#include "help.h"
#include "option_field.h"
#include "options_words.h"
#include "value.h"
#include "xalloc.h"

static int
set_number(void *field, const struct option_row *row, const char *text)
{
	bool size = row->kind == KIND_SIZE;
	char label[OPTION_LABEL], expected[128];
	int64_t value;

	int result = size ? value_size(text, row->min, row->max, &value) :
			    value_number(text, row->min, row->max, &value);

	if (result == 0) {
		*(int *)field = (int)value;
		return OPTIONS_GO_ON;
	}
	snprintf(expected, sizeof(expected), "a %s from %lld to %lld%s",
	    size ? "size" : "number", (long long)row->min, (long long)row->max,
	    size ? ", such as 4096, 64k or 1m" : "");
	return options_wrong_value(option_label(row, label), text, expected);
}

static int
set_bytes(void *field, const struct option_row *row, const char *text)
{
	char label[OPTION_LABEL];

	if (value_size(text, row->min, row->max, field) == 0)
		return OPTIONS_GO_ON;
	return options_wrong_value(option_label(row, label), text,
	    "a size of at least 1 byte, such as 4096, 64k or 1m");
}

static int
set_time(void *field, const struct option_row *row, const char *text)
{
	int64_t least = row->min < 0 ? -row->max : row->min;
	char label[OPTION_LABEL], expected[128];

	if (value_time(text, least, row->max, field) == 0)
		return OPTIONS_GO_ON;
	snprintf(expected, sizeof(expected),
	    "a time from %s to %llds, such as 5, 0.5, 500ms or 2m",
	    row->min < 0     ? "0 (negative: never)" :
		row->min > 0 ? "1ms" :
			       "0",
	    (long long)row->max / 1000);
	return options_wrong_value(option_label(row, label), text, expected);
}

static int
set_times(void *field, const struct option_row *row, const char *text)
{
	char label[OPTION_LABEL];
	int64_t value = RETRY_FOREVER;

	if (strcmp(text, "forever") != 0 &&
	    value_number(text, row->min, row->max, &value) == -1)
		return options_wrong_value(option_label(row, label), text,
		    "a number from 0 to 2147483647 or \"forever\"");
	*(int *)field = (int)value;
	return OPTIONS_GO_ON;
}

static int
set_choice(void *field, const struct option_row *row, const char *text)
{
	int choice = value_choice(text, row->choices);
	char label[OPTION_LABEL], expected[128];

	if (choice == -1) {
		snprintf(expected, sizeof(expected), "one of %s", row->choices);
		for (char *c = expected + strlen("one of "); *c != '\0'; c++) {
			if (*c == '=' || *c == '|')
				*c = ' ';
		}
		return options_wrong_value(
		    option_label(row, label), text, expected);
	}
	*(int *)field = choice;
	return OPTIONS_GO_ON;
}

static int
set_tos(void *field, const struct option_row *row, const char *text)
{
	char label[OPTION_LABEL];

	if (value_tos(text, field) == 0)
		return OPTIONS_GO_ON;
	return options_wrong_value(option_label(row, label), text,
	    "a keyword such as ef or af11, a number from 0 to 255, or 0x and "
	    "two digits");
}

static int
set_optional(void *field, const struct option_row *row, const char *text)
{
	const char *expected = row->kind == KIND_OPTIONAL_PATH ?
	    "the path of a file" :
	    "a text behind the =, or no =";
	char label[OPTION_LABEL];

	if (text != NULL && text[0] == '\0')
		return options_wrong_value(
		    option_label(row, label), text, expected);
	*(const char **)field = text == NULL ? "" : text;
	return OPTIONS_GO_ON;
}

static void
add_text(struct texts *texts, const char *text)
{
	texts->list = xreallocarray(
	    texts->list, texts->count + 1, sizeof(texts->list[0]));
	texts->list[texts->count++] = text;
}

int
option_set(struct options *o, const struct option_row *row, const char *text)
{
	void *field = (char *)o + row->offset;

	switch (row->kind) {
	case KIND_FLAG:
		*(bool *)field = true;
		return OPTIONS_GO_ON;
	case KIND_COUNT:
		++*(int *)field;
		return OPTIONS_GO_ON;
	case KIND_SET:
		*(int *)field = (int)row->min;
		return OPTIONS_GO_ON;
	case KIND_TEXT:
	case KIND_PATH:
	case KIND_PORT:
		*(const char **)field = text;
		return OPTIONS_GO_ON;
	case KIND_LIST:
	case KIND_FILES:
		add_text(field, text);
		return OPTIONS_GO_ON;
	case KIND_OPTIONAL_TEXT:
	case KIND_OPTIONAL_PATH:
		return set_optional(field, row, text);
	case KIND_NUMBER:
	case KIND_SIZE:
		return set_number(field, row, text);
	case KIND_BYTES:
		return set_bytes(field, row, text);
	case KIND_TIMES:
		return set_times(field, row, text);
	case KIND_CHOICE:
		return set_choice(field, row, text);
	case KIND_TOS:
		return set_tos(field, row, text);
	case KIND_TIME:
		return set_time(field, row, text);
	case KIND_SHOW:
		return help_show((enum show)row->min);
	}
	return OPTIONS_GO_ON;
}
