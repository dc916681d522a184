/* SPDX-License-Identifier: ISC */
/* client_report.c - the line about a client that has left */
#include "client_report.h"
#include "clock.h"
#include "ending.h"
#include "log.h"

void
client_report(const struct client *client, const struct relay *r,
    enum relay_result result)
{
	char where[ADDRESS_JOINED];
	int64_t ms = clock_ms() - client->start_ms;

	log_verbose("Connection from %s closed after %lld.%03lld s: "
		    "%llu bytes received, %llu sent, %s",
	    address_join(&client->session.peer, where), (long long)(ms / 1000),
	    (long long)(ms % 1000),
	    (unsigned long long)r->flow[RELAY_INBOUND].taken,
	    (unsigned long long)r->flow[RELAY_OUTBOUND].bytes,
	    ending_words(r, result));
}
