/* SPDX-License-Identifier: ISC */
/* session_status.c - what the end of a session's relay means */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "session.h"
#include "tls_session.h"

/* TLS 1.3 lets us talk before the peer has looked at our certificate. */
static enum status
broken(const struct channel *ch)
{
	return ch->error_code == TLS_REFUSED ? STATUS_TLS : STATUS_BROKEN;
}

static enum status
network_fault(const struct session *s, const char *what, const char *why)
{
	char peer[SESSION_PEER];

	log_error("%s %s failed: %s", what,
	    session_peer(s->options, &s->peer, peer), why);
	return STATUS_BROKEN;
}

/* Our own side: worse than the network's, because it was ours to get right.
 * A reader that has seen enough (head) is no news. */
static enum status
local_fault(const struct session *s, const struct channel *ours,
    const char *verb, const char *what)
{
	if (ours->error_code != EPIPE)
		log_error("%s %s failed: %s", verb,
		    s->side == SESSION_PROGRAM ? "the program" : what,
		    ours->error);
	return STATUS_LOCAL;
}

static enum status
upstream_fault(
    const struct session *s, const struct channel *ours, const char *what)
{
	log_error("%s %s failed: %s", what, s->upstream, ours->error);
	return broken(ours);
}

static enum status
our_fault(const struct session *s, const struct channel *ours, bool reading)
{
	if (s->side == SESSION_UPSTREAM)
		return upstream_fault(
		    s, ours, reading ? "receive from" : "send to");
	return reading ? local_fault(s, ours, "read from", "stdin") :
			 local_fault(s, ours, "write to", "stdout");
}

static enum status
idle_status(const struct session *s)
{
	const struct options *o = s->options;

	if (session_idle_limit(o) == o->wait_ms)
		return STATUS_OK;
	network_fault(s, "transfer with", "Idle for too long");
	return STATUS_TIMEOUT;
}

static enum status
expired_status(const struct session *s)
{
	int64_t ms = s->options->max_time_ms;
	char why[64];

	snprintf(why, sizeof(why), "--max-time of %lld%s passed",
	    (long long)(ms % 1000 == 0 ? ms / 1000 : ms),
	    ms % 1000 == 0 ? "s" : "ms");
	network_fault(s, "transfer with", why);
	return STATUS_TIMEOUT;
}

static enum status
status_of(const struct session *s, struct relay *r, enum relay_result result)
{
	const struct channel *ours = r->end[0], *network = r->end[1];
	const struct flow *out = &r->flow[RELAY_OUTBOUND];
	const struct flow *in = &r->flow[RELAY_INBOUND];
	enum status idle = result == RELAY_IDLE ? idle_status(s) : STATUS_OK;
	char why[64];

	if (result == RELAY_CUT)
		return STATUS_BROKEN;
	if (result == RELAY_EXPIRED)
		return expired_status(s);
	if (result == RELAY_STALLED)
		return network_fault(
		    s, "send to", "Nothing taken for too long");
	if (out->fault == FLOW_SRC)
		return our_fault(s, ours, true);
	if (in->fault == FLOW_DST)
		return our_fault(s, ours, false);
	if (out->fault == FLOW_DST || in->fault == FLOW_SRC) {
		network_fault(s,
		    out->fault == FLOW_DST ? "send to" : "receive from",
		    network->error);
		return broken(network);
	}
	if (idle != STATUS_OK || flow_undelivered(out) == 0)
		return idle;
	snprintf(why, sizeof(why), "%zu bytes not acknowledged",
	    flow_undelivered(out));
	return network_fault(s, "send to", why);
}

/* All went well, but for the text that was to come: by whomever it ended, no
 * answer is left to trust in.  What stdin says to a hub is no session. */
static enum status
until_status(const struct session *s, struct relay *r, enum relay_result result)
{
	const char *limit = r->flow[RELAY_INBOUND].limit;

	if (s->options->until_len == 0 || s->relay == NULL ||
	    (limit != NULL && strcmp(limit, "until") == 0))
		return STATUS_OK;
	network_fault(
	    s, "receive from", "Ended before the text of --until came");
	return result == RELAY_IDLE ? STATUS_TIMEOUT : STATUS_BROKEN;
}

/* Our reader has left, and nothing is known to be lost by it: should the peer
 * send more, the system answers that with a reset by itself. */
static bool
reader_had_all(const struct relay *r)
{
	const struct flow *in = &r->flow[RELAY_INBOUND];

	return in->fault == FLOW_DST && r->end[0]->error_code == EPIPE &&
	    flow_held(in) == 0;
}

enum status
session_status(struct session *s, struct relay *r, enum relay_result result)
{
	enum status status = status_of(s, r, result);
	bool failed = status != STATUS_OK;

	s->aborted = failed && !reader_had_all(r);
	if (!failed)
		status = until_status(s, r, result);
	if (s->relay != NULL)
		session_end(s, result, status);
	if (s->aborted)
		channel_abort(r->end[1]);
	if (failed && s->side == SESSION_UPSTREAM)
		channel_abort(r->end[0]);
	return status;
}
