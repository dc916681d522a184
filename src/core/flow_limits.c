/* SPDX-License-Identifier: ISC */
/* flow_limits.c - what a flow may read: -W, --max-bytes, --rate, a last call */
#include <sys/ioctl.h>

#include "flow_limits.h"

/* bytes; more than any receive buffer: a peer that never stops is not heard */
#define LAST_CALL_MAX (64 * 1024 * 1024)
/* bytes; a record of TLS may have been read and not yet given (RFC 8446 5.1) */
#define LAST_RECORD (16 * 1024)

bool
flow_limits_reached(const struct flow *f)
{
	if (f->limit != NULL)
		return true;
	return f->last_call &&
	    (f->src->rwait != 0 || f->taken >= f->last_taken);
}

int64_t
flow_limits_ready_ms(const struct flow *f)
{
	return rate_ready_ms(&f->rate);
}

/* A datagram is read whole; input becomes one, where it is not the line that
 * does. */
static bool
reads_messages(const struct flow *f)
{
	return (f->src->flags & CH_DGRAM) ||
	    ((f->dst->flags & CH_DGRAM) && !f->lines);
}

static size_t
lesser(size_t room, uint64_t most)
{
	return most < room ? (size_t)most : room;
}

size_t
flow_limits_room(const struct flow *f, size_t room)
{
	if (f->bytes_max != 0 && !(f->src->flags & CH_DGRAM))
		room = lesser(room, f->bytes_max - f->carried);
	if (!reads_messages(f))
		room = lesser(room, rate_allows(&f->rate, f->now_ms));
	return room == 0 ? 1 : room;
}

bool
flow_limits_refuse(struct flow *f, size_t got)
{
	if (f->bytes_max == 0 || got <= f->bytes_max - f->carried)
		return false;
	f->limit = "max-bytes";
	return true;
}

void
flow_limits_count(struct flow *f, size_t got, size_t held)
{
	size_t n = f->outbound ? f->buf.len - held : got;
	uint64_t left = f->bytes_max - f->carried;

	if (f->bytes_max != 0 && n > left) {
		buffer_shorten(&f->buf, n - (size_t)left);
		n = (size_t)left;
	}
	f->carried += n;
	rate_take(&f->rate, n, f->now_ms);
	if (f->bytes_max != 0 && n == left && f->limit == NULL)
		f->limit = "max-bytes";
}

/* A paced flow does not get to the end of what comes faster. */
static uint64_t
last_call_bytes(const struct flow *f)
{
	int queued = 0;

	if (f->rate.per_second == 0 || ioctl(f->src->rfd, FIONREAD, &queued))
		return LAST_CALL_MAX;
	if (f->src->rkind != FD_STREAM)
		queued += LAST_RECORD;
	return queued > 0 ? (uint64_t)queued : 1;
}

void
flow_last_call(struct flow *f)
{
	if (f->state != FLOW_OPEN || f->last_call)
		return;
	f->last_call = true;
	f->last_taken = f->taken + last_call_bytes(f);
	f->src->rwait = 0;
}
