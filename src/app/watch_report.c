/* SPDX-License-Identifier: ISC */
/* watch_report.c - the watcher that tells what each session was */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "report.h"
#include "watch_sink.h"
#include "watchers.h"
#include "xalloc.h"

struct reporter {
	bool in_json;      /* the report, where one is wanted */
	struct sink *sink; /* owned; NULL: stderr */
	bool wanted;       /* --report */
	/* --log json: its line on stderr has the same fields, and is the report
	 * that would be there */
	bool logged;
};

static void *
report_open(struct watch *w, enum status *status)
{
	const struct options *o = w->options;
	bool in_json = o->log_form == LOG_FORM_JSON;
	bool to_stderr = o->report != NULL && o->report_file == NULL;
	struct reporter *reporter;

	if (o->report == NULL && (!in_json || o->verbose == 0))
		return NULL;
	reporter = xcalloc(1, sizeof(*reporter));
	reporter->wanted = o->report != NULL;
	reporter->in_json = o->report_form == REPORT_JSON;
	reporter->logged = in_json && (o->verbose > 0 || to_stderr);
	if (o->report_file != NULL)
		reporter->sink =
		    watch_sink_open(o->report_file, SINK_APPEND, status);
	if (*status == STATUS_OK)
		return reporter;
	free(reporter);
	return NULL;
}

/* A file has it in one form, stderr in the other. */
static void
tell(const struct reporter *reporter, const struct report *r, bool in_json,
    bool to_stderr)
{
	struct json j = { 0 };
	char *text;

	if (in_json) {
		report_json(r, &j);
		json_line(&j);
	}
	text = in_json ? j.text : report_text(r);
	if (to_stderr)
		log_write(text, strlen(text));
	else
		sink_write(reporter->sink, text, strlen(text));
	free(text);
}

static void
report_end(void *state, const struct session *s)
{
	const struct reporter *reporter = state;
	bool to_file = reporter->sink != NULL;
	struct report r;

	report_gather(&r, s);
	if (reporter->logged)
		tell(reporter, &r, true, true);
	if (reporter->wanted && (to_file || !reporter->logged))
		tell(reporter, &r, reporter->in_json, !to_file);
}

static enum status
report_close(void *state)
{
	struct reporter *reporter = state;
	enum status status = watch_sink_close(reporter->sink);

	free(reporter);
	return status;
}

const struct watcher_ops watch_report = {
	.name = "report",
	.open = report_open,
	.end = report_end,
	.close = report_close,
};
