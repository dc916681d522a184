/* SPDX-License-Identifier: ISC */
/* dial_report.c - what a dial has to say, and what it learns from it */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "descriptors.h"
#include "dial_report.h"
#include "log.h"
#include "report.h"
#include "session.h"

/* bytes; a message of any length that is sensible */
#define LINE_SIZE (2 * ADDRESS_TEXT + 512)

/* A scan is silent without -v, and there may be many. */
static bool
is_hidden(const struct dial *d, enum line_kind kind)
{
	return d->options->scan && kind < LINE_ERROR && log_level() == 0;
}

/* Printed, or held back until it is known who may see it. */
static void
say(struct dial *d, enum line_kind kind, const char *event,
    struct json *members, const char *text)
{
	struct lines now = { 0 };

	if (d->hold || d->options->retry != 0) {
		lines_add_event(&d->lines, kind, event, members, text);
		return;
	}
	lines_add_event(&now, kind, event, members, text);
	lines_print(&now, LINE_NOTE);
}

void
dial_say(struct dial *d, enum line_kind kind, const char *fmt, ...)
{
	struct json none = { 0 };
	char text[LINE_SIZE];
	va_list ap;

	if (is_hidden(d, kind))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (kind > LINE_NOTE && d->session != NULL)
		session_note_failure(d->session, text);
	say(d, kind, NULL, &none, text);
}

void
dial_looked_up(const struct endpoint *ep, int code, void *arg)
{
	struct dial *d = arg;
	const char *why = code == 0 ? NULL : endpoint_strerror(code);

	if (code == 0)
		return;
	d->reason = code == EAI_SYSTEM ? errno : 0;
	d->status = ep->family == AF_UNIX ? STATUS_CONNECT : STATUS_LOOKUP;
	if (ep->family == AF_UNIX)
		dial_say(d, LINE_ERROR, "connect to %s (unix) failed: %s",
		    ep->host, why);
	else
		dial_say(d, LINE_ERROR, "lookup of \"%s\" failed: %s", ep->host,
		    why);
}

/* "HOST (IP)" and the port: the name as it was typed, and what it meant. */
static void
describe(struct dial *d, const char *typed, const struct address *a)
{
	struct address_text *peer = &d->peer;
	char host[ADDRESS_TEXT];

	address_format(a, true, peer);
	d->peer_port = address_port(a);
	strlcpy(host, peer->host, sizeof(host));
	if (strcmp(typed, host) == 0 || a->addr.ss_family == AF_UNIX)
		strlcpy(peer->host, typed, sizeof(peer->host));
	else
		snprintf(peer->host, sizeof(peer->host), "%.700s (%.300s)",
		    typed, host);
}

static void
attempt_failed(
    struct dial *d, const struct address *a, const char *what, int error)
{
	bool proxied = d->options->proxy != NULL;
	bool binding = strcmp(what, "bind") == 0;
	const char *why = strerror(error);
	struct address_text source;
	char where[SESSION_PEER];

	if (binding)
		address_format(a, true, &source);
	session_peer(d->options, binding ? &source : &d->peer, where);
	if (proxied && strcmp(what, "connect") == 0)
		dial_say(d, LINE_ERROR,
		    "%s to proxy %s for %s port %d failed: %s", what, where,
		    d->options->host, d->ports[d->port], why);
	else
		dial_say(d, proxied ? LINE_ERROR : LINE_ATTEMPT,
		    "%s %s %s failed: %s", what,
		    strncmp(what, "set", 3) == 0 ? "for" : "to", where, why);
}

void
dial_attempted(const struct connect_attempt *attempt, void *arg)
{
	struct dial *d = arg;
	const struct options *o = d->options;
	const char *what = attempt->what;
	bool proxied = o->proxy != NULL, binding = strcmp(what, "bind") == 0;
	const struct address *a = binding ? attempt->source : attempt->to;
	int error = attempt->error;

	if (d->session != NULL)
		session_note_attempt(d->session, attempt);
	if (error == ECANCELED)
		return;
	d->reason = proxied && !no_descriptor(error) ? 0 : error;
	d->status = STATUS_CONNECT;
	if (error == ECONNRESET) /* so it had said yes before */
		d->status = proxied ? STATUS_PROXY : STATUS_BROKEN;
	if (!proxied && !o->tls && is_hidden(d, LINE_ATTEMPT))
		return; /* nobody will ask who it was */
	if (!binding)
		describe(d, proxied ? o->proxy_host : o->host, a);
	if (error != 0)
		attempt_failed(d, a, what, error);
}

void
dial_not_answered(int error, void *arg)
{
	struct dial *d = arg;
	char where[SESSION_PEER];

	d->reason = error;
	d->status = STATUS_CONNECT;
	dial_say(d, LINE_ATTEMPT, "connect to %s failed: %s",
	    session_peer(d->options, &d->peer, where), strerror(error));
}

void
dial_peer(const struct dial *d, struct address_text *peer)
{
	const struct options *o = d->options;

	*peer = d->peer;
	if (o->proxy == NULL)
		return;
	strlcpy(peer->host, o->host, sizeof(peer->host));
	snprintf(peer->port, sizeof(peer->port), "%d", d->ports[d->port]);
}

/* nc's sentences.  Of a path there is none, but datagrams want an address of
 * ours for the answers. */
void
dial_announce(struct dial *d, const struct channel *ch)
{
	const struct options *o = d->options;
	const char *protocol = options_protocol(o), *event = "connected";
	int port = o->proxy == NULL ? d->peer_port : d->ports[d->port];
	struct json members = { 0 };
	char text[LINE_SIZE] = "";
	struct address own;
	struct address_text name;

	if (o->family != AF_UNIX)
		snprintf(text, sizeof(text),
		    "Connection to %s %s port [%s/%s] succeeded!", d->peer.host,
		    d->peer.port, protocol,
		    o->nodns ? "*" : port_service(port, protocol));
	else if (o->udp && address_of_socket(ch->rfd, &own) == 0) {
		event = "bound";
		address_format(&own, true, &name);
		snprintf(text, sizeof(text), "Bound on %s", name.host);
	}
	if (text[0] == '\0' || is_hidden(d, LINE_NOTE))
		return;
	if (log_is_json() && d->session != NULL)
		report_ends_json(&members, d->session, ch);
	say(d, LINE_NOTE, event, &members, text);
}
