/* SPDX-License-Identifier: ISC */
/* opener.c - a task that runs the handshakes of a channel */
#include <stdlib.h>

#include "clock.h"
#include "opener.h"
#include "xalloc.h"

struct opener {
	struct task task;        /* first: it is a task */
	struct channel *channel; /* owned; NULL: handed out, or given up */
	int64_t deadline_ms;
	opened_fn *opened;
	void *arg;
};

static bool
opener_prepare(struct task *task, struct pollset *set, int64_t *deadline_ms)
{
	struct opener *o = (struct opener *)task;

	if (o->channel == NULL)
		return true;
	clock_lower(deadline_ms, o->deadline_ms);
	return channel_prepare_handshake(o->channel, set, deadline_ms);
}

static bool
finish(struct opener *o, enum opener_result result)
{
	struct channel *ch = o->channel;

	o->channel = NULL;
	o->opened(ch, result, o->arg);
	return false;
}

static bool
opener_run(struct task *task, const struct pollset *set, int64_t now_ms)
{
	struct opener *o = (struct opener *)task;
	int result;

	if (o->channel == NULL)
		return false;
	channel_collect(o->channel, set);
	result = channel_handshake(o->channel);
	o->channel->lost = false; /* of a socket before its last handshake */
	if (result == 0)
		return finish(o, OPENER_UP);
	if (result == IO_ERROR)
		return finish(o, OPENER_FAILED);
	if (now_ms < o->deadline_ms)
		return true;
	channel_expire_handshake(o->channel);
	return finish(o, OPENER_LATE);
}

static void
opener_free(struct task *task)
{
	struct opener *o = (struct opener *)task;

	channel_close(o->channel);
	free(o);
}

static const struct task_ops opener_ops = {
	.prepare = opener_prepare,
	.run = opener_run,
	.free = opener_free,
};

struct opener *
opener_start(struct loop *loop, struct channel *ch, int64_t deadline_ms,
    opened_fn *opened, void *arg)
{
	int result = channel_handshake(ch);
	struct opener *o;

	if (result != IO_WAIT) {
		opened(ch, result == 0 ? OPENER_UP : OPENER_FAILED, arg);
		return NULL;
	}
	o = xcalloc(1, sizeof(*o));
	*o = (struct opener){ .task.ops = &opener_ops,
		.channel = ch,
		.deadline_ms = deadline_ms,
		.opened = opened,
		.arg = arg };
	loop_add(loop, &o->task);
	return o;
}

void
opener_cancel(struct opener *o)
{
	channel_close(o->channel);
	o->channel = NULL;
}

const struct channel *
opener_channel(const struct opener *o)
{
	return o->channel;
}
