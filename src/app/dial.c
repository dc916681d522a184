/* SPDX-License-Identifier: ISC */
/* dial.c - from the options to an open channel */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "connect.h"
#include "descriptors.h"
#include "dial.h"
#include "dial_proxy.h"
#include "log.h"
#include "lookup.h"
#include "session.h"
#include "timer.h"
#include "udp_probe.h"

/* ms; as long as nc waits for an answer to a UDP probe without -w */
#define PROBE_LIMIT_MS 3000
/* bytes; a message of any length that is sensible */
#define LINE_SIZE (2 * ADDRESS_TEXT + 512)

/* A scan is silent without -v, and there may be many. */
static bool
is_hidden(const struct dial *d, enum line_kind kind)
{
	return d->options->scan && kind < LINE_ERROR && log_level() == 0;
}

void
dial_say(struct dial *d, enum line_kind kind, const char *fmt, ...)
{
	char text[LINE_SIZE];
	va_list ap;

	if (is_hidden(d, kind))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (d->hold || d->options->retry != 0)
		lines_add(&d->lines, kind, text);
	else
		line_print(kind, text);
}

static void
looked_up(const struct endpoint *ep, int code, void *arg)
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

static void
attempted(const struct address *a, const char *what, int error, void *arg)
{
	struct dial *d = arg;
	const struct options *o = d->options;
	bool proxied = o->proxy != NULL;

	d->reason = proxied && !no_descriptor(error) ? 0 : error;
	d->status = STATUS_CONNECT;
	if (error == ECONNRESET) /* so it had said yes before */
		d->status = proxied ? STATUS_PROXY : STATUS_BROKEN;
	if (!proxied && is_hidden(d, LINE_ATTEMPT))
		return;
	if (strcmp(what, "bind") != 0)
		describe(d, proxied ? o->proxy_host : o->host, a);
	if (error != 0)
		attempt_failed(d, a, what, error);
}

void
dial_look_up(struct dial *d, struct channel *ch, const struct endpoint *ep,
    struct address **found, const struct address *known)
{
	struct lookup_request request = {
		.endpoint = *ep, .found = found, .done = looked_up, .arg = d
	};

	address_free(*found);
	*found = NULL;
	if (known != NULL) {
		address_append_list(found, known, ADDRESS_SAME_PORT);
		return;
	}
	request.endpoint.socktype = options_socktype(d->options);
	request.endpoint.numeric = d->options->nodns;
	channel_add_handshake(ch, lookup_handshake(&request));
}

static void
look_up_source(struct dial *d, struct channel *ch)
{
	const struct options *o = d->options;
	struct endpoint ep = { .host = o->source,
		.port = o->source_port == SOCKOPT_UNSET ? 0 : o->source_port,
		.family = o->family,
		.passive = true };

	if (o->source != NULL || o->source_port != SOCKOPT_UNSET)
		dial_look_up(d, ch, &ep, &d->sources,
		    d->looked_up == NULL ? NULL : d->looked_up->sources);
}

/* A probe asks one address after the other: whose turn it is. */
static void
keep_one(struct dial *d)
{
	struct address *one = d->hop, *rest;

	for (size_t i = 0; i < d->address && one->next != NULL; i++) {
		rest = one->next;
		one->next = NULL;
		address_free(one);
		one = rest;
	}
	address_free(one->next);
	one->next = NULL;
	d->hop = one;
}

static void
look_up_hop(struct dial *d, struct channel *ch)
{
	const struct options *o = d->options;
	struct endpoint ep = { .host =
				   o->proxy != NULL ? o->proxy_host : o->host,
		.family = o->family };

	dial_look_up(d, ch, &ep, &d->hop,
	    d->looked_up == NULL ? NULL : d->looked_up->hop);
	if (d->probe && d->hop != NULL)
		keep_one(d);
}

struct handshake *
dial_connect(struct dial *d, const int *ports, size_t count)
{
	struct connect_request request = { .addresses = &d->hop,
		.ports = ports,
		.port_count = count,
		.sources = &d->sources,
		.options = d->options->sockopts,
		.tcp_md5 = d->options->tcp_md5_password,
		.own = &d->own,
		.spares = d->spares,
		.attempt = attempted,
		.arg = d };

	return connect_handshake(&request);
}

static void
not_answered(int error, void *arg)
{
	struct dial *d = arg;
	char where[SESSION_PEER];

	d->reason = error;
	d->status = STATUS_CONNECT;
	dial_say(d, LINE_ATTEMPT, "connect to %s failed: %s",
	    session_peer(d->options, &d->peer, where), strerror(error));
}

static void
add_handshakes(struct dial *d, struct channel *ch)
{
	bool proxied = d->options->proxy != NULL;

	look_up_hop(d, ch);
	if (proxied)
		dial_look_up_beyond(d, ch);
	look_up_source(d, ch);
	if (d->only_lookup)
		return;
	if (proxied) {
		dial_through_proxy(d, ch);
		return;
	}
	channel_add_handshake(ch, dial_connect(d, d->ports, d->port_count));
	if (d->probe)
		channel_add_handshake(
		    ch, udp_probe_handshake(d->ports[0], not_answered, d));
}

static void
finish(struct dial *d, struct channel *ch, enum status status)
{
	if (!d->hold)
		lines_print(&d->lines, LINE_NOTE);
	d->dialed(d, ch, status, d->arg);
}

static void
succeed(struct dial *d, struct channel *ch)
{
	const struct options *o = d->options;
	const char *protocol = options_protocol(o);

	if (o->proxy != NULL && !d->only_lookup) {
		strlcpy(d->peer.host, o->host, sizeof(d->peer.host));
		d->peer_port = d->ports[d->port];
		snprintf(
		    d->peer.port, sizeof(d->peer.port), "%d", d->peer_port);
	}
	if (o->family != AF_UNIX && !d->only_lookup && log_level() > 0)
		dial_say(d, LINE_NOTE,
		    "Connection to %s %s port [%s/%s] succeeded!", d->peer.host,
		    d->peer.port, protocol,
		    o->nodns ? "*" : port_service(d->peer_port, protocol));
	finish(d, ch, STATUS_OK);
}

/* A try may end in another one, but never inside of it. */
static void opened(struct channel *, enum opener_result, void *);

static void
begin_try(void *arg)
{
	struct dial *d = arg;
	struct channel *ch;

	if (clock_ms() >= d->deadline_ms) {
		finish(d, NULL, STATUS_TIMEOUT);
		return;
	}
	ch = channel_socket(-1);
	add_handshakes(d, ch);
	opener_start(d->loop, ch, d->deadline_ms, opened, d);
}

/* What the try before had to say is of no interest any more. */
static void
begin_again(void *arg)
{
	struct dial *d = arg;

	if (clock_ms() < d->deadline_ms)
		lines_free(&d->lines);
	begin_try(d);
}

/* --retry, or the end.  Under -v each try's failures are seen at once. */
static void
try_again(struct dial *d)
{
	int retry = d->options->retry;
	int64_t at_ms;

	if (retry != RETRY_FOREVER && d->tries >= retry) {
		finish(d, NULL, d->status);
		return;
	}
	d->tries++;
	d->port = d->address = 0;
	if (!d->hold && log_level() > 0)
		lines_print(&d->lines, LINE_NOTE);
	at_ms =
	    clock_after(clock_ms(), backoff_next(&d->backoff, arc4random()));
	clock_lower(&at_ms, d->deadline_ms);
	timer_start(d->loop, at_ms, begin_again, d);
}

/* The next port, where the proxy has said no to this one, or the next address,
 * where nobody is at this one. */
static bool
go_on(struct dial *d)
{
	const struct address *rest = NULL;
	bool refused = d->status == STATUS_PROXY;

	if (d->probe && d->looked_up != NULL)
		rest = d->looked_up->hop;
	for (size_t i = 0; i <= d->address && rest != NULL; i++)
		rest = rest->next;
	if (rest != NULL)
		d->address++;
	else if (refused && d->port + 1 < d->port_count)
		d->port++;
	else
		return false;
	return true;
}

static void
opened(struct channel *ch, enum opener_result result, void *arg)
{
	struct dial *d = arg;

	if (result == OPENER_UP) {
		succeed(d, ch);
		return;
	}
	channel_close(ch);
	if (result == OPENER_LATE)
		finish(d, NULL, STATUS_TIMEOUT);
	else if (go_on(d))
		timer_start(d->loop, clock_ms(), begin_try, d);
	else
		try_again(d);
}

/* -w 0 is no limit for connecting, as in nc; a probe always has one. */
static int64_t
deadline(const struct dial *d)
{
	const struct options *o = d->options;
	int64_t at_ms = clock_after(d->start_ms, o->connect_timeout_ms);

	if (o->wait_ms > 0)
		clock_lower(&at_ms, clock_after(d->start_ms, o->wait_ms));
	if (d->probe && at_ms == CLOCK_NEVER)
		at_ms = clock_after(d->start_ms, PROBE_LIMIT_MS);
	return at_ms;
}

void
dial_start(struct dial *d)
{
	d->start_ms = clock_ms();
	d->deadline_ms = deadline(d);
	backoff_init(&d->backoff, d->options->retry_delay_ms);
	begin_try(d);
}

void
dial_free(struct dial *d)
{
	address_free(d->hop);
	address_free(d->beyond);
	address_free(d->sources);
	lines_free(&d->lines);
	unix_path_remove(&d->own);
}
