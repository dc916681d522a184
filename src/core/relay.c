/* SPDX-License-Identifier: ISC */
/* relay.c - two channels and the two flows between them */
#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "flow_story.h"
#include "relay.h"
#include "relay_limits.h"
#include "xalloc.h"

/* bytes of a read that are dropped, and reads in a turn */
#define DROP_SIZE   (16 * 1024)
#define DROP_ROUNDS 16

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

/* The network is gone for what we say, or is to get no more, and our end must
 * not be stuck with it: it would not listen either. */
static bool
drops_words(const struct relay *r)
{
	const struct flow *out = &r->flow[RELAY_OUTBOUND];
	bool deaf = out->fault == FLOW_DST ||
	    (out->limit != NULL && out->state != FLOW_OPEN);

	return (r->abandon_ms >= 0 || (r->end[0]->flags & CH_MEMORY)) &&
	    !r->silent && deaf && r->flow[RELAY_INBOUND].state != FLOW_DONE;
}

/* What the two flows ask of end i. */
static unsigned
wanted(struct relay *r, int i, int64_t now_ms)
{
	const struct flow *reads = &r->flow[i], *writes = &r->flow[!i];
	unsigned want = 0;

	if (flow_wants_read(reads, now_ms) || (i == 0 && drops_words(r)))
		want |= CH_READ;
	if (flow_wants_write(writes, now_ms))
		want |= CH_WRITE;
	if (writes->state < FLOW_SHUTTING && is_watched(r, i))
		want |= CH_WATCH;
	return want;
}

static void
begin(struct relay *r, int64_t now_ms)
{
	r->flow[r->patient].end_held = r->patience_ms >= 0;
	for (int i = 0; i < 2; i++)
		flow_start(&r->flow[i]);
	r->started = true;
	r->start_ms = r->last_ms = r->given_ms = now_ms;
}

static bool
relay_prepare(struct task *task, struct pollset *set, int64_t *deadline_ms)
{
	struct relay *r = (struct relay *)task;
	int64_t now_ms = clock_ms();

	if (r->cut)
		return true;
	if (!r->started)
		begin(r, now_ms);
	r->due_ms = relay_next_deadline(r);
	for (int i = 0; i < 2; i++) {
		channel_prepare(r->end[i], set, wanted(r, i, now_ms));
		clock_lower(&r->due_ms, flow_deadline(&r->flow[i], now_ms));
		r->ready |= flow_runnable(&r->flow[i], now_ms);
	}
	r->ready |= drops_words(r) && r->end[0]->rwait == 0;
	clock_lower(deadline_ms, r->due_ms);
	return r->ready;
}

/* True for most of a thousand idle relays, while one is busy. */
static bool
has_nothing_to_do(
    const struct relay *r, const struct pollset *set, int64_t now_ms)
{
	if (r->cut || !r->started)
		return !r->cut;
	return !r->ready && now_ms < r->due_ms &&
	    !channel_has_news(r->end[0], set) &&
	    !channel_has_news(r->end[1], set);
}

static void
relay_finish(struct relay *r, enum relay_result result)
{
	if (r->on_done != NULL)
		r->on_done(r, result, r->arg);
}

/* True: a byte moved, or one could. */
static bool
note_progress(struct relay *r, int64_t now_ms)
{
	uint64_t moved = 0, before = r->moved, given;
	bool holds;

	for (int i = 0; i < 2; i++)
		moved += r->flow[i].bytes + r->flow[i].reads;
	if (moved != r->moved)
		r->last_ms = now_ms;
	r->moved = moved;
	given = outbound(r)->bytes + outbound(r)->reads;
	holds = flow_holds(outbound(r));
	if (r->given != given || !r->held || !holds)
		r->given_ms = now_ms;
	r->given = given;
	r->held = holds;
	if (inbound(r)->state == FLOW_DONE && r->inbound_done_ms == 0)
		r->inbound_done_ms = now_ms;
	return moved != before || flow_runnable(&r->flow[0], now_ms) ||
	    flow_runnable(&r->flow[1], now_ms);
}

/* Nobody reads our output any more. */
static void
handle_left_output(struct relay *r, int64_t now_ms)
{
	if (r->end[0]->lost && r->lost_ms == 0)
		r->lost_ms = now_ms;
	if (now_ms >= relay_loss_deadline(r)) {
		channel_fail_errno(r->end[0], EPIPE);
		flow_fail(inbound(r), FLOW_DST, now_ms);
	}
}

/* Who has ended his direction is now gone for good.  A fault of it has said
 * more than that already. */
static void
handle_loss(struct relay *r, int i, int64_t now_ms)
{
	struct channel *ch = r->end[i];
	struct flow *to = &r->flow[!i];

	if (!ch->lost || r->flow[i].state != FLOW_DONE ||
	    r->flow[i].fault == FLOW_SRC || to->state >= FLOW_SHUTTING)
		return;
	if (channel_check(ch) == IO_ERROR)
		flow_fail(to, FLOW_DST, now_ms);
	else if (flow_held(to) == 0)
		flow_end(to, now_ms);
	else {
		channel_fail_errno(ch, EPIPE);
		flow_fail(to, FLOW_DST, now_ms);
	}
}

static void
drop_words(struct relay *r)
{
	char bytes[DROP_SIZE];
	ssize_t n = channel_read(r->end[0], bytes, sizeof(bytes));

	for (int i = 1; i < DROP_ROUNDS && n >= 0; i++)
		n = channel_read(r->end[0], bytes, sizeof(bytes));
	r->silent = n == IO_EOF || n == IO_ERROR;
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
	if (drops_words(r))
		drop_words(r);
	if (now_ms >= relay_abandon_deadline(r))
		flow_abort(in);
}

/* Who is told so much, and says nothing to it, has no answer to lose. */
static bool
only_listens(const struct relay *r)
{
	return r->patience_bytes != 0 && r->flow[!r->patient].taken == 0 &&
	    r->flow[r->patient].bytes > r->patience_bytes;
}

/* The end of the other direction has come, or the silence was long enough. */
static void
apply_patience(struct relay *r, int64_t now_ms)
{
	struct flow *f = &r->flow[r->patient];

	if (now_ms >= relay_patience_deadline(r) && flow_undelivered(f) > 0)
		r->unacked_ms = now_ms;
	if (r->flow[!r->patient].state == FLOW_DONE || only_listens(r) ||
	    now_ms >= relay_patience_deadline(r))
		f->end_held = false;
}

/* The rules of CONTRACT 3 that end one direction because of the other. */
static void
apply_rules(struct relay *r, int64_t now_ms)
{
	struct flow *out = outbound(r), *in = inbound(r);

	if (in->state == FLOW_DONE &&
	    (r->until == UNTIL_INBOUND || in->limit != NULL))
		flow_end(out, now_ms);
	if (now_ms >= relay_linger_deadline(r)) {
		flow_tell(
		    out, "our input had nothing to say to that (--linger)");
		flow_end(out, now_ms);
	}
	apply_patience(r, now_ms);
	if (out->state == FLOW_DONE && r->until == UNTIL_OUTBOUND)
		flow_last_call(in);
	if (now_ms >= relay_quit_deadline(r)) {
		flow_tell(
		    out, "we leave so long after our last word (--quit-after)");
		flow_last_call(in);
		if (out->state != FLOW_DONE)
			flow_abort(out);
	}
}

/* The peer has ended its direction and we have not: should it vanish, no read
 * would tell. */
static void
watch_peer(struct relay *r)
{
	if (r->watched || inbound(r)->state != FLOW_DONE ||
	    outbound(r)->state != FLOW_OPEN)
		return;
	channel_keepalive(r->end[1]);
	r->watched = true;
}

/* Both directions, and what the one means for the other.  True: a byte moved,
 * or one could. */
static bool
go_on(struct relay *r, int64_t now_ms)
{
	bool busy;

	for (int i = 0; i < 2; i++)
		flow_pump(&r->flow[i], now_ms);
	busy = note_progress(r, now_ms);
	if (is_socket(r->end[0]))
		handle_loss(r, 0, now_ms);
	else
		handle_left_output(r, now_ms);
	handle_loss(r, 1, now_ms);
	handle_faults(r, now_ms);
	apply_rules(r, now_ms);
	return busy;
}

static bool
relay_run(struct task *task, const struct pollset *set, int64_t now_ms)
{
	struct relay *r = (struct relay *)task;
	enum flow_state outbound_was = outbound(r)->state;
	bool busy;

	if (has_nothing_to_do(r, set, now_ms))
		return true;
	r->ready = false;
	if (r->cut) {
		relay_finish(r, RELAY_CUT);
		return false;
	}
	for (int i = 0; i < 2; i++)
		channel_collect(r->end[i], set);
	busy = go_on(r, now_ms);
	if (!is_over(r) && outbound(r)->state != outbound_was)
		busy |= go_on(r, now_ms); /* our end may follow the peer's */
	if (is_over(r)) {
		relay_finish(r, RELAY_OVER);
		return false;
	}
	if (now_ms >= relay_max_deadline(r))
		relay_finish(r, RELAY_EXPIRED);
	else if (!busy && now_ms >= relay_idle_deadline(r))
		relay_finish(r, RELAY_IDLE);
	else if (now_ms >= relay_stall_deadline(r))
		relay_finish(r, RELAY_STALLED);
	else {
		watch_peer(r);
		return true;
	}
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
	r->flow[RELAY_OUTBOUND].outbound = true;
	r->until = UNTIL_BOTH;
	r->idle_ms = r->quit_ms = r->max_ms = r->linger_ms = -1;
	r->patience_ms = r->stall_ms = r->abandon_ms = -1;
	return r;
}

void
relay_start(struct relay *r, struct loop *loop)
{
	loop_add(loop, &r->task);
}

void
relay_set_until(struct relay *r, enum relay_until until)
{
	r->until = until;
	r->ready = true;
}

void
relay_limit_stall(struct relay *r, int64_t stall_ms)
{
	if (r->stall_ms != stall_ms)
		r->given_ms = clock_ms();
	r->stall_ms = stall_ms;
}

void
relay_cut(struct relay *r)
{
	r->cut = true;
}
