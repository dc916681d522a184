/* SPDX-License-Identifier: ISC */
/* dial.c - from the options to an open channel */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "connect.h"
#include "dial.h"
#include "dial_proxy.h"
#include "dial_report.h"
#include "dial_tls.h"
#include "log.h"
#include "lookup.h"
#include "session.h"
#include "timer.h"
#include "udp_probe.h"

/* ms; as long as nc waits for an answer to a UDP probe without -w */
#define PROBE_LIMIT_MS 3000

void
dial_look_up(struct dial *d, struct channel *ch, const struct endpoint *ep,
    struct address **found, const struct address *known)
{
	struct lookup_request request = { .endpoint = *ep,
		.found = found,
		.done = dial_looked_up,
		.arg = d };

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
		.about = d->about,
		.attempt = dial_attempted,
		.arg = d };

	return connect_handshake(&request);
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
	if (proxied)
		dial_through_proxy(d, ch);
	else
		channel_add_handshake(
		    ch, dial_connect(d, d->ports, d->port_count));
	if (d->probe)
		channel_add_handshake(
		    ch, udp_probe_handshake(d->ports[0], dial_not_answered, d));
	if (d->options->tls)
		dial_add_tls(d, ch);
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
	if (!d->only_lookup) {
		dial_peer(d, &d->peer);
		if (log_level() > 0)
			dial_announce(d, ch);
		if (d->options->tls)
			dial_announce_tls(d);
	}
	finish(d, ch, STATUS_OK);
}

/* A try may end in another one, but never inside of it. */
static void opened(struct channel *, enum opener_result, void *);

static void
begin_try(void *arg)
{
	struct dial *d = arg;
	struct channel *ch;
	struct opener *opener;

	if (clock_ms() >= d->deadline_ms) {
		finish(d, NULL, STATUS_TIMEOUT);
		return;
	}
	ch = channel_socket(-1);
	ch->about = d->about;
	add_handshakes(d, ch);
	opener = opener_start(d->loop, ch, d->deadline_ms, opened, d);
	if (opener != NULL) /* else the dial may be gone by now */
		d->opener = opener;
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
	log_step(d->about, "again in %lld ms (--retry)",
	    (long long)(at_ms - clock_ms()));
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

	d->opener = NULL;
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

/* A probe always has one. */
static int64_t
deadline(const struct dial *d)
{
	int64_t at_ms = session_open_deadline(d->options, d->start_ms);

	if (d->probe && at_ms == CLOCK_NEVER)
		at_ms = clock_after(d->start_ms, PROBE_LIMIT_MS);
	return at_ms;
}

void
dial_start(struct dial *d)
{
	d->start_ms = clock_ms();
	if (d->session != NULL)
		d->session->timeline.start_ns = clock_ns();
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
