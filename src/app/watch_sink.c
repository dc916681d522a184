/* SPDX-License-Identifier: ISC */
/* watch_sink.c - the file of a record, and what is said when it fails */
#include <errno.h>
#include <string.h>

#include "log.h"
#include "watch_sink.h"

static void
failed(const char *path, int error, void *arg)
{
	(void)arg;
	log_error("write to %s failed: %s", path, strerror(error));
}

struct sink *
watch_sink_open(const char *path, enum sink_mode mode, enum status *status)
{
	struct sink *sink = sink_open(path, mode, failed, NULL);

	if (sink != NULL)
		return sink;
	log_error("open of %s failed: %s%s", path, strerror(errno),
	    errno == EEXIST ? "; --force replaces it" : "");
	*status = STATUS_LOCAL;
	return NULL;
}

enum sink_mode
watch_sink_mode(const struct options *o)
{
	return o->append_output ? SINK_APPEND : SINK_REPLACE;
}

enum status
watch_sink_close(struct sink *sink)
{
	return sink_close(sink) ? STATUS_OK : STATUS_LOCAL;
}
