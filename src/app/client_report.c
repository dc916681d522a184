/* SPDX-License-Identifier: ISC */
/* client_report.c - the line about a client that has left */
#include "client_report.h"
#include "clock.h"
#include "log.h"

static const char *
fault_of(const struct relay *r)
{
	const struct flow *out = &r->flow[RELAY_OUTBOUND];
	const struct flow *in = &r->flow[RELAY_INBOUND];

	if (out->fault == FLOW_DST || in->fault == FLOW_SRC)
		return r->end[1]->error;
	if (out->fault == FLOW_SRC || in->fault == FLOW_DST)
		return r->end[0]->error;
	return NULL;
}

/* In the order in which things are worth telling. */
static const char *
how_it_ended(const struct relay *r, enum relay_result result)
{
	static const char *const limits[] = {
		[RELAY_IDLE] = "silent for too long",
		[RELAY_STALLED] = "took nothing for too long",
		[RELAY_CUT] = "cut off",
	};
	int64_t ours_ms = r->flow[RELAY_OUTBOUND].ended_ms;
	int64_t theirs_ms = r->flow[RELAY_INBOUND].ended_ms;
	const char *fault = fault_of(r);

	if (result != RELAY_OVER)
		return limits[result];
	if (fault != NULL)
		return fault;
	return theirs_ms != 0 && (ours_ms == 0 || theirs_ms <= ours_ms) ?
	    "ended by the peer" :
	    "ended by us";
}

void
client_report(const struct client *client, const struct relay *r,
    enum relay_result result)
{
	char where[ADDRESS_JOINED];
	int64_t ms = clock_ms() - client->start_ms;

	log_verbose("Connection from %s closed after %lld.%03lld s: "
		    "%llu bytes received, %llu sent, %s",
	    address_join(&client->session.peer, where), (long long)(ms / 1000),
	    (long long)(ms % 1000),
	    (unsigned long long)r->flow[RELAY_INBOUND].taken,
	    (unsigned long long)r->flow[RELAY_OUTBOUND].bytes,
	    how_it_ended(r, result));
}
