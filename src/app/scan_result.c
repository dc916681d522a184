/* SPDX-License-Identifier: ISC */
/* scan_result.c - what a scan found out about a port */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "scan_result.h"

/* bytes; with the rest of its line less than log.c takes.  A summary with more
 * ports than fit ends in "..." */
#define SUMMARY_SIZE 1920

/* What the system says of us, and not of the port */
static bool
is_our_fault(int reason)
{
	return reason == EADDRNOTAVAIL || reason == EADDRINUSE ||
	    reason == EMFILE || reason == ENFILE || reason == ENOBUFS ||
	    reason == ENOMEM;
}

static bool
is_refusal(int reason)
{
	return reason == ECONNREFUSED || reason == ENOENT;
}

void
scan_result_set(struct scan_result *r, enum status status, int reason)
{
	bool late = status == STATUS_TIMEOUT || reason == ETIMEDOUT;
	bool said_so =
	    reason != 0 && (status == STATUS_CONNECT || status == STATUS_PROXY);

	r->status = status;
	if (status == STATUS_BROKEN) /* open, and a reset at once */
		r->status = STATUS_OK;
	if (r->status == STATUS_OK)
		r->state = PORT_OPEN;
	else if (status == STATUS_TLS)
		r->state = PORT_NO_TLS;
	else if (is_refusal(reason))
		r->state = PORT_CLOSED;
	else if (late)
		r->state = PORT_FILTERED;
	else if (said_so && !is_our_fault(reason))
		r->state = PORT_UNREACHABLE;
	else
		r->state = PORT_FAILED;
}

/* "22 80 8000-8010": the ports in this state, as they stand in the list */
static void
list_ports(char text[SUMMARY_SIZE], const struct scan_result *results,
    const int *ports, size_t count, enum port_state state)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0, next; i < count; i = next) {
		char range[32];
		int n;

		next = i + 1;
		if (results[i].state != state)
			continue;
		while (next < count && results[next].state == state &&
		    ports[next] == ports[next - 1] + 1)
			next++;
		n = next - i > 1 ?
		    snprintf(range, sizeof(range), " %d-%d", ports[i],
			ports[next - 1]) :
		    snprintf(range, sizeof(range), " %d", ports[i]);
		if (len + (size_t)n + sizeof(" ...") > SUMMARY_SIZE) {
			strlcpy(text + len, " ...", SUMMARY_SIZE - len);
			return;
		}
		len += strlcpy(text + len, range, SUMMARY_SIZE - len);
	}
}

static void
summarize(const struct scan_result *results, const int *ports, size_t count,
    enum port_state state, const char *name)
{
	int64_t least = INT64_MAX, most = 0;
	char text[SUMMARY_SIZE] = "";

	for (size_t i = 0; i < count; i++) {
		if (results[i].state != state)
			continue;
		least = results[i].us < least ? results[i].us : least;
		most = results[i].us > most ? results[i].us : most;
	}
	if (least == INT64_MAX)
		return;
	if (ports != NULL)
		list_ports(text, results, ports, count, state);
	if (least == most)
		log_verbose("%s:%s (%.1f ms)", name, text, (double)most / 1e3);
	else
		log_verbose("%s:%s (%.1f to %.1f ms)", name, text,
		    (double)least / 1e3, (double)most / 1e3);
}

static int
status_of_all(const struct scan_result *results, size_t count, bool udp)
{
	size_t late = 0;
	int failure = STATUS_OK;

	for (size_t i = 0; i < count; i++) {
		if (results[i].state == PORT_OPEN)
			return STATUS_OK;
		if (results[i].state >= PORT_NO_TLS)
			failure = (int)results[i].status;
		late += results[i].status == STATUS_TIMEOUT;
	}
	if (failure != STATUS_OK)
		return failure;
	return late == count || (udp && late > 0) ? STATUS_TIMEOUT :
						    STATUS_CONNECT;
}

int
scan_summary(const struct scan_result *results, const int *ports, size_t count,
    const struct options *o)
{
	const char *const names[PORT_STATES] = {
		[PORT_OPEN] = "open",
		[PORT_CLOSED] = "closed",
		[PORT_FILTERED] = o->udp ? "open|filtered" : "filtered",
		[PORT_UNREACHABLE] = "unreachable",
		[PORT_NO_TLS] = "open, but TLS failed",
		[PORT_FAILED] = "not known",
	};

	if (o->verbose > 0) {
		for (int state = PORT_OPEN; state < PORT_STATES; state++)
			summarize(results, ports, count, (enum port_state)state,
			    names[state]);
	}
	return status_of_all(results, count, o->udp);
}
