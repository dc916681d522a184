/* SPDX-License-Identifier: ISC */
/* flow_memory.c - bytes held in memory: any descriptors, filters, messages */
#include "clock.h"
#include "flow_limits.h"
#include "flow_story.h"
#include "flow_ways.h"

static void
count_move(struct flow *f, ssize_t n)
{
	f->last_ns = clock_ns();
	if (f->moves++ != 0)
		return;
	f->first_ns = f->last_ns;
	flow_tell_first(f, (size_t)n);
}

void
flow_count_read(struct flow *f, ssize_t n)
{
	f->reads++;
	f->taken += (uint64_t)n;
	if (f->reads == f->reads_max)
		f->limit = "recv-limit";
	if (!f->outbound)
		count_move(f, n);
}

void
flow_count_write(struct flow *f, ssize_t n)
{
	f->bytes += (uint64_t)n;
	if (f->outbound)
		count_move(f, n);
}

/* A source of messages gives a whole one, whatever its size; other input
 * becomes messages of at most message_max. */
static size_t
read_size(const struct flow *f, const struct buffer *into)
{
	size_t room = buffer_room(into);

	if (f->filter != NULL &&
	    room > buffer_room(&f->buf) / f->filter->ops->grow)
		room = buffer_room(&f->buf) / f->filter->ops->grow;
	if (f->message_max != 0 && !f->lines && room > f->message_max &&
	    !(f->src->flags & CH_DGRAM))
		room = f->message_max;
	return flow_limits_room(f, room);
}

static ssize_t
memory_fill(struct flow *f)
{
	struct buffer *into = f->filter != NULL ? &f->raw : &f->buf;
	size_t held = f->buf.len;
	ssize_t got =
	    channel_read(f->src, buffer_tail(into), read_size(f, into));

	if (got < 0)
		return got;
	if (flow_limits_refuse(f, (size_t)got))
		return IO_WAIT;
	flow_count_read(f, got);
	if (!f->outbound)
		taps_see(f->taps, f, buffer_tail(into), (size_t)got);
	f->bulk = got >= FLOW_SMALL_MOVE;
	buffer_added(into, (size_t)got);
	f->empty_message = got == 0 && (f->dst->flags & CH_DGRAM);
	if (f->filter != NULL) {
		f->filter->ops->run(
		    f->filter, buffer_head(into), (size_t)got, &f->buf);
		buffer_consume(into, (size_t)got);
	}
	flow_limits_count(f, (size_t)got, held);
	return got;
}

/* How much of the buffer goes out in one write. */
static size_t
write_size(const struct flow *f)
{
	size_t n = f->buf.len, line;

	if (!f->lines)
		return n;
	line = buffer_find(&f->buf, '\n');
	if (line != BUFFER_NOT_FOUND)
		n = line + 1;
	if (f->message_max != 0 && n > f->message_max)
		n = f->message_max;
	return n;
}

/* What had to wait goes out before anything else: it may be half sent. */
static struct buffer *
next_out(struct flow *f)
{
	if (f->unsaid != NULL)
		return f->unsaid;
	return f->answers.len > 0 ? &f->answers : &f->buf;
}

/* Without lines, what was read in one go is one. */
static bool
ends_line(const struct flow *f, const uint8_t *bytes, size_t n, size_t put)
{
	return f->lines ? bytes[put - 1] == '\n' : put == n;
}

static ssize_t
memory_drain(struct flow *f)
{
	struct buffer *from = next_out(f);
	size_t n = from == &f->buf ? write_size(f) : from->len;
	const uint8_t *bytes = buffer_head(from);
	ssize_t put = channel_write(f->dst, bytes, n);

	f->unsaid = put == IO_WAIT ? from : NULL;
	if (put < 0)
		return put;
	if (f->pace_ms > 0 && put > 0 && ends_line(f, bytes, n, (size_t)put))
		f->next_ms = f->now_ms + f->pace_ms;
	flow_count_write(f, put);
	if (f->outbound)
		taps_see(f->taps, f, bytes, (size_t)put);
	f->empty_message = false;
	buffer_consume(from, (size_t)put);
	return put;
}

static void
nothing_to_free(struct flow *f)
{
	(void)f;
}

const struct flow_way flow_memory = {
	.name = "memory",
	.fill = memory_fill,
	.drain = memory_drain,
	.free = nothing_to_free,
};
