/* SPDX-License-Identifier: ISC */
/* relay_limits.c - when a relay has to do something by itself */
#include "relay_limits.h"
#include "clock.h"
#include "flow_limits.h"

/* ms; a reader that has seen the end of what it wants (tar) may leave before
 * the network's end has come, and nothing is lost by that */
#define LOSS_GRACE_MS 100

/* The last byte, or the end of our own pause, which is no silence. */
static int64_t
silent_since(const struct relay *r)
{
	const struct flow *out = &r->flow[RELAY_OUTBOUND];
	int64_t since_ms = r->last_ms;

	if (flow_held(out) > 0 && out->next_ms > since_ms)
		since_ms = out->next_ms;
	for (int i = 0; i < 2; i++) {
		int64_t ready_ms = flow_limits_ready_ms(&r->flow[i]);

		if (r->flow[i].state == FLOW_OPEN && ready_ms > since_ms)
			since_ms = ready_ms;
	}
	return since_ms;
}

/* The idle clock stands still while our own output makes the network wait.
 * A limit of 0 means "what is there now", and still gives our input the time
 * to speak and the peer's system the time to acknowledge. */
int64_t
relay_idle_deadline(const struct relay *r)
{
	const struct flow *out = &r->flow[RELAY_OUTBOUND],
			  *in = &r->flow[RELAY_INBOUND];
	int64_t limit_ms = r->idle_ms;

	if (in->state != FLOW_DONE && in->dst->wwait != 0)
		return CLOCK_NEVER;
	if (limit_ms == 0 &&
	    (!flow_src_spoke(out) || flow_undelivered(out) > 0))
		limit_ms = r->linger_ms;
	return clock_after(silent_since(r), limit_ms);
}

int64_t
relay_quit_deadline(const struct relay *r)
{
	const struct flow *out = &r->flow[RELAY_OUTBOUND],
			  *in = &r->flow[RELAY_INBOUND];

	if (r->quit_ms < 0 || out->ended_ms == 0 ||
	    !channel_has_input(out->src))
		return CLOCK_NEVER;
	if (out->state == FLOW_DONE &&
	    (in->state != FLOW_OPEN || in->last_call))
		return CLOCK_NEVER; /* leaving already */
	if (r->quit_ms == 0)
		return out->state == FLOW_DONE ? 0 : CLOCK_NEVER;
	return clock_after(out->ended_ms, r->quit_ms);
}

int64_t
relay_max_deadline(const struct relay *r)
{
	return r->start_ms == 0 ? CLOCK_NEVER :
				  clock_after(r->start_ms, r->max_ms);
}

/* CONTRACT 3, "EOF from the peer", case 4. */
int64_t
relay_linger_deadline(const struct relay *r)
{
	const struct flow *out = &r->flow[RELAY_OUTBOUND],
			  *in = &r->flow[RELAY_INBOUND];

	if (r->inbound_done_ms == 0 || out->state != FLOW_OPEN)
		return CLOCK_NEVER;
	if (in->taken == 0 || out->taken > 0)
		return CLOCK_NEVER;
	return clock_after(r->inbound_done_ms, r->linger_ms);
}

int64_t
relay_patience_deadline(const struct relay *r)
{
	const struct flow *f = &r->flow[r->patient];
	int64_t since_ms = silent_since(r);

	if (!f->end_held || f->ended_ms == 0 || flow_held(f) > 0)
		return CLOCK_NEVER;
	if (f->ended_ms > since_ms)
		since_ms = f->ended_ms;
	if (r->unacked_ms > since_ms)
		since_ms = r->unacked_ms;
	return clock_after(since_ms, r->patience_ms);
}

int64_t
relay_loss_deadline(const struct relay *r)
{
	if (r->lost_ms == 0 || r->flow[RELAY_INBOUND].state >= FLOW_SHUTTING)
		return CLOCK_NEVER;
	return r->lost_ms + LOSS_GRACE_MS;
}

int64_t
relay_stall_deadline(const struct relay *r)
{
	const struct flow *out = &r->flow[RELAY_OUTBOUND];

	if (!flow_holds(out) || out->dst->wwait == 0)
		return CLOCK_NEVER;
	return clock_after(r->given_ms, r->stall_ms);
}

int64_t
relay_abandon_deadline(const struct relay *r)
{
	if (r->flow[RELAY_OUTBOUND].fault != FLOW_DST ||
	    r->flow[RELAY_INBOUND].state == FLOW_DONE)
		return CLOCK_NEVER;
	return clock_after(silent_since(r), r->abandon_ms);
}

int64_t
relay_next_deadline(const struct relay *r)
{
	int64_t at_ms = CLOCK_NEVER;

	clock_lower(&at_ms, relay_idle_deadline(r));
	clock_lower(&at_ms, relay_quit_deadline(r));
	clock_lower(&at_ms, relay_max_deadline(r));
	clock_lower(&at_ms, relay_linger_deadline(r));
	clock_lower(&at_ms, relay_patience_deadline(r));
	clock_lower(&at_ms, relay_loss_deadline(r));
	clock_lower(&at_ms, relay_stall_deadline(r));
	clock_lower(&at_ms, relay_abandon_deadline(r));
	return at_ms;
}
