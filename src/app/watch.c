/* SPDX-License-Identifier: ISC */
/* watch.c - all that looks at the sessions of this run */
#include "watch.h"
#include "clock.h"
#include "watchers.h"

/* In the order in which they see and speak; WATCHERS_MAX at most. */
static const struct watcher_ops *const table[] = {
	&watch_story,
	&watch_hash,
	&watch_capture,
	&watch_dump,
	&watch_records,
	&watch_report,
	&watch_status,
	&watch_progress,
	NULL,
};

int
watch_open(struct watch *w, const struct options *o)
{
	enum status status = STATUS_OK;

	*w = (struct watch){ .options = o };
	LIST_INIT(&w->live);
	for (size_t i = 0; table[i] != NULL && status == STATUS_OK; i++)
		w->states[i] = table[i]->open(w, &status);
	return status == STATUS_OK ? STATUS_OK : watch_close(w, (int)status);
}

static void
notice(int signal, void *arg)
{
	struct watch *w = arg;

	for (size_t i = 0; table[i] != NULL; i++) {
		if (w->states[i] != NULL && table[i]->notice != NULL)
			table[i]->notice(w->states[i], signal);
	}
}

void
watch_start(struct watch *w, struct loop *loop)
{
	w->loop = loop;
	loop->on_notice = notice;
	loop->notice_arg = w;
}

void
watch_attempted(struct watch *w, const struct session *s,
    const struct connect_attempt *attempt)
{
	for (size_t i = 0; table[i] != NULL; i++) {
		if (w->states[i] != NULL && table[i]->attempted != NULL)
			table[i]->attempted(w->states[i], s, attempt);
	}
}

void
watch_begin(struct watch *w, struct session *s)
{
	s->number = ++w->count;
	LIST_INSERT_HEAD(&w->live, s, live);
	for (size_t i = 0; table[i] != NULL; i++) {
		if (w->states[i] != NULL && table[i]->begin != NULL)
			table[i]->begin(w->states[i], s);
	}
}

void
watch_end(struct watch *w, struct session *s)
{
	if (s->number == 0)
		s->number = ++w->count; /* it never began */
	for (size_t i = 0; table[i] != NULL; i++) {
		if (w->states[i] != NULL && table[i]->end != NULL)
			table[i]->end(w->states[i], s);
	}
	if (s->relay != NULL)
		LIST_REMOVE(s, live);
}

void
watch_cut(struct watch *w, int status)
{
	struct session *s;

	while ((s = LIST_FIRST(&w->live)) != NULL)
		session_cut(s, (enum status)status);
}

int
watch_close(struct watch *w, int status)
{
	for (size_t i = 0; table[i] != NULL; i++) {
		enum status of_it = STATUS_OK;

		if (w->states[i] != NULL && table[i]->close != NULL)
			of_it = table[i]->close(w->states[i]);
		if (status == STATUS_OK)
			status = (int)of_it;
	}
	return status;
}
