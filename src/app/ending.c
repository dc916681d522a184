/* SPDX-License-Identifier: ISC */
/* ending.c - who ended a session and how, in words */
#include "ending.h"

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
const char *
ending_words(const struct relay *r, enum relay_result result)
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
