/* SPDX-License-Identifier: ISC */
/* flow.c - one direction of a relay: its states, and when it may move */
#include <errno.h>

#include "clock.h"
#include "flow.h"
#include "flow_limits.h"
#include "flow_story.h"
#include "flow_ways.h"

/* moves before it is another relay's turn */
#define FLOW_ROUNDS 16
/* bytes of our own that wait for a slow dst */
#define FLOW_ANSWERS 4096
/* ms between two looks at the acknowledgements, doubling */
#define ACK_FIRST_MS 1
#define ACK_LAST_MS  64

void
flow_init(struct flow *f, struct channel *src, struct channel *dst)
{
	*f = (struct flow){ .src = src, .dst = dst, .pipe = { -1, -1 } };
	f->way = &flow_memory;
	buffer_init(&f->answers, FLOW_ANSWERS);
	buffer_init(&f->buf, FLOW_BUFSIZE);
}

static bool
keeps_messages(const struct flow *f)
{
	return ((f->src->flags | f->dst->flags) & CH_DGRAM) != 0;
}

void
flow_start(struct flow *f)
{
	bool looks = f->filter != NULL || f->taps != NULL || f->lines ||
	    f->answering || f->bytes_max != 0 || f->rate.per_second != 0 ||
	    keeps_messages(f);

	if (f->filter != NULL)
		buffer_init(&f->raw, FLOW_BUFSIZE / f->filter->ops->grow);
	if (!looks)
		flow_choose_way(f);
	flow_tell_way(f);
}

void
flow_free(struct flow *f)
{
	f->way->free(f);
	buffer_free(&f->buf);
	buffer_free(&f->raw);
	buffer_free(&f->answers);
	if (f->filter != NULL)
		f->filter->ops->free(f->filter);
	taps_free(f->taps);
}

size_t
flow_held(const struct flow *f)
{
	return f->buf.len + f->piped + f->answers.len;
}

bool
flow_holds(const struct flow *f)
{
	return flow_held(f) > 0 || f->empty_message;
}

bool
flow_src_spoke(const struct flow *f)
{
	return f->reads > 0 || f->ended_ms != 0 || !channel_has_input(f->src);
}

size_t
flow_undelivered(const struct flow *f)
{
	ssize_t unacked;

	if (f->fault == FLOW_DST)
		return 0;
	unacked = channel_unacked(f->dst);
	if (unacked <= (ssize_t)f->dst->farewell)
		return flow_held(f);
	return flow_held(f) + (size_t)unacked - f->dst->farewell;
}

/* Reading ahead of a slow dst gains nothing, and would merge messages; but a
 * line may come in pieces. */
static bool
has_room(const struct flow *f)
{
	if (f->lines)
		return f->buf.len <= f->buf.cap / 2;
	return f->piped == 0 && f->buf.len == 0 && !f->empty_message;
}

/* Without a fill, drain moves from src to dst in one go, and needs both. */
static bool
is_direct(const struct flow *f)
{
	return f->way->fill == NULL && f->state == FLOW_OPEN;
}

/* But for its rate. */
static bool
may_read(const struct flow *f)
{
	if (f->state != FLOW_OPEN || !channel_has_input(f->src) ||
	    flow_limits_reached(f))
		return false;
	return is_direct(f) ? f->dst->wwait == 0 : has_room(f);
}

bool
flow_wants_read(const struct flow *f, int64_t now_ms)
{
	return may_read(f) && now_ms >= flow_limits_ready_ms(f);
}

/* A line that is not complete waits for its rest where lines are messages. */
static bool
has_message(const struct flow *f)
{
	if (!f->lines || !keeps_messages(f) || f->state != FLOW_OPEN)
		return true;
	return f->answers.len > 0 || !has_room(f) ||
	    (f->message_max != 0 && f->buf.len >= f->message_max) ||
	    buffer_find(&f->buf, '\n') != BUFFER_NOT_FOUND;
}

static bool
has_to_drain(const struct flow *f, int64_t now_ms)
{
	if (f->state != FLOW_OPEN && f->state != FLOW_DRAINING)
		return false;
	if (!flow_holds(f) || now_ms < f->next_ms)
		return false;
	return has_message(f);
}

bool
flow_wants_write(const struct flow *f, int64_t now_ms)
{
	if (is_direct(f))
		return f->dst->wwait != 0;
	return f->state == FLOW_SHUTTING || has_to_drain(f, now_ms);
}

static bool
can_fill(const struct flow *f, int64_t now_ms)
{
	return !is_direct(f) && flow_wants_read(f, now_ms) &&
	    f->src->rwait == 0;
}

static bool
can_drain(const struct flow *f, int64_t now_ms)
{
	if (f->dst->wwait != 0)
		return false;
	if (is_direct(f))
		return f->src->rwait == 0 && !flow_limits_reached(f);
	return has_to_drain(f, now_ms);
}

/* True where the state changes without moving a byte. */
static bool
can_settle(const struct flow *f, int64_t now_ms)
{
	switch (f->state) {
	case FLOW_OPEN:
		return flow_limits_reached(f);
	case FLOW_DRAINING:
		return !flow_holds(f) && !f->end_held;
	case FLOW_SHUTTING:
		return f->dst->wwait == 0;
	case FLOW_ACKING:
		return now_ms >= f->next_ms;
	default:
		return false;
	}
}

bool
flow_runnable(const struct flow *f, int64_t now_ms)
{
	return can_fill(f, now_ms) || can_drain(f, now_ms) ||
	    can_settle(f, now_ms);
}

int64_t
flow_deadline(const struct flow *f, int64_t now_ms)
{
	bool paced = flow_held(f) > 0 &&
	    (f->state == FLOW_OPEN || f->state == FLOW_DRAINING);
	int64_t at_ms = CLOCK_NEVER, ready_ms = flow_limits_ready_ms(f);

	if (f->next_ms > now_ms && (paced || f->state == FLOW_ACKING))
		at_ms = f->next_ms;
	if (ready_ms > now_ms && may_read(f))
		clock_lower(&at_ms, ready_ms);
	return at_ms;
}

void
flow_end(struct flow *f, int64_t now_ms)
{
	if (f->state != FLOW_OPEN)
		return;
	f->state = FLOW_DRAINING;
	f->last_call = false;
	f->ended_ms = now_ms;
	if (f->filter != NULL && f->filter->ops->end != NULL) {
		size_t held = f->buf.len;

		f->filter->ops->end(f->filter, &f->buf);
		flow_limits_count(f, 0, held);
	}
	flow_tell_end(f);
}

void
flow_abort(struct flow *f)
{
	f->state = FLOW_DONE;
	f->last_call = false;
}

void
flow_fail(struct flow *f, enum flow_fault fault, int64_t now_ms)
{
	if (f->fault == FLOW_FINE)
		f->fault = fault;
	flow_tell_fault(f, fault);
	if (fault == FLOW_DST)
		flow_abort(f);
	else
		flow_end(f, now_ms);
}

bool
flow_answer(struct flow *f, const void *bytes, size_t n)
{
	if (f->state != FLOW_OPEN && f->state != FLOW_DRAINING)
		return false;
	if (n > buffer_room(&f->answers))
		return false;
	buffer_append(&f->answers, bytes, n);
	return true;
}

/* A FIN has come, or has been sent. */
static void
end_of_network(struct flow *f)
{
	f->end_ns = clock_ns();
	taps_end(f->taps, f);
}

/* The system tells of a reset once, and it may have told the other flow, which
 * writes there: after that a read only says that there is no more. */
static void
src_ended(struct flow *f, int64_t now_ms)
{
	if (f->src->error_code == ECONNRESET) {
		flow_fail(f, FLOW_SRC, now_ms);
		return;
	}
	f->src_eof = true;
	flow_end(f, now_ms);
	if (!f->outbound)
		end_of_network(f);
}

static bool
flow_fill(struct flow *f, int64_t now_ms)
{
	ssize_t got = f->way->fill(f);

	if (got >= 0)
		return true;
	if (got == IO_EOF)
		src_ended(f, now_ms);
	if (got == IO_ERROR)
		flow_fail(f, FLOW_SRC, now_ms);
	return false;
}

static bool
flow_drain(struct flow *f, int64_t now_ms)
{
	ssize_t put = f->way->drain(f);

	if (put == IO_EOF)
		src_ended(f, now_ms);
	if (put == IO_ERROR && f->fault == FLOW_FINE)
		f->fault = FLOW_DST; /* a direct way knows better */
	if (put == IO_ERROR)
		flow_fail(f, f->fault, now_ms);
	return put >= 0;
}

static void
flow_done(struct flow *f)
{
	f->state = FLOW_DONE;
	f->acked_ns = clock_ns();
	flow_tell_done(f);
}

/* An end that is not the source's own must not look like one. */
static void
flow_shut(struct flow *f, int64_t now_ms)
{
	int result = 0;

	if (f->fault == FLOW_SRC && (f->dst->flags & (CH_TCP | CH_FAREWELL)))
		channel_abort(f->dst);
	else if (!f->keep_open)
		result = channel_shut(f->dst);
	if (result == IO_WAIT)
		return;
	if (result == 0)
		flow_tell_shut(f);
	if (f->outbound && (f->dst->flags & CH_SHUT))
		end_of_network(f);
	f->state = FLOW_ACKING;
	f->ack_ms = ACK_FIRST_MS;
	f->next_ms = 0;
	if (result == IO_ERROR)
		flow_fail(f, FLOW_DST, now_ms);
}

/* The next state, once there is nothing left to do in this one. */
static void
flow_settle(struct flow *f, int64_t now_ms)
{
	ssize_t unacked;

	switch (f->state) {
	case FLOW_OPEN:
		flow_end(f, now_ms);
		break;
	case FLOW_DRAINING:
		f->state = FLOW_SHUTTING;
		break;
	case FLOW_SHUTTING:
		flow_shut(f, now_ms);
		break;
	case FLOW_ACKING:
		unacked = channel_unacked(f->dst);
		if (unacked == IO_ERROR)
			flow_fail(f, FLOW_DST, now_ms);
		if (unacked == 0)
			flow_done(f);
		f->next_ms = now_ms + f->ack_ms;
		if (f->ack_ms < ACK_LAST_MS)
			f->ack_ms *= 2;
		break;
	case FLOW_DONE:
		break;
	}
}

static bool
flow_step(struct flow *f, int64_t now_ms)
{
	bool moved = false;

	if (can_fill(f, now_ms))
		moved = flow_fill(f, now_ms);
	if (can_drain(f, now_ms))
		moved = flow_drain(f, now_ms) || moved;
	if (!moved && can_settle(f, now_ms)) {
		flow_settle(f, now_ms);
		moved = true;
	}
	return moved;
}

void
flow_pump(struct flow *f, int64_t now_ms)
{
	int round = 0;

	f->now_ms = now_ms;
	if (flow_review_way(f) == IO_ERROR)
		flow_fail(f, FLOW_SRC, now_ms);
	while (round < FLOW_ROUNDS && flow_step(f, now_ms))
		round++;
}
