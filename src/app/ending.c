/* SPDX-License-Identifier: ISC */
/* ending.c - who ended a session, and how */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "ending.h"

static bool
is_network_fault(const struct relay *r)
{
	return r->flow[RELAY_OUTBOUND].fault == FLOW_DST ||
	    r->flow[RELAY_INBOUND].fault == FLOW_SRC;
}

static bool
is_our_fault(const struct relay *r)
{
	return r->flow[RELAY_OUTBOUND].fault == FLOW_SRC ||
	    r->flow[RELAY_INBOUND].fault == FLOW_DST;
}

/* Its end has come, and before ours went out. */
static bool
is_ended_by_peer(const struct relay *r)
{
	const struct flow *out = &r->flow[RELAY_OUTBOUND];
	const struct flow *in = &r->flow[RELAY_INBOUND];

	return in->end_ns != 0 &&
	    (out->end_ns == 0 || in->end_ns <= out->end_ns);
}

/* The names of the signals that end us. */
static const char *
signal_name(int number)
{
	static const struct {
		int number;
		const char *name;
	} names[] = { { SIGHUP, "SIGHUP" }, { SIGINT, "SIGINT" },
		{ SIGQUIT, "SIGQUIT" }, { SIGTERM, "SIGTERM" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].number == number)
			return names[i].name;
	}
	return "signal";
}

static struct ending
by_limit(const char *how, const char *option)
{
	return (
	    struct ending){ .by = ENDED_BY_LIMIT, .how = how, .limit = option };
}

/* The shorter of two limits; negative: not given */
static const char *
shorter(int64_t one_ms, const char *one, int64_t other_ms, const char *other)
{
	if (one_ms < 0 || (other_ms >= 0 && other_ms < one_ms))
		return other;
	return one;
}

static struct ending
timed_out_before(const struct session *s)
{
	const struct options *o = s->options;

	return by_limit("timeout",
	    s->accepted ? "handshake-timeout" :
			  shorter(o->connect_timeout_ms, "connect-timeout",
			      o->wait_ms, "wait"));
}

static struct ending
ending_before(const struct session *s)
{
	const char *words = s->failure;

	if (words == NULL && s->leg != NULL)
		words = s->leg->failure;
	if (s->status == STATUS_TIMEOUT)
		return timed_out_before(s);
	return (struct ending){ .by = ENDED_BY_NOBODY,
		.how = words != NULL ? words : "failed" };
}

/* The network is to blame: the peer, or the way to it. */
static struct ending
network_ending(const struct channel *network)
{
	static const int ways[] = { ETIMEDOUT, EHOSTUNREACH, EHOSTDOWN,
		ENETUNREACH, ENETDOWN, ENETRESET };
	int error = network->error_code;
	struct ending e = { .by = ENDED_BY_PEER, .how = network->error };

	if (error == ECONNRESET || error == EPIPE)
		e.how = "rst";
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (error == ways[i])
			e.by = ENDED_BY_NOBODY;
	}
	return e;
}

/* NULL: neither direction was ended by an option */
static const char *
flow_limit(const struct relay *r)
{
	const char *inbound = r->flow[RELAY_INBOUND].limit;

	return inbound != NULL ? inbound : r->flow[RELAY_OUTBOUND].limit;
}

/* -q has no flow that knows of it. */
static const char *
limit_of(const struct session *s, const struct relay *r)
{
	const struct flow *in = &r->flow[RELAY_INBOUND];
	const struct flow *out = &r->flow[RELAY_OUTBOUND];

	if (flow_limit(r) != NULL)
		return flow_limit(r);
	if (r->quit_ms >= 0 && s->options->quit_after_ms >= 0 &&
	    out->ended_ms != 0 && !in->src_eof)
		return "quit-after";
	return NULL;
}

/* Both directions have ended as they should. */
static struct ending
good_ending(const struct session *s, const struct relay *r, bool tcp)
{
	bool by_peer = is_ended_by_peer(r);
	bool said = by_peer || (r->end[1]->flags & CH_SHUT);
	struct ending e = { .by = by_peer ? ENDED_BY_PEER : ENDED_BY_US,
		.how = "eof" };

	if (s->tls != NULL && said)
		e.how = "close_notify";
	else if (tcp && s->aborted && !by_peer)
		e.how = "rst";
	else if (tcp)
		e.how = "fin";
	return e;
}

static struct ending
ending_over(const struct session *s, const struct relay *r, bool tcp)
{
	const char *limit = limit_of(s, r);

	if (is_our_fault(r))
		return (struct ending){ .by = ENDED_BY_US,
			.how = r->end[0]->error,
			.limit = limit };
	if (is_network_fault(r))
		return network_ending(r->end[1]);
	return limit != NULL ? by_limit(limit, limit) : good_ending(s, r, tcp);
}

struct ending
ending_of(const struct session *s, bool tcp)
{
	const struct options *o = s->options;
	const struct relay *r = s->relay;

	if (s->status > STATUS_SIGNAL && (r == NULL || s->result == RELAY_CUT))
		return (struct ending){ .by = ENDED_BY_SIGNAL,
			.how = signal_name((int)s->status - STATUS_SIGNAL) };
	if (r == NULL)
		return ending_before(s);
	switch (s->result) {
	case RELAY_IDLE:
		return by_limit("timeout",
		    shorter(o->idle_timeout_ms, "idle-timeout", o->wait_ms,
			"wait"));
	case RELAY_STALLED:
		return by_limit("timeout", "stall-timeout");
	case RELAY_EXPIRED:
		return by_limit("timeout", "max-time");
	case RELAY_CUT:
		return (struct ending){ .by = ENDED_BY_US, .how = "cut off" };
	default:
		return ending_over(s, r, tcp);
	}
}

const char *
ending_by_name(enum ended_by by)
{
	static const char *const names[] = {
		[ENDED_BY_PEER] = "peer",
		[ENDED_BY_US] = "us",
		[ENDED_BY_LIMIT] = "limit",
		[ENDED_BY_SIGNAL] = "signal",
		[ENDED_BY_NOBODY] = "nobody",
	};

	return names[by];
}

/* What an option has ended. */
static const char *
limit_words(const char *limit)
{
	static const struct {
		const char *limit, *words;
	} rows[] = {
		{ "max-bytes", "ended by --max-bytes" },
		{ "recv-limit", "ended by --recv-limit" },
		{ "until", "ended by --until" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].limit, limit) == 0)
			return rows[i].words;
	}
	return limit;
}

/* In the order in which things are worth telling. */
const char *
ending_words(const struct relay *r, enum relay_result result)
{
	static const char *const limits[] = {
		[RELAY_IDLE] = "silent for too long",
		[RELAY_STALLED] = "took nothing for too long",
		[RELAY_CUT] = "cut off",
		[RELAY_EXPIRED] = "ended by --max-time",
	};
	const char *limit = flow_limit(r);

	if (result != RELAY_OVER)
		return limits[result];
	if (is_our_fault(r))
		return r->end[0]->error;
	if (is_network_fault(r))
		return r->end[1]->error;
	if (limit != NULL)
		return limit_words(limit);
	return is_ended_by_peer(r) ? "ended by the peer" : "ended by us";
}
