/* SPDX-License-Identifier: ISC */
/* relay.c - two channels and the two flows between them */
#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "log.h"
#include "relay.h"
#include "xalloc.h"

/* ms; a reader that has seen the end of what it wants (tar) may leave before
 * the network's end has come, and nothing is lost by that */
#define LOSS_GRACE_MS 100

static struct flow *
outbound(struct relay *r)
{
	return &r->flow[RELAY_OUTBOUND];
}

static struct flow *
inbound(struct relay *r)
{
	return &r->flow[RELAY_INBOUND];
}

static bool
is_over(struct relay *r)
{
	return outbound(r)->state == FLOW_DONE &&
	    inbound(r)->state == FLOW_DONE;
}

/* A socket tells of its loss as long as it is read. */
static bool
is_socket(const struct channel *ch)
{
	return ch->rfd != -1 && ch->rfd == ch->wfd;
}

/* An end is watched for its loss where no read would tell: our output, where it
 * matters, a socket once it has ended its direction and the other side still
 * has a source. */
static bool
is_watched(struct relay *r, int i)
{
	if (i == 0 && !is_socket(r->end[0]))
		return r->lost_ms == 0 && !(r->end[0]->flags & CH_INDIFFERENT);
	return r->flow[i].state == FLOW_DONE;
}

/* What the two flows ask of end i. */
static unsigned
wanted(struct relay *r, int i, int64_t now_ms)
{
	const struct flow *reads = &r->flow[i], *writes = &r->flow[!i];
	unsigned want = 0;

	if (flow_wants_read(reads))
		want |= CH_READ;
	if (flow_wants_write(writes, now_ms))
		want |= CH_WRITE;
	if (writes->state < FLOW_SHUTTING && is_watched(r, i))
		want |= CH_WATCH;
	return want;
}

/* The idle clock stands still while our own output makes the network wait.
 * A limit of 0 means "what is there now", and still gives our input the time
 * to speak and the peer's system the time to acknowledge. */
static int64_t
idle_deadline(struct relay *r)
{
	struct flow *out = outbound(r), *in = inbound(r);
	int64_t limit_ms = r->idle_ms, since_ms = r->last_ms;

	if (in->state != FLOW_DONE && in->dst->wwait != 0)
		return CLOCK_NEVER;
	if (limit_ms == 0 &&
	    (!flow_src_spoke(out) || flow_undelivered(out) > 0))
		limit_ms = r->linger_ms;
	if (flow_held(out) > 0 && out->next_ms > since_ms)
		since_ms = out->next_ms; /* our own pause is not silence */
	return clock_after(since_ms, limit_ms);
}

static int64_t
quit_deadline(struct relay *r)
{
	struct flow *out = outbound(r), *in = inbound(r);

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

/* CONTRACT 3, "EOF from the peer", case 4. */
static int64_t
linger_deadline(struct relay *r)
{
	struct flow *out = outbound(r), *in = inbound(r);

	if (r->inbound_done_ms == 0 || out->state != FLOW_OPEN)
		return CLOCK_NEVER;
	if (in->taken == 0 || out->taken > 0)
		return CLOCK_NEVER;
	return clock_after(r->inbound_done_ms, r->linger_ms);
}

static int64_t
patience_deadline(struct relay *r)
{
	struct flow *f = &r->flow[r->patient];
	int64_t since_ms = r->last_ms;

	if (!f->end_held || f->ended_ms == 0 || flow_held(f) > 0)
		return CLOCK_NEVER;
	if (f->ended_ms > since_ms)
		since_ms = f->ended_ms;
	if (r->unacked_ms > since_ms)
		since_ms = r->unacked_ms;
	return clock_after(since_ms, r->patience_ms);
}

static int64_t
loss_deadline(struct relay *r)
{
	if (r->lost_ms == 0 || inbound(r)->state >= FLOW_SHUTTING)
		return CLOCK_NEVER;
	return r->lost_ms + LOSS_GRACE_MS;
}

static int64_t
stall_deadline(struct relay *r)
{
	struct flow *out = outbound(r);

	if (flow_held(out) == 0 || out->dst->wwait == 0)
		return CLOCK_NEVER;
	return clock_after(r->given_ms, r->stall_ms);
}

static bool
relay_prepare(struct task *task, struct pollset *set, int64_t *deadline_ms)
{
	struct relay *r = (struct relay *)task;
	int64_t now_ms = clock_ms();
	bool ready = false;

	if (!r->started || r->cut)
		return true;
	clock_lower(deadline_ms, idle_deadline(r));
	clock_lower(deadline_ms, quit_deadline(r));
	clock_lower(deadline_ms, linger_deadline(r));
	clock_lower(deadline_ms, patience_deadline(r));
	clock_lower(deadline_ms, loss_deadline(r));
	clock_lower(deadline_ms, stall_deadline(r));
	for (int i = 0; i < 2; i++) {
		channel_prepare(r->end[i], set, wanted(r, i, now_ms));
		clock_lower(deadline_ms, flow_deadline(&r->flow[i], now_ms));
		ready |= flow_runnable(&r->flow[i], now_ms);
	}
	return ready;
}

static void
relay_finish(struct relay *r, enum relay_result result)
{
	if (r->on_done != NULL)
		r->on_done(r, result, r->arg);
}

static void
begin(struct relay *r, int64_t now_ms)
{
	r->flow[r->patient].end_held = r->patience_ms >= 0;
	for (int i = 0; i < 2; i++)
		flow_start(&r->flow[i]);
	r->started = true;
	r->last_ms = r->given_ms = now_ms;
}

/* True: a byte moved, or one could. */
static bool
note_progress(struct relay *r, int64_t now_ms)
{
	uint64_t moved = 0, before = r->moved;

	for (int i = 0; i < 2; i++)
		moved += r->flow[i].bytes + r->flow[i].reads;
	if (moved != r->moved)
		r->last_ms = now_ms;
	r->moved = moved;
	if (r->given != outbound(r)->bytes || flow_held(outbound(r)) == 0)
		r->given_ms = now_ms;
	r->given = outbound(r)->bytes;
	if (inbound(r)->state == FLOW_DONE && r->inbound_done_ms == 0) {
		r->inbound_done_ms = now_ms;
		channel_keepalive(r->end[1]);
	}
	return moved != before || flow_runnable(&r->flow[0], now_ms) ||
	    flow_runnable(&r->flow[1], now_ms);
}

/* Nobody reads our output any more, or the peer is gone for good. */
static void
handle_loss(struct relay *r, int64_t now_ms)
{
	struct flow *out = outbound(r), *in = inbound(r);

	if (r->end[0]->lost && r->lost_ms == 0)
		r->lost_ms = now_ms;
	if (now_ms >= loss_deadline(r)) {
		channel_fail_errno(r->end[0], EPIPE);
		flow_fail(in, FLOW_DST, now_ms);
	}
	if (!r->end[1]->lost || in->state != FLOW_DONE ||
	    out->state >= FLOW_SHUTTING)
		return;
	if (channel_check(r->end[1]) == IO_ERROR)
		flow_fail(out, FLOW_DST, now_ms);
	else if (flow_held(out) == 0)
		flow_end(out, now_ms);
	else {
		channel_fail_errno(r->end[1], EPIPE);
		flow_fail(out, FLOW_DST, now_ms);
	}
}

/* A fault of one direction may leave the other without a sense. */
static void
handle_faults(struct relay *r, int64_t now_ms)
{
	struct flow *out = outbound(r), *in = inbound(r);
	bool messages = (r->end[1]->flags & CH_DGRAM) != 0;

	if (in->fault == FLOW_DST ||
	    (in->fault == FLOW_SRC && in->state == FLOW_DONE &&
		out->state != FLOW_DONE))
		flow_abort(out);
	if (out->fault == FLOW_SRC && out->state == FLOW_DONE) {
		if (is_socket(r->end[0]))
			flow_abort(in); /* nothing arrives there any more */
		else
			flow_end(in, now_ms);
	}
	if (out->fault == FLOW_DST && messages)
		flow_last_call(in);
}

/* The end of the other direction has come, or the silence was long enough. */
static void
apply_patience(struct relay *r, int64_t now_ms)
{
	struct flow *f = &r->flow[r->patient];

	if (now_ms >= patience_deadline(r) && flow_undelivered(f) > 0)
		r->unacked_ms = now_ms;
	if (r->flow[!r->patient].state == FLOW_DONE ||
	    now_ms >= patience_deadline(r))
		f->end_held = false;
}

/* The rules of CONTRACT 3 that end one direction because of the other. */
static void
apply_rules(struct relay *r, int64_t now_ms)
{
	struct flow *out = outbound(r), *in = inbound(r);
	bool counted = in->reads_max != 0 && in->reads >= in->reads_max;

	if (in->state == FLOW_DONE && (r->until == UNTIL_INBOUND || counted))
		flow_end(out, now_ms);
	if (now_ms >= linger_deadline(r))
		flow_end(out, now_ms);
	apply_patience(r, now_ms);
	if (out->state == FLOW_DONE && r->until == UNTIL_OUTBOUND)
		flow_last_call(in);
	if (now_ms >= quit_deadline(r)) {
		flow_last_call(in);
		if (out->state != FLOW_DONE)
			flow_abort(out);
	}
}

static bool
relay_run(struct task *task, const struct pollset *set, int64_t now_ms)
{
	struct relay *r = (struct relay *)task;
	bool busy;

	if (r->cut) {
		relay_finish(r, RELAY_CUT);
		return false;
	}
	for (int i = 0; i < 2; i++)
		channel_collect(r->end[i], set);
	if (!r->started) {
		begin(r, now_ms);
		return true; /* with what poll(2) says of both sides */
	}
	for (int i = 0; i < 2; i++)
		flow_pump(&r->flow[i], now_ms);
	busy = note_progress(r, now_ms);
	handle_loss(r, now_ms);
	handle_faults(r, now_ms);
	apply_rules(r, now_ms);
	if (is_over(r)) {
		relay_finish(r, RELAY_OVER);
		return false;
	}
	if (!busy && now_ms >= idle_deadline(r))
		relay_finish(r, RELAY_IDLE);
	else if (now_ms >= stall_deadline(r))
		relay_finish(r, RELAY_STALLED);
	else
		return true;
	return false;
}

static void
relay_free(struct task *task)
{
	struct relay *r = (struct relay *)task;

	for (int i = 0; i < 2; i++) {
		flow_free(&r->flow[i]);
		channel_close(r->end[i]);
	}
	free(r);
}

static const struct task_ops relay_ops = {
	.prepare = relay_prepare,
	.run = relay_run,
	.free = relay_free,
};

struct relay *
relay_new(struct channel *ours, struct channel *network)
{
	struct relay *r = xcalloc(1, sizeof(*r));

	r->task.ops = &relay_ops;
	r->end[0] = ours;
	r->end[1] = network;
	for (int i = 0; i < 2; i++)
		flow_init(&r->flow[i], r->end[i], r->end[!i]);
	r->until = UNTIL_BOTH;
	r->idle_ms = r->quit_ms = r->linger_ms = -1;
	r->patience_ms = r->stall_ms = -1;
	return r;
}

void
relay_start(struct relay *r, struct loop *loop)
{
	loop_add(loop, &r->task);
}

void
relay_cut(struct relay *r)
{
	r->cut = true;
}
