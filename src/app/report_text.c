/* SPDX-License-Identifier: ISC */
/* report_text.c - what a session was: as lines for people */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dial_proxy.h"
#include "printable.h"
#include "report.h"
#include "xalloc.h"

/* bytes of a line; longer ones are cut */
#define LINE_SIZE 4096
/* "999.999 ms", "123.4 MB/s" */
#define AMOUNT 32

/* The line that is being written, and those before it. */
struct page {
	char line[LINE_SIZE];
	size_t len;
	char *text;
	size_t size;
};

static void __attribute__((format(printf, 2, 3)))
put(struct page *p, const char *fmt, ...)
{
	size_t room = sizeof(p->line) - p->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p->line + p->len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		p->len += (size_t)n < room ? (size_t)n : room - 1;
}

/* Whatever is in it, it stays one line.  A byte takes up to four characters
 * when it is made visible. */
static void
end_line(struct page *p)
{
	char shown[4 * LINE_SIZE];
	size_t n = printable_text(shown, sizeof(shown) - 1, p->line, p->len);

	shown[n++] = '\n';
	p->text = xreallocarray(p->text, p->size + n + 1, 1);
	memcpy(p->text + p->size, shown, n);
	p->size += n;
	p->text[p->size] = '\0';
	p->len = 0;
}

static const char *
time_text(int64_t ns, char text[AMOUNT])
{
	double ms = (double)ns / 1e6;

	if (ms >= 1000)
		snprintf(text, AMOUNT, "%.3f s", ms / 1000);
	else
		snprintf(text, AMOUNT, ms < 1 ? "%.3f ms" : "%.1f ms", ms);
	return text;
}

static const char *
rate_text(int64_t rate, char text[AMOUNT])
{
	static const char *const units[] = { "B/s", "kB/s", "MB/s", "GB/s" };
	double amount = (double)rate;
	size_t unit = 0;

	while (amount >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		amount /= 1000;
		unit++;
	}
	snprintf(text, AMOUNT, unit == 0 ? "%.0f %s" : "%.1f %s", amount,
	    units[unit]);
	return text;
}

static void
put_address(struct page *p, const struct address *a)
{
	struct address_text text;

	address_format(a, true, &text);
	put(p, "%s",
	    text.host[0] == '\0' ? "a socket without a name" : text.host);
	if (text.port[0] != '\0')
		put(p, " port %s", text.port);
}

static void
put_remote(struct page *p, const struct report_leg *leg)
{
	bool known = leg->remote.len > 0;

	if (known && leg->name[0] == '\0')
		put_address(p, &leg->remote);
	else if (known) {
		put(p, "%s, ", leg->name);
		put_address(p, &leg->remote);
	} else {
		put(p, "%s",
		    leg->name[0] == '\0' ? "a socket without a name" :
					   leg->name);
		if (leg->port != 0)
			put(p, " port %d", leg->port);
	}
}

static void
put_ends(struct page *p, const struct report_leg *leg)
{
	put_remote(p, leg);
	if (leg->local.len > 0) {
		put(p, "%s", leg->session->accepted ? ", at " : ", from ");
		put_address(p, &leg->local);
	}
}

static void
put_head(struct page *p, const struct report *r)
{
	const struct session *s = r->session;

	put(p, "Session %u (%s): ", s->number, r->protocol);
	if (s->timeline.up_ns == 0)
		put(p, "%s",
		    s->accepted ? "not served, " : "no connection to ");
	else
		put(p, "%s",
		    s->accepted ? "connection from " : "connected to ");
	put_ends(p, &r->leg);
	end_line(p);
}

/* One of several steps; -1: there was none */
static void
put_step(struct page *p, const char **before, const char *what, int64_t ns)
{
	char took[AMOUNT];

	if (ns == -1)
		return;
	put(p, "%s%s in %s", *before, what, time_text(ns, took));
	*before = ", ";
}

/* One is not worth a word where it was the one that made the connection. */
static void
put_attempts(struct page *p, const char **before, const struct report_leg *leg)
{
	const struct timeline *t = &leg->session->timeline;
	size_t count = t->attempt_count + t->attempts_dropped;
	bool connected = leg->connect_ns != -1;

	if (count > 1 && connected)
		put(p, " (%zu attempts)", count);
	if (count == 0 || connected)
		return;
	put(p, "%s%zu attempt%s", *before, count, count == 1 ? "" : "s");
	*before = ", ";
}

/* How it came to be; nothing where we were only asked. */
static void
put_steps(struct page *p, const struct report_leg *leg, const char *margin)
{
	bool proxied = leg->options->proxy != NULL && !leg->session->accepted;
	const char *before = margin;
	char what[64];

	put_step(p, &before, "looked up", leg->lookup_ns);
	put_step(p, &before, "connected", leg->connect_ns);
	put_attempts(p, &before, leg);
	if (proxied) {
		snprintf(what, sizeof(what), "through the %s proxy",
		    dial_proxy_type(leg->options));
		put_step(p, &before, what, leg->proxy_ns);
	}
	put_step(p, &before, "TLS agreed on", leg->tls_ns);
	if (before != margin)
		end_line(p);
}

static void
put_way(struct page *p, const struct report *r, const struct report_way *way)
{
	int64_t start_ns = r->session->timeline.start_ns;
	bool sent = way == &r->sent;
	char text[AMOUNT];

	put(p, "  %s %" PRIu64 " byte%s in %" PRIu64 " %s%s",
	    sent ? "sent" : "received", way->bytes, way->bytes == 1 ? "" : "s",
	    way->moves, sent ? "write" : "read", way->moves == 1 ? "" : "s");
	if (way->first_ns != 0)
		put(p, ", first after %s",
		    time_text(way->first_ns - start_ns, text));
	if (way->moves > 1)
		put(p, ", last after %s",
		    time_text(way->last_ns - start_ns, text));
	if (way->goodput != -1)
		put(p, ", %s", rate_text(way->goodput, text));
	end_line(p);
}

static void
put_end(struct page *p, const struct report *r)
{
	static const char *const acked[] = {
		[ACKED_NO] = ", not all acknowledged",
		[ACKED_YES] = ", all acknowledged",
		[ACKED_UNKNOWN] = "",
	};
	const struct ending *e = &r->ending;
	char took[AMOUNT];

	if (e->by == ENDED_BY_NOBODY)
		put(p, "%s", "  ended");
	else
		put(p, "  ended by %s%s",
		    e->by == ENDED_BY_PEER || e->by == ENDED_BY_LIMIT ? "the " :
									"",
		    ending_by_name(e->by));
	put(p, " after %s: %s", time_text(r->duration_ns, took), e->how);
	if (e->limit != NULL && strcmp(e->limit, e->how) != 0)
		put(p, " (--%s)", e->limit);
	put(p, "%s, status %d", acked[r->acknowledged],
	    (int)r->session->status);
	end_line(p);
}

/* ss(8) leaves out what has no value, and so do we. */
static void
put_fact(struct page *p, const char *name, int64_t value)
{
	if (value == -1)
		return;
	put(p, " %s%" PRId64, name, value);
}

/* ms as ss(8) has them, with up to three digits behind the point */
static void
put_time(struct page *p, const char *name, int64_t us)
{
	if (us != -1)
		put(p, " %s:%g", name, (double)us / 1000);
}

static void
put_tcp(struct page *p, const struct tcp_facts *t, const char *whose)
{
	if (t->state == NULL)
		return;
	put(p, "  %s: %s", whose, t->state);
	put_time(p, "rto", t->rto_us);
	put(p, " rtt:%g/%g", (double)t->rtt_us / 1000,
	    (double)t->rttvar_us / 1000);
	put_time(p, "minrtt", t->min_rtt_us);
	put_fact(p, "mss:", t->mss);
	put_fact(p, "pmtu:", t->pmtu);
	put_fact(p, "rcvmss:", t->rcvmss);
	put_fact(p, "advmss:", t->advmss);
	put_fact(p, "cwnd:", t->cwnd);
	put_fact(p, "ssthresh:", t->ssthresh);
	put_fact(p, "bytes_sent:", t->bytes_sent);
	put_fact(p, "bytes_acked:", t->bytes_acked);
	put_fact(p, "bytes_received:", t->bytes_received);
	put_fact(p, "segs_out:", t->segs_out);
	put_fact(p, "segs_in:", t->segs_in);
	put_fact(p, "delivery_rate ", t->delivery_rate);
	if (t->delivery_rate != -1)
		put(p, "%s", "bps");
	put_time(p, "busy", t->busy_us);
	put_time(p, "rwnd_limited", t->rwnd_limited_us);
	put_time(p, "sndbuf_limited", t->sndbuf_limited_us);
	put_fact(p, "unacked:", t->unacked);
	put(p, " retrans:%" PRId64 "/%" PRId64, t->retrans_now, t->retrans);
	put_fact(p, "lost:", t->lost);
	put_fact(p, "notsent:", t->notsent);
	end_line(p);
}

static void
put_tls(struct page *p, const struct report_leg *leg)
{
	const struct tls_facts *facts = leg->session->tls;

	if (facts == NULL)
		return;
	put(p, "  TLS: %s, %s%s%s", facts->version, facts->cipher,
	    facts->alpn[0] == '\0' ? "" : ", ALPN ", facts->alpn);
	if (facts->peer.pin[0] != '\0')
		put(p, ", certificate of %s, from %s, %s, %s",
		    facts->peer.subject, facts->peer.issuer, facts->peer.pin,
		    facts->trusted ? "verified" : "not verified");
	end_line(p);
}

static void
put_upstream(struct page *p, const struct report_leg *leg)
{
	put(p, "%s", "  upstream: ");
	put_ends(p, leg);
	end_line(p);
	put_steps(p, leg, "  upstream: ");
	put_tls(p, leg);
	put_tcp(p, &leg->tcp, "upstream TCP");
}

static void
put_hash(struct page *p, const struct session *s)
{
	static const char *const names[] = {
		[RELAY_OUTBOUND] = "sent",
		[RELAY_INBOUND] = "received",
	};

	for (int i = 1; s->hash_name != NULL && i >= 0; i--) {
		put(p, "  %s of what was %s: %s", s->hash_name, names[i],
		    s->hash[i]);
		end_line(p);
	}
}

char *
report_text(const struct report *r)
{
	struct page p = { 0 };

	put_head(&p, r);
	put_steps(&p, &r->leg, "  ");
	if (r->session->timeline.up_ns != 0) {
		put_way(&p, r, &r->received);
		put_way(&p, r, &r->sent);
	}
	put_end(&p, r);
	put_tcp(&p, &r->leg.tcp, "TCP");
	put_tls(&p, &r->leg);
	if (r->has_upstream)
		put_upstream(&p, &r->upstream);
	put_hash(&p, r->session);
	return p.text;
}
