/* SPDX-License-Identifier: ISC */
/* timer.c - a task that waits for a point in time */
#include <stdlib.h>

#include "clock.h"
#include "timer.h"
#include "xalloc.h"

struct timer {
	struct task task; /* first: it is a task */
	int64_t at_ms;
	timer_fn *expired;
	void *arg;
};

static bool
timer_prepare(struct task *task, struct pollset *set, int64_t *deadline_ms)
{
	const struct timer *t = (const struct timer *)task;

	(void)set;
	clock_lower(deadline_ms, t->at_ms);
	return false;
}

static bool
timer_run(struct task *task, const struct pollset *set, int64_t now_ms)
{
	const struct timer *t = (const struct timer *)task;

	(void)set;
	if (now_ms < t->at_ms)
		return true;
	t->expired(t->arg);
	return false;
}

static void
timer_free(struct task *task)
{
	free(task);
}

static const struct task_ops timer_ops = {
	.prepare = timer_prepare,
	.run = timer_run,
	.free = timer_free,
};

void
timer_start(struct loop *loop, int64_t at_ms, timer_fn *expired, void *arg)
{
	struct timer *t = xcalloc(1, sizeof(*t));

	*t = (struct timer){ .task.ops = &timer_ops,
		.at_ms = at_ms,
		.expired = expired,
		.arg = arg };
	loop_add(loop, &t->task);
}
