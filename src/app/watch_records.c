/* SPDX-License-Identifier: ISC */
/* watch_records.c - --output, --output-in and --output-out: what was said */
#include <stdlib.h>

#include "record.h"
#include "watch_sink.h"
#include "watchers.h"
#include "xalloc.h"

struct records {
	struct sink *both, *in, *out; /* NULL: not wanted */
};

static enum status
close_records(void *state)
{
	struct records *records = state;
	struct sink *const sinks[] = { records->both, records->in,
		records->out };
	enum status status = STATUS_OK;

	for (size_t i = 0; i < sizeof(sinks) / sizeof(sinks[0]); i++) {
		if (watch_sink_close(sinks[i]) != STATUS_OK)
			status = STATUS_LOCAL;
	}
	free(records);
	return status;
}

static void *
open_records(struct watch *w, enum status *status)
{
	const struct options *o = w->options;
	struct records *records;

	if (o->output == NULL && o->output_in == NULL && o->output_out == NULL)
		return NULL;
	records = xcalloc(1, sizeof(*records));
	const struct {
		const char *path;
		struct sink **sink;
	} files[] = { { o->output, &records->both },
		{ o->output_in, &records->in },
		{ o->output_out, &records->out } };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (files[i].path != NULL && *status == STATUS_OK)
			*files[i].sink = watch_sink_open(
			    files[i].path, watch_sink_mode(o), status);
	}
	if (*status == STATUS_OK)
		return records;
	close_records(records);
	return NULL;
}

static void
add(struct flow *f, struct sink *sink)
{
	if (sink != NULL)
		taps_add(&f->taps, record_tap(sink));
}

static void
begin_session(void *state, struct session *s)
{
	const struct records *records = state;
	struct flow *flows = s->relay->flow;

	add(&flows[RELAY_OUTBOUND], records->both);
	add(&flows[RELAY_INBOUND], records->both);
	add(&flows[RELAY_OUTBOUND], records->out);
	add(&flows[RELAY_INBOUND], records->in);
}

const struct watcher_ops watch_records = {
	.name = "records",
	.open = open_records,
	.begin = begin_session,
	.close = close_records,
};
