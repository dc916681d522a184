/* SPDX-License-Identifier: ISC */
/* options.c - what the command line said */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "backoff.h"
#include "log.h"
#include "option_field.h"
#include "option_table.h"
#include "options.h"
#include "options_argv.h"
#include "options_hints.h"
#include "options_limits.h"
#include "options_proxy.h"
#include "options_records.h"
#include "options_relay.h"
#include "options_report.h"
#include "options_tls.h"
#include "options_words.h"
#include "status.h"
#include "xalloc.h"

/* getopt's value for row i, out of the way of the letters */
#define ROW_VALUE 256
/* bytes of input in a datagram; as in nc */
#define MTU_DEFAULT 16384
/* ms; CONTRACT: what a silent stdin gets after the peer's end */
#define LINGER_DEFAULT_MS 1000

/* ms; CONTRACT: how long one client may hold up the others */
#define STALL_DEFAULT_MS 5000

/* ms; what a client may take for its TLS handshake */
#define HANDSHAKE_DEFAULT_MS 10000

/* connections in the making during a scan */
#define PARALLEL_DEFAULT 512

struct parser {
	struct options *options;
	bool *given;       /* by row */
	const char **last; /* by row: its last argument, or NULL */
	char *letters;
	struct option *longs;
	struct texts secrets; /* arguments that have a password */
};

static int
takes_argument(const struct option_row *row)
{
	if (option_is_optional(row))
		return optional_argument;
	return row->argument != NULL ? required_argument : no_argument;
}

static void
parser_init(struct parser *p, struct options *options)
{
	size_t n = 0;
	char *letter;

	*p = (struct parser){ .options = options };
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
			.has_arg = takes_argument(real),
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
	free(p->secrets.list);
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

/* Of each --proxy-auth, also of one that another has replaced. */
static void
note_secret(struct parser *p, const struct option_row *row, const char *text)
{
	struct texts *secrets = &p->secrets;

	if (row->name == NULL || strcmp(row->name, "proxy-auth") != 0)
		return;
	secrets->list = xreallocarray(
	    secrets->list, secrets->count + 1, sizeof(secrets->list[0]));
	secrets->list[secrets->count++] = text;
}

static int
parse_each(struct parser *p, int argc, char **argv)
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
		note_secret(p, row, optarg);
		result = option_set(p->options, row, optarg);
		if (result != OPTIONS_GO_ON)
			return result;
	}
	return OPTIONS_GO_ON;
}

/* getopt(3) changes the order of the words. */
static int
parse_options(struct parser *p, int argc, char **argv)
{
	char **typed = xcalloc((size_t)argc + 1, sizeof(typed[0]));
	int result;

	memcpy(typed, argv, (size_t)argc * sizeof(typed[0]));
	result = parse_each(p, argc, argv);
	p->options->command = options_argv_join(argc, typed, &p->secrets);
	free(typed);
	return result;
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
		const struct option_implied *implied = &option_implied[i];
		const struct option_row *other = option_find(implied->other);

		if (!is_given(p, implied->one) ||
		    (implied->unless != NULL && is_given(p, implied->unless)))
			continue;
		p->given[other - option_rows] = true;
		option_set(p->options, other, NULL);
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
check_system(struct options *o)
{
	if (o->rtable != -1)
		log_error("no alternate routing table support available");
	if (o->dccp)
		log_error("-Z: DCCP is not in this system");
	return o->rtable != -1 || o->dccp ? STATUS_USAGE : OPTIONS_GO_ON;
}

/* What a single row of the table cannot say. */
static int
parse_arguments(struct options *o)
{
	static int (*const parsers[])(struct options *) = {
		check_system,
		options_parse_proxy,
		options_parse_relay,
		options_parse_tls,
		options_parse_limits,
		options_parse_report,
		options_parse_records,
	};
	int result = OPTIONS_GO_ON;

	for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]) &&
	     result == OPTIONS_GO_ON;
	     i++)
		result = parsers[i](o);
	return result;
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
		.handshake_timeout_ms = HANDSHAKE_DEFAULT_MS,
		.ready_fd = -1,
		.drain_ms = TIME_UNSET,
		.rtable = -1,
		.retry_delay_ms = BACKOFF_FIRST_MS,
		.parallel = PARALLEL_DEFAULT,
		.starttls = STARTTLS_NONE,
		.hash = HASH_NONE,
		.max_time_ms = TIME_UNSET,
		.proxy_type = PROXY_SOCKS5,
		.proxy_dns = PROXY_DNS_DEFAULT,
		.sockopts = SOCKOPTS_DEFAULT,
	};
	parser_init(&p, o);
	result = parse_options(&p, argc, argv);
	log_set_json(o->log_form == LOG_FORM_JSON);
	apply_implied(&p);
	if (result == OPTIONS_GO_ON)
		result = check_pairs(&p);
	if (result == OPTIONS_GO_ON)
		result = parse_arguments(o);
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
	free(o->command);
	free(o->relay_text);
	free(o->until_text);
	free(o->allow.list);
	free(o->deny.list);
	free(o->allow_files.list);
	free(o->deny_files.list);
	free(o->tls_pins.list);
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
