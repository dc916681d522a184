/* SPDX-License-Identifier: ISC */
/* dial_tls.c - TLS with whom a dial has connected to */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "dial_report.h"
#include "dial_tls.h"
#include "dialogue_client.h"
#include "log.h"
#include "session.h"
#include "starttls.h"
#include "tls_report.h"
#include "tls_session.h"

/* ms; for a server to say that it will speak TLS */
#define STARTTLS_LIMIT_MS 60000

/* Whose certificate there is on a Unix socket, where no name was typed. */
#define LOCAL_NAME "localhost"

static const char *
name_of_host(const struct options *o)
{
	if (o->tls_name != NULL)
		return o->tls_name;
	return o->family == AF_UNIX ? LOCAL_NAME : o->host;
}

/* Pins and what is known vouch for any name, but for one that was asked for. */
static const char *
expected_name(const struct options *o)
{
	bool vouched = o->tls_pins.count > 0 || o->tls_tofu;

	if (o->tls_insecure || (vouched && o->tls_name == NULL))
		return NULL;
	return name_of_host(o);
}

/* Drops them. */
static void
say_lines(struct dial *d, struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		dial_say(d, lines->list[i].kind, "%s", lines->list[i].text);
	lines_free(lines);
}

static void
refused(const struct tls_certificate *certificate, void *arg)
{
	struct lines lines = { 0 };

	tls_report_certificate(&lines, certificate);
	say_lines(arg, &lines);
}

static void
failed(const char *why, int error_code, void *arg)
{
	struct dial *d = arg;
	struct address_text peer;
	char where[SESSION_PEER];

	dial_peer(d, &peer);
	d->status = d->unwritten[0] != '\0' ? STATUS_LOCAL : STATUS_TLS;
	d->reason = error_code;
	dial_say(d, LINE_ATTEMPT, "TLS handshake with %s failed: %s",
	    session_peer(d->options, &peer, where), why);
}

/* Before TLS: what it says is no fault of TLS, but there is none without. */
static struct dialogue *
begin_starttls(void *arg)
{
	const struct dial *d = arg;

	log_step(d->about, "asking the server for TLS (STARTTLS)");
	return starttls_dialogue(
	    (enum starttls_protocol)d->options->starttls, NULL);
}

static const char *
known_as(void *arg)
{
	struct dial *d = arg;
	const struct options *o = d->options;
	bool v6 = o->host != NULL && strchr(o->host, ':') != NULL;
	struct address_text peer;

	dial_peer(d, &peer);
	if (o->family == AF_UNIX)
		snprintf(d->known_as, sizeof(d->known_as), "%s", o->host);
	else
		snprintf(d->known_as, sizeof(d->known_as), "%s%s%s:%s",
		    v6 ? "[" : "", o->host, v6 ? "]" : "", peer.port);
	return d->known_as;
}

/* Whoever it was the first time, it has to be the next.  NULL, or why it cannot
 * be: somebody else has met another meanwhile, or nothing can be kept, and then
 * the next time would be the first again. */
static const char *
remember(struct dial *d)
{
	struct known_peers *known = d->tls->known;
	const char *path = known_peers_path(known);
	const char *pin = d->tls_facts.peer.pin;

	d->unwritten[0] = '\0';
	if (known_peers_add(known, d->known_as, pin) == 0) {
		dial_say(d, LINE_ERROR, "%s is new, %s added to %s",
		    d->known_as, pin, path);
		return NULL;
	}
	if (errno == EEXIST)
		return "another certificate has just been trusted";
	snprintf(d->unwritten, sizeof(d->unwritten),
	    "write to %.900s failed: %s", path, strerror(errno));
	return d->unwritten;
}

static const char *
agreed(const struct tls_facts *facts, void *arg)
{
	struct dial *d = arg;

	d->tls_facts = *facts;
	return facts->known_first ? remember(d) : NULL;
}

void
dial_add_tls(struct dial *d, struct channel *ch)
{
	const struct options *o = d->options;
	struct dialogue_request first = { .name = "starttls",
		.peer = "the server",
		.limit_ms = STARTTLS_LIMIT_MS,
		.begin = begin_starttls,
		.failed = failed,
		.arg = d };
	struct tls_request request = { .context = d->tls->context,
		.sni = name_of_host(o),
		.name = expected_name(o),
		.known_as = d->tls->known == NULL ? NULL : known_as,
		.done = agreed,
		.failed = failed,
		.refused = refused,
		.arg = d };

	if (o->starttls != STARTTLS_NONE)
		channel_add_handshake(ch, dialogue_handshake(&first));
	channel_add_handshake(ch, tls_handshake_new(&request));
}

void
dial_announce_tls(struct dial *d)
{
	struct lines lines = { 0 };

	tls_report(&lines, &d->tls_facts, &d->peer, d->options->tls_insecure);
	say_lines(d, &lines);
}
