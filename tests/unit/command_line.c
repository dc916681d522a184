/* SPDX-License-Identifier: ISC */
/* command_line.c - lines as a user types them, and what is said of them */
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "command_line.h"

#define WORDS_MAX 32

int
line_parse(struct options *o, const char *line)
{
	static char copy[512];
	char *argv[WORDS_MAX] = { copy }, *rest;
	int argc = 1;

	snprintf(copy, sizeof(copy), "ncx %s", line);
	rest = copy;
	strsep(&rest, " ");
	while (rest != NULL && *rest != '\0')
		argv[argc++] = strsep(&rest, " ");
	optind = 0; /* start anew */
	return options_parse(o, argc, argv);
}

struct options
line_parsed(const char *line)
{
	struct options o;
	int result = line_parse(&o, line);

	ck_assert_msg(result == OPTIONS_GO_ON, "\"%s\" gives %d", line, result);
	return o;
}

int
line_complaint(const char *line, char *text, size_t size)
{
	struct options o;
	struct capture c;
	int result;

	capture_start(&c, STDERR_FILENO);
	result = line_parse(&o, line);
	capture_end(&c, text, size);
	options_free(&o);
	return result;
}

void
check_complaint(const char *line, const char *words)
{
	char text[1024];
	int result = line_complaint(line, text, sizeof(text));

	ck_assert_msg(
	    result == STATUS_USAGE, "\"%s\" gives %d: %s", line, result, text);
	ck_assert_msg(
	    strncmp(text, "ncx: ", 5) == 0, "\"%s\" says %s", line, text);
	ck_assert_msg(strchr(text, '\n') == text + strlen(text) - 1,
	    "\"%s\" says %s", line, text);
	ck_assert_msg(
	    strstr(text, words) != NULL, "\"%s\" says %s", line, text);
}

void
check_words(const char *line, const char *words)
{
	char text[1024];

	ck_assert_int_eq(
	    line_complaint(line, text, sizeof(text)), STATUS_USAGE);
	ck_assert_str_eq(text, words);
}
