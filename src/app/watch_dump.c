/* SPDX-License-Identifier: ISC */
/* watch_dump.c - --hex-dump: both directions in hex */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "hexdump.h"
#include "printable.h"
#include "watch_sink.h"
#include "watchers.h"
#include "xalloc.h"

/* bytes; a host as it is shown, spaces and all */
#define SHOWN_HOST (ADDRESS_TEXT * 4)
#define NAME_LEN   (SHOWN_HOST + 64)

struct dump {
	struct hexdump text;
	bool many; /* sessions: each piece says of which it is */
};

/* https://no-color.org */
static bool
wants_colour(const struct sink *sink)
{
	const char *never = getenv("NO_COLOR"), *term = getenv("TERM");

	return sink_is_terminal(sink) && (never == NULL || never[0] == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
}

static void *
open_dump(struct watch *w, enum status *status)
{
	const struct options *o = w->options;
	struct sink *sink;
	struct dump *dump;

	if (o->hex_dump == NULL)
		return NULL;
	sink = watch_sink_open(o->hex_dump, watch_sink_mode(o), status);
	if (sink == NULL)
		return NULL;
	dump = xcalloc(1, sizeof(*dump));
	hexdump_init(&dump->text, sink, (enum hexdump_times)o->timestamps);
	dump->text.colour = wants_colour(sink);
	dump->many = o->keep_open;
	return dump;
}

static size_t
show_one(char shown[static PRINTABLE_MAX], const char *text)
{
	if (*text != ' ')
		return printable_next(shown, text, strlen(text));
	strlcpy(shown, "\\040", PRINTABLE_MAX);
	return 1;
}

/* One word, which is not a number: text2pcap(1) reads it. */
static void
name_session(const struct session *s, char name[NAME_LEN])
{
	const struct address_text *peer = &s->peer;
	bool colons = strchr(peer->host, ':') != NULL;
	char host[SHOWN_HOST], *word = host;

	for (const char *c = peer->host; *c != '\0'; word += strlen(word))
		c += show_one(word, c);
	*word = '\0';
	if (peer->port[0] == '\0')
		snprintf(name, NAME_LEN, "#%u unix:%s", s->number, host);
	else
		snprintf(name, NAME_LEN, "#%u %s%s%s:%s", s->number,
		    colons ? "[" : "", host, colons ? "]" : "", peer->port);
}

/* Who it is with, and what its relative times begin at. */
static void
note_session(struct dump *dump, const struct session *s)
{
	char peer[SESSION_PEER], shown[SESSION_PEER * 4], when[HEXDUMP_TIME];
	char text[sizeof(shown) + 128];

	session_peer(s->options, &s->peer, peer);
	printable_text(shown, sizeof(shown), peer, strlen(peer));
	hexdump_wall(when, clock_wall_ns(s->timeline.up_ns));
	snprintf(text, sizeof(text), "session %u %s %s, at %s", s->number,
	    s->accepted ? "from" : "to", shown, when);
	hexdump_note(&dump->text, text);
}

static void
begin_session(void *state, struct session *s)
{
	struct dump *dump = state;
	char name[NAME_LEN] = "";

	note_session(dump, s);
	if (dump->many)
		name_session(s, name);
	for (int i = 0; i < 2; i++)
		taps_add(&s->relay->flow[i].taps,
		    hexdump_tap(&dump->text, name, s->timeline.up_ns));
}

static enum status
close_dump(void *state)
{
	struct dump *dump = state;
	enum status status = watch_sink_close(dump->text.sink);

	hexdump_free(&dump->text);
	free(dump);
	return status;
}

const struct watcher_ops watch_dump = {
	.name = "dump",
	.open = open_dump,
	.begin = begin_session,
	.close = close_dump,
};
