/* SPDX-License-Identifier: ISC */
/* report.c - what a session was: gathering the facts */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "address_json.h"
#include "dgram_peers.h"
#include "report.h"

#define SECOND_NS INT64_C(1000000000)

static const char *
protocol_of(const struct session *s, const struct address *local)
{
	const struct options *o = s->options;
	bool is_unix = local->len > 0 ? local->addr.ss_family == AF_UNIX :
					o->family == AF_UNIX;

	if (is_unix && o->seqpacket)
		return "unix-seqpacket";
	if (is_unix)
		return o->udp ? "unix-datagram" : "unix";
	return options_protocol(o);
}

/* All handshakes of that name; -1: there was none */
static int64_t
time_of(const struct channel *ch, const char *name)
{
	int64_t sum_ns = -1;

	for (size_t i = 0; ch != NULL && i < ch->mark_count; i++) {
		const struct handshake_mark *mark = &ch->marks[i];

		if (strcmp(mark->name, name) != 0)
			continue;
		sum_ns = sum_ns == -1 ? 0 : sum_ns;
		sum_ns += mark->end_ns - mark->start_ns;
	}
	return sum_ns;
}

/* The attempt that made the connection, or the last of those that did not;
 * NULL: there was none */
static const struct timeline_attempt *
last_attempt(const struct timeline *t)
{
	for (size_t i = t->attempt_count; i > 0; i--) {
		if (t->attempts[i - 1].error == 0)
			return &t->attempts[i - 1];
	}
	return t->attempt_count == 0 ? NULL :
				       &t->attempts[t->attempt_count - 1];
}

/* A name, unless it says no more than the address does. */
static void
set_name(struct report_leg *leg, const char *name)
{
	struct address_text number;

	if (leg->remote.len > 0) {
		address_format(&leg->remote, true, &number);
		if (strcmp(number.host, name) == 0)
			return;
	}
	strlcpy(leg->name, name, sizeof(leg->name));
}

static void
set_dialed(struct report_leg *leg)
{
	const struct options *o = leg->options;
	const struct timeline_attempt *a =
	    last_attempt(&leg->session->timeline);

	if (a != NULL && a->error == 0)
		leg->local = a->local;
	if (a != NULL && o->proxy != NULL)
		leg->proxy = a->to;
	else if (a != NULL)
		leg->remote = a->to;
	set_name(leg, o->host);
	if (leg->name[0] == '\0' && o->proxy == NULL)
		leg->lookup_ns = -1; /* a number is no lookup */
	leg->port = leg->session->target_port;
	if (leg->port == 0 && leg->remote.len > 0)
		leg->port = address_port(&leg->remote);
	if (leg->port == 0 && o->ports.count > 0)
		leg->port = o->ports.list[0];
}

static void
set_accepted(struct report_leg *leg, const struct channel *network)
{
	const struct session *s = leg->session;

	leg->remote = s->remote;
	if (s->remote.len > 0)
		set_name(leg, s->peer.host);
	if (network != NULL && dgram_peer_local(network, &leg->local) == -1 &&
	    address_of_socket(network->wfd, &leg->local) == -1)
		leg->local.len = 0;
}

static void
gather_leg(struct report_leg *leg, const struct session *s,
    const struct channel *network)
{
	*leg = (struct report_leg){ .session = s,
		.options = s->options,
		.lookup_ns = time_of(network, "lookup"),
		.connect_ns = time_of(network, "connect"),
		.proxy_ns = time_of(network, "proxy"),
		.tls_ns = time_of(network, "tls") };
	if (s->accepted)
		set_accepted(leg, network);
	else
		set_dialed(leg);
	if (network != NULL)
		leg->tcp = tcp_facts_of(network->wfd);
}

static struct report_way
way_of(const struct flow *f)
{
	struct report_way way = { .bytes = f->outbound ? f->bytes : f->taken,
		.moves = f->moves,
		.first_ns = f->first_ns,
		.last_ns = f->last_ns,
		.end_ns = f->end_ns,
		.acked_ns = f->outbound ? f->acked_ns : 0,
		.goodput = -1 };
	int64_t took_ns = way.last_ns - way.first_ns;

	if (took_ns > 0)
		way.goodput =
		    (int64_t)((double)way.bytes * SECOND_NS / (double)took_ns);
	return way;
}

/* The system can tell of TCP only. */
static enum report_acknowledged
acknowledged(const struct report *r, const struct relay *relay)
{
	const struct flow *out = &relay->flow[RELAY_OUTBOUND];

	if (r->leg.tcp.state == NULL)
		return ACKED_UNKNOWN;
	if (out->acked_ns != 0)
		return ACKED_YES;
	if (out->fault == FLOW_DST || flow_held(out) > 0)
		return ACKED_NO;
	return channel_unacked(relay->end[1]) == 0 ? ACKED_YES : ACKED_NO;
}

void
report_gather(struct report *r, const struct session *s)
{
	const struct relay *relay = s->relay;

	*r = (struct report){ .session = s,
		.received.goodput = -1,
		.sent.goodput = -1,
		.acknowledged = ACKED_UNKNOWN,
		.has_upstream = s->leg != NULL,
		.duration_ns = s->timeline.end_ns - s->timeline.start_ns };
	gather_leg(&r->leg, s, relay == NULL ? NULL : relay->end[1]);
	if (r->has_upstream)
		gather_leg(
		    &r->upstream, s->leg, relay == NULL ? NULL : relay->end[0]);
	r->protocol = protocol_of(
	    s, r->leg.local.len > 0 ? &r->leg.local : &r->leg.remote);
	r->ending = ending_of(s, r->leg.tcp.state != NULL);
	if (relay == NULL)
		return;
	r->received = way_of(&relay->flow[RELAY_INBOUND]);
	r->sent = way_of(&relay->flow[RELAY_OUTBOUND]);
	r->acknowledged = acknowledged(r, relay);
}

void
report_ends_json(
    struct json *j, const struct session *s, const struct channel *network)
{
	struct report_leg leg;

	gather_leg(&leg, s, network);
	json_string(j, "protocol",
	    protocol_of(s, leg.local.len > 0 ? &leg.local : &leg.remote));
	address_json(j, "local", &leg.local);
	address_json_named(j, "remote", &leg.remote, leg.name, leg.port);
}

void
report_relay_sentence(const struct session *s, const struct relay *r,
    enum relay_result result, int64_t ms, char text[REPORT_SENTENCE])
{
	char where[ADDRESS_JOINED];

	snprintf(text, REPORT_SENTENCE,
	    "Connection %s %s closed after %lld.%03lld s: "
	    "%llu bytes received, %llu sent, %s",
	    s->accepted ? "from" : "to", address_join(&s->peer, where),
	    (long long)(ms / 1000), (long long)(ms % 1000),
	    (unsigned long long)r->flow[RELAY_INBOUND].taken,
	    (unsigned long long)r->flow[RELAY_OUTBOUND].bytes,
	    ending_words(r, result));
}

void
report_sentence(const struct report *r, char text[REPORT_SENTENCE])
{
	const struct session *s = r->session;
	char where[ADDRESS_JOINED];

	if (s->relay != NULL) {
		report_relay_sentence(
		    s, s->relay, s->result, r->duration_ns / 1000000, text);
		return;
	}
	if (s->accepted)
		address_join(&s->peer, where);
	else if (r->leg.port != 0)
		snprintf(where, sizeof(where), "%s %d", s->options->host,
		    r->leg.port);
	else
		strlcpy(where, s->options->host, sizeof(where));
	snprintf(text, REPORT_SENTENCE, "No connection %s %s: %s",
	    s->accepted ? "from" : "to", where, r->ending.how);
}

char *
report_json_text(const struct session *s)
{
	struct json j = { 0 };
	struct report r;

	report_gather(&r, s);
	report_json(&r, &j);
	return j.text;
}
