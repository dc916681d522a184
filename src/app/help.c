/* SPDX-License-Identifier: ISC */
/* help.c - what ncx prints about itself, on stdout */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "help.h"
#include "log.h"
#include "option_table.h"
#include "version.h"

/* columns; where the help of an option begins */
#define HELP_COLUMN 30

static const char usage[] =
    "usage: ncx [options] host port     connect (-u: UDP)\n"
    "       ncx [options] -l [host] port  listen\n"
    "       ncx [options] -U path       connect to a Unix socket (-l: listen)\n"
    "       ncx [options] -z host port ...  report which ports are open\n"
    "\n"
    "stdin goes to the peer, what the peer says goes to stdout.\n"
    "Times take ms, s, m, h and fractions; sizes take k, m, g.\n";

static void
print_option(const struct option_row *row)
{
	char text[80], letter[8] = "   ", argument[OPTION_ARGUMENT];

	if (row->letter != 0)
		snprintf(letter, sizeof(letter), "-%c,", row->letter);
	snprintf(text, sizeof(text), "  %s --%s%s", letter, row->name,
	    option_argument(row, argument));
	printf("%-*s %s\n", HELP_COLUMN, text, row->help);
}

static void
print_alias(const struct option_row *row)
{
	char text[80], argument[OPTION_ARGUMENT];

	snprintf(text, sizeof(text), "      --%s%s", row->name,
	    option_argument(option_find(row->name), argument));
	printf("%-*s the same as --%s\n", HELP_COLUMN, text, row->alias_of);
}

static void
show_help(void)
{
	fputs(usage, stdout);
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (row->name == NULL)
			printf("\n%s:\n", row->help);
		else if (row->alias_of != NULL)
			print_alias(row);
		else
			print_option(row);
	}
}

/* The words that may be chosen, synonyms like the others. */
static void
list_choices(const struct option_row *row)
{
	putchar('\t');
	if (row->choices == NULL)
		putchar('-');
	for (const char *c = row->choices; c != NULL && *c != '\0'; c++)
		putchar(*c == '=' ? '|' : *c);
}

/* "file"; "[=file]" where it may be left out */
static const char *
list_argument(const struct option_row *row, char text[OPTION_ARGUMENT])
{
	option_argument(row, text);
	if (row->argument == NULL)
		return "-";
	return text[0] == ' ' ? text + 1 : text;
}

/* short, long, argument, kind, choices, help; "-" for what there is not */
static void
show_options(void)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *alias = &option_rows[i];
		const struct option_row *row;
		char argument[OPTION_ARGUMENT];

		if (alias->name == NULL)
			continue;
		row = option_find(alias->name);
		printf("%c\t%s\t%s\t%s",
		    alias->letter == 0 ? '-' : alias->letter, alias->name,
		    list_argument(row, argument), option_kind_name(row));
		list_choices(row);
		printf("\t%s\n", row->help);
	}
}

enum status
help_show(enum show what)
{
	if (what == SHOW_HELP)
		show_help();
	else if (what == SHOW_VERSION)
		printf("ncx %s\n", NCX_VERSION);
	else
		show_options();
	if (fflush(stdout) == 0 && !ferror(stdout))
		return STATUS_OK;
	if (errno != EPIPE)
		log_error("write to stdout failed: %s", strerror(errno));
	return STATUS_LOCAL;
}
