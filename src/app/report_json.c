/* SPDX-License-Identifier: ISC */
/* report_json.c - what a session was: as JSON */
#include <errno.h>
#include <string.h>

#include "address_json.h"
#include "clock.h"
#include "dial_proxy.h"
#include "log.h"
#include "report.h"

/* A point in time, since the session began; 0: it has not come */
static void
put_point(
    struct json *j, const char *key, const struct session *s, int64_t at_ns)
{
	if (at_ns == 0)
		json_null(j, key);
	else
		json_ms(j, key, at_ns - s->timeline.start_ns);
}

/* How long it took; -1: there was nothing */
static void
put_length(struct json *j, const char *key, int64_t ns)
{
	if (ns == -1)
		json_null(j, key);
	else
		json_ms(j, key, ns);
}

static void
put_number(struct json *j, const char *key, int64_t number)
{
	if (number == -1)
		json_null(j, key);
	else
		json_integer(j, key, number);
}

static void
put_attempt(
    struct json *j, const struct session *s, const struct timeline_attempt *a)
{
	json_object(j, NULL);
	address_json_members(j, &a->to);
	address_json(j, "local", &a->local);
	put_point(j, "start", s, a->start_ns);
	put_point(j, "end", s, a->end_ns);
	json_string(j, "result",
	    a->error == 0             ? "connected" :
		a->error == ECANCELED ? "canceled" :
					strerror(a->error));
	json_close(j);
}

static void
put_attempts(struct json *j, const struct session *s)
{
	const struct timeline *t = &s->timeline;

	json_array(j, "attempts");
	for (size_t i = 0; i < t->attempt_count; i++)
		put_attempt(j, s, &t->attempts[i]);
	json_close(j);
	json_count(j, "attempts_dropped", t->attempts_dropped);
}

static void
put_proxy(struct json *j, const struct report_leg *leg)
{
	const struct options *o = leg->options;

	if (o->proxy == NULL || leg->session->accepted) {
		json_null(j, "proxy");
		return;
	}
	json_object(j, "proxy");
	json_string(j, "type", dial_proxy_type(o));
	if (leg->proxy.len > 0)
		address_json_members(j, &leg->proxy);
	else {
		json_null(j, "address");
		json_integer(j, "port", o->proxy_port);
	}
	json_string(j, "name", o->proxy_host);
	put_length(j, "handshake", leg->proxy_ns);
	json_close(j);
}

static const char *
or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

static void
put_certificate(struct json *j, const struct tls_certificate *c)
{
	if (c->pin[0] == '\0') {
		json_null(j, "certificate");
		return;
	}
	json_object(j, "certificate");
	json_string(j, "subject", c->subject);
	json_string(j, "issuer", c->issuer);
	json_string(j, "names", or_null(c->names));
	json_string(j, "not_before", c->not_before);
	json_string(j, "not_after", c->not_after);
	json_string(j, "pin", c->pin);
	json_bool(j, "self_signed", c->self_signed);
	json_close(j);
}

static void
put_tls(struct json *j, const struct report_leg *leg)
{
	const struct tls_facts *facts = leg->session->tls;

	if (facts == NULL) {
		json_null(j, "tls");
		return;
	}
	json_object(j, "tls");
	json_string(j, "version", facts->version);
	json_string(j, "cipher", facts->cipher);
	json_string(j, "alpn", or_null(facts->alpn));
	json_bool(j, "trusted", facts->trusted);
	put_length(j, "handshake", leg->tls_ns);
	put_certificate(j, &facts->peer);
	json_close(j);
}

static void
put_us(struct json *j, const char *key, int64_t us)
{
	put_length(j, key, us == -1 ? -1 : us * 1000);
}

static void
put_tcp(struct json *j, const struct tcp_facts *t)
{
	if (t->state == NULL) {
		json_null(j, "tcp_info");
		return;
	}
	json_object(j, "tcp_info");
	json_string(j, "state", t->state);
	put_us(j, "rtt", t->rtt_us);
	put_us(j, "rttvar", t->rttvar_us);
	put_us(j, "min_rtt", t->min_rtt_us);
	put_us(j, "rto", t->rto_us);
	put_number(j, "mss", t->mss);
	put_number(j, "pmtu", t->pmtu);
	put_number(j, "rcvmss", t->rcvmss);
	put_number(j, "advmss", t->advmss);
	put_number(j, "cwnd", t->cwnd);
	put_number(j, "ssthresh", t->ssthresh);
	put_number(j, "bytes_sent", t->bytes_sent);
	put_number(j, "bytes_acked", t->bytes_acked);
	put_number(j, "bytes_received", t->bytes_received);
	put_number(j, "segs_out", t->segs_out);
	put_number(j, "segs_in", t->segs_in);
	put_number(j, "retrans", t->retrans);
	put_number(j, "lost", t->lost);
	put_number(j, "unacked", t->unacked);
	put_number(j, "notsent", t->notsent);
	put_number(j, "delivery_rate", t->delivery_rate);
	put_us(j, "busy", t->busy_us);
	put_us(j, "rwnd_limited", t->rwnd_limited_us);
	put_us(j, "sndbuf_limited", t->sndbuf_limited_us);
	json_close(j);
}

static void
put_leg(struct json *j, const struct report_leg *leg)
{
	address_json(j, "local", &leg->local);
	address_json_named(j, "remote", &leg->remote, leg->name, leg->port);
	put_proxy(j, leg);
	put_length(j, "lookup", leg->lookup_ns);
	put_attempts(j, leg->session);
	put_length(j, "connect", leg->connect_ns);
	put_tls(j, leg);
	put_tcp(j, &leg->tcp);
}

static void
put_upstream(struct json *j, const struct report *r)
{
	if (!r->has_upstream) {
		json_null(j, "upstream");
		return;
	}
	json_object(j, "upstream");
	put_leg(j, &r->upstream);
	json_close(j);
}

static void
put_way(struct json *j, const char *key, const struct report *r,
    const struct report_way *way)
{
	const struct session *s = r->session;
	bool sent = way == &r->sent;

	json_object(j, key);
	json_count(j, "bytes", way->bytes);
	json_count(j, sent ? "writes" : "reads", way->moves);
	put_point(j, "first_byte", s, way->first_ns);
	put_point(j, "last_byte", s, way->last_ns);
	put_point(j, "end", s, way->end_ns);
	if (sent)
		put_point(j, "acked", s,
		    r->acknowledged == ACKED_YES ? way->acked_ns : 0);
	put_number(j, "goodput", way->goodput);
	json_close(j);
}

static void
put_end(struct json *j, const struct report *r)
{
	json_object(j, "end");
	json_string(j, "by", ending_by_name(r->ending.by));
	json_string(j, "how", r->ending.how);
	json_close(j);
	if (r->acknowledged == ACKED_UNKNOWN)
		json_null(j, "acknowledged");
	else
		json_bool(j, "acknowledged", r->acknowledged == ACKED_YES);
	json_string(j, "limit", r->ending.limit);
}

static void
put_hash(struct json *j, const struct session *s)
{
	if (s->hash_name == NULL) {
		json_null(j, "hash");
		return;
	}
	json_object(j, "hash");
	json_string(j, "name", s->hash_name);
	json_string(j, "received", s->hash[RELAY_INBOUND]);
	json_string(j, "sent", s->hash[RELAY_OUTBOUND]);
	json_close(j);
}

void
report_json(const struct report *r, struct json *j)
{
	const struct session *s = r->session;
	char sentence[REPORT_SENTENCE];

	report_sentence(r, sentence);
	json_object(j, NULL);
	log_begin(j, LOG_NOTE, "closed", sentence);
	json_count(j, "session", s->number);
	json_string(j, "protocol", r->protocol);
	json_string(j, "mode", s->accepted ? "listen" : "connect");
	json_time(j, "start", clock_wall_ns(s->timeline.start_ns));
	put_leg(j, &r->leg);
	put_upstream(j, r);
	put_point(j, "up", s, s->timeline.up_ns);
	put_way(j, "received", r, &r->received);
	put_way(j, "sent", r, &r->sent);
	put_end(j, r);
	put_hash(j, s);
	json_ms(j, "duration", r->duration_ns);
	json_count(j, "status", (uint64_t)s->status);
	json_close(j);
}
