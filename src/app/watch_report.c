/* SPDX-License-Identifier: ISC */
/* watch_report.c - the watcher that tells what each session was */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "report.h"
#include "sink.h"
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

static void
failed(const char *path, int error, void *arg)
{
	(void)arg;
	log_error("write to %s failed: %s", path, strerror(error));
}

static enum status
open_file(struct reporter *reporter, const struct options *o)
{
	if (o->report == NULL || o->report_file == NULL)
		return STATUS_OK;
	reporter->sink =
	    sink_open(o->report_file, SINK_APPEND, failed, reporter);
	if (reporter->sink != NULL)
		return STATUS_OK;
	log_error("open of %s failed: %s", o->report_file, strerror(errno));
	return STATUS_LOCAL;
}

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
	*status = open_file(reporter, o);
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
	bool whole = sink_close(reporter->sink);

	free(reporter);
	return whole ? STATUS_OK : STATUS_LOCAL;
}

const struct watcher_ops watch_report = {
	.name = "report",
	.open = report_open,
	.end = report_end,
	.close = report_close,
};
