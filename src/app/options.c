/* SPDX-License-Identifier: ISC */
/* options.c - what the command line said */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "backoff.h"
#include "help.h"
#include "log.h"
#include "option_table.h"
#include "options.h"
#include "options_hints.h"
#include "options_proxy.h"
#include "options_relay.h"
#include "options_words.h"
#include "status.h"
#include "value.h"
#include "xalloc.h"

/* getopt's value for row i, out of the way of the letters */
#define ROW_VALUE 256
/* bytes of input in a datagram; as in nc */
#define MTU_DEFAULT 16384
/* ms; CONTRACT: what a silent stdin gets after the peer's end */
#define LINGER_DEFAULT_MS 1000

/* ms; CONTRACT: how long one client may hold up the others */
#define STALL_DEFAULT_MS 5000

/* connections in the making during a scan */
#define PARALLEL_DEFAULT 512

struct parser {
	struct options *options;
	bool *given;       /* by row */
	const char **last; /* by row: its last argument, or NULL */
	char *letters;
	struct option *longs;
};

static void *
field(const struct parser *p, const struct option_row *row)
{
	return (char *)p->options + row->offset;
}

static int
set_number(
    const struct parser *p, const struct option_row *row, const char *text)
{
	bool size = row->kind == KIND_SIZE;
	char label[OPTION_LABEL], expected[128];
	int64_t value;

	int result = size ? value_size(text, row->min, row->max, &value) :
			    value_number(text, row->min, row->max, &value);

	if (result == 0) {
		*(int *)field(p, row) = (int)value;
		return OPTIONS_GO_ON;
	}
	snprintf(expected, sizeof(expected), "a %s from %lld to %lld%s",
	    size ? "size" : "number", (long long)row->min, (long long)row->max,
	    size ? ", such as 4096, 64k or 1m" : "");
	return options_wrong_value(option_label(row, label), text, expected);
}

static int
set_time(const struct parser *p, const struct option_row *row, const char *text)
{
	int64_t least = row->min < 0 ? -row->max : row->min;
	char label[OPTION_LABEL], expected[128];

	if (value_time(text, least, row->max, field(p, row)) == 0)
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
set_times(
    const struct parser *p, const struct option_row *row, const char *text)
{
	char label[OPTION_LABEL];
	int64_t value = RETRY_FOREVER;

	if (strcmp(text, "forever") != 0 &&
	    value_number(text, row->min, row->max, &value) == -1)
		return options_wrong_value(option_label(row, label), text,
		    "a number from 0 to 2147483647 or \"forever\"");
	*(int *)field(p, row) = (int)value;
	return OPTIONS_GO_ON;
}

static int
set_choice(
    const struct parser *p, const struct option_row *row, const char *text)
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
	*(int *)field(p, row) = choice;
	return OPTIONS_GO_ON;
}

static int
set_tos(const struct parser *p, const struct option_row *row, const char *text)
{
	char label[OPTION_LABEL];

	if (value_tos(text, field(p, row)) == 0)
		return OPTIONS_GO_ON;
	return options_wrong_value(option_label(row, label), text,
	    "a keyword such as ef or af11, a number from 0 to 255, or 0x and "
	    "two digits");
}

static int
set_field(
    const struct parser *p, const struct option_row *row, const char *text)
{
	switch (row->kind) {
	case KIND_FLAG:
		*(bool *)field(p, row) = true;
		return OPTIONS_GO_ON;
	case KIND_COUNT:
		++*(int *)field(p, row);
		return OPTIONS_GO_ON;
	case KIND_SET:
		*(int *)field(p, row) = (int)row->min;
		return OPTIONS_GO_ON;
	case KIND_TEXT:
	case KIND_PATH:
	case KIND_PORT:
		*(const char **)field(p, row) = text;
		return OPTIONS_GO_ON;
	case KIND_NUMBER:
	case KIND_SIZE:
		return set_number(p, row, text);
	case KIND_TIMES:
		return set_times(p, row, text);
	case KIND_CHOICE:
		return set_choice(p, row, text);
	case KIND_TOS:
		return set_tos(p, row, text);
	case KIND_TIME:
		return set_time(p, row, text);
	case KIND_SHOW:
		return help_show((enum show)row->min);
	}
	return OPTIONS_GO_ON;
}

static void
parser_init(struct parser *p, struct options *options)
{
	size_t n = 0;
	char *letter;

	p->options = options;
	p->given = xcalloc(option_row_count, sizeof(p->given[0]));
	p->last = xcalloc(option_row_count, sizeof(p->last[0]));
	p->longs = xcalloc(option_row_count + 1, sizeof(p->longs[0]));
	p->letters = letter = xcalloc(option_row_count * 2 + 2, 1);
	*letter++ = ':'; /* a missing argument is told from an unknown option */
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i], *real;

		if (row->name == NULL)
			continue;
		real = option_find(row->name);
		p->longs[n++] = (struct option){
			.name = row->name,
			.has_arg = real->argument != NULL,
			.val = ROW_VALUE + (int)(real - option_rows),
		};
		if (row->letter == 0)
			continue;
		*letter++ = (char)row->letter;
		if (row->argument != NULL)
			*letter++ = ':';
	}
}

static void
parser_free(struct parser *p)
{
	free(p->given);
	free(p->last);
	free(p->longs);
	free(p->letters);
}

static const struct option_row *
row_of(int value)
{
	size_t i = 0;

	if (value >= ROW_VALUE)
		return &option_rows[value - ROW_VALUE];
	while (i < option_row_count && option_rows[i].letter != value)
		i++;
	return &option_rows[i];
}

static size_t
count_matches(const char *name, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < option_row_count; i++) {
		if (option_rows[i].name != NULL &&
		    strncmp(option_rows[i].name, name, len) == 0)
			count++;
	}
	return count;
}

/* What getopt(3) says of a wrong word, in its words: scripts look for them. */
static int
getopt_error(int result, const char *word)
{
	bool letter = optopt != 0 && optopt < ROW_VALUE;
	size_t len = strncmp(word, "--", 2) == 0 ? strcspn(word + 2, "=") : 0;

	if (result == ':' && letter)
		log_error("option requires an argument -- '%c'", optopt);
	else if (result == ':')
		log_error("option '%s' requires an argument", word);
	else if (letter)
		log_error("invalid option -- '%c'", optopt);
	else if (optopt != 0)
		log_error("option '%.*s' doesn't allow an argument",
		    (int)len + 2, word);
	else if (count_matches(word + 2, len) > 1)
		log_error("option '%s' is ambiguous", word);
	else
		log_error("unrecognized option '%s'", word);
	return STATUS_USAGE;
}

static int
parse_options(const struct parser *p, int argc, char **argv)
{
	int value, result;

	opterr = 0;
	while ((value = getopt_long(argc, argv, p->letters, p->longs, NULL)) !=
	    -1) {
		const struct option_row *row;

		if (value == '?' || value == ':')
			return getopt_error(value, argv[optind - 1]);
		row = row_of(value);
		p->given[row - option_rows] = true;
		p->last[row - option_rows] = optarg;
		result = set_field(p, row, optarg);
		if (result != OPTIONS_GO_ON)
			return result;
	}
	return OPTIONS_GO_ON;
}

static bool
is_given(const struct parser *p, const char *name)
{
	return p->given[option_find(name) - option_rows];
}

static void
apply_implied(const struct parser *p)
{
	for (size_t i = 0; i < option_implied_count; i++) {
		const struct option_row *other =
		    option_find(option_implied[i].other);

		if (!is_given(p, option_implied[i].one))
			continue;
		p->given[other - option_rows] = true;
		set_field(p, other, NULL);
	}
}

static int
check_pairs(const struct parser *p)
{
	char one[OPTION_LABEL], other[OPTION_LABEL];

	for (size_t i = 0; i < option_conflict_count; i++) {
		const struct option_conflict *c = &option_conflicts[i];

		if (!is_given(p, c->one) || !is_given(p, c->other))
			continue;
		if (c->words != NULL)
			log_error("%s", c->words);
		else
			log_error("cannot use %s and %s",
			    option_label(option_find(c->one), one),
			    option_label(option_find(c->other), other));
		return STATUS_USAGE;
	}
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (!p->given[i] || row->needs == NULL ||
		    is_given(p, row->needs))
			continue;
		log_error("must use %s with %s",
		    option_label(option_find(row->needs), other),
		    option_label(row, one));
		return STATUS_USAGE;
	}
	return OPTIONS_GO_ON;
}

/* What nc has and Linux has not. */
static int
check_system(const struct options *o)
{
	if (o->rtable != -1)
		log_error("no alternate routing table support available");
	if (o->dccp)
		log_error("-Z: DCCP is not in this system");
	return o->rtable != -1 || o->dccp ? STATUS_USAGE : OPTIONS_GO_ON;
}

int
options_parse(struct options *o, int argc, char **argv)
{
	struct parser p;
	int result;

	*o = (struct options){
		.family = AF_UNSPEC,
		.source_port = SOCKOPT_UNSET,
		.mtu = MTU_DEFAULT,
		.quit_after_ms = TIME_UNSET,
		.wait_ms = TIME_UNSET,
		.connect_timeout_ms = TIME_UNSET,
		.idle_timeout_ms = TIME_UNSET,
		.linger_ms = LINGER_DEFAULT_MS,
		.stall_timeout_ms = STALL_DEFAULT_MS,
		.ready_fd = -1,
		.drain_ms = TIME_UNSET,
		.rtable = -1,
		.retry_delay_ms = BACKOFF_FIRST_MS,
		.parallel = PARALLEL_DEFAULT,
		.proxy_type = PROXY_SOCKS5,
		.proxy_dns = PROXY_DNS_DEFAULT,
		.sockopts = SOCKOPTS_DEFAULT,
	};
	parser_init(&p, o);
	result = parse_options(&p, argc, argv);
	apply_implied(&p);
	if (result == OPTIONS_GO_ON)
		result = check_pairs(&p);
	if (result == OPTIONS_GO_ON)
		result = check_system(o);
	if (result == OPTIONS_GO_ON)
		result = options_parse_proxy(o);
	if (result == OPTIONS_GO_ON)
		result = options_parse_relay(o);
	if (result == OPTIONS_GO_ON)
		result = options_parse_words(o, argv + optind);
	for (size_t i = 0; i < option_row_count && o->verbose > 0; i++) {
		if (p.last[i] != NULL)
			options_hint(option_rows[i].letter, p.last[i]);
	}
	parser_free(&p);
	return result;
}

void
options_free(struct options *o)
{
	ports_free(&o->ports);
	free(o->relay_text);
	free(o->proxy_text);
	if (o->proxy_user != NULL && o->proxy_pass != NULL)
		explicit_bzero(
		    (char *)(uintptr_t)o->proxy_pass, strlen(o->proxy_pass));
	free(o->proxy_user);
}

int
options_socktype(const struct options *o)
{
	if (o->seqpacket)
		return SOCK_SEQPACKET;
	return o->udp ? SOCK_DGRAM : SOCK_STREAM;
}

const char *
options_protocol(const struct options *o)
{
	return o->udp ? "udp" : "tcp";
}

bool
options_messages(const struct options *o)
{
	return o->udp || o->seqpacket;
}
