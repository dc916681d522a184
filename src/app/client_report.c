/* SPDX-License-Identifier: ISC */
/* client_report.c - the line about a client that has left */
#include <stdio.h>

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

/* bytes; "ended by --" and an option */
#define HOW_MAX 48

/* In the order in which things are worth telling. */
static const char *
how_it_ended(
    const struct relay *r, enum relay_result result, char text[static HOW_MAX])
{
	static const char *const limits[] = {
		[RELAY_IDLE] = "silent for too long",
		[RELAY_STALLED] = "took nothing for too long",
		[RELAY_CUT] = "cut off",
		[RELAY_EXPIRED] = "ended by --max-time",
	};
	const struct flow *out = &r->flow[RELAY_OUTBOUND];
	const struct flow *in = &r->flow[RELAY_INBOUND];
	bool theirs = in->ended_ms != 0 &&
	    (out->ended_ms == 0 || in->ended_ms <= out->ended_ms);
	const char *limit = theirs ? in->limit : out->limit;
	const char *fault = fault_of(r);

	if (result != RELAY_OVER)
		return limits[result];
	if (fault != NULL)
		return fault;
	if (limit == NULL)
		return theirs ? "ended by the peer" : "ended by us";
	snprintf(text, HOW_MAX, "ended by --%s", limit);
	return text;
}

void
client_report(const struct client *client, const struct relay *r,
    enum relay_result result)
{
	char where[ADDRESS_JOINED], how[HOW_MAX];
	int64_t ms = clock_ms() - client->start_ms;

	log_verbose("Connection from %s closed after %lld.%03lld s: "
		    "%llu bytes received, %llu sent, %s",
	    address_join(&client->session.peer, where), (long long)(ms / 1000),
	    (long long)(ms % 1000),
	    (unsigned long long)r->flow[RELAY_INBOUND].taken,
	    (unsigned long long)r->flow[RELAY_OUTBOUND].bytes,
	    how_it_ended(r, result, how));
}
