/* SPDX-License-Identifier: ISC */
/* client_report.c - the line about a client that has left */
#include <stdio.h>

#include "client_report.h"
#include "clock.h"
#include "log.h"
#include "report.h"

/* In JSON the watcher of the report says it, with all that there is to say. */
void
client_report(const struct client *client, const struct relay *r,
    enum relay_result result)
{
	char text[REPORT_SENTENCE];

	if (log_level() < 1 || log_is_json())
		return;
	report_relay_sentence(
	    &client->session, r, result, clock_ms() - client->start_ms, text);
	log_verbose("%s", text);
}
