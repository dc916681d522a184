/* SPDX-License-Identifier: ISC */
/* watch_status.c - SIGUSR1: what is open, a line for each connection */
#include <signal.h>
#include <stdlib.h>

#include "clock.h"
#include "columns.h"
#include "dgram_peers.h"
#include "socket_row.h"
#include "watchers.h"
#include "xalloc.h"

/* ns; a look that is younger is no measure of a rate */
#define LOOK_MIN_NS INT64_C(100000000)

static void *
status_open(struct watch *w, enum status *status)
{
	(void)status;
	return w;
}

/* Of the busier direction: since the last look or, when that was just now, from
 * the beginning. */
static uint64_t
rate_of(struct session *s)
{
	struct session_look now = { .at_ns = clock_ns(),
		.received = s->relay->flow[RELAY_INBOUND].taken,
		.sent = s->relay->flow[RELAY_OUTBOUND].bytes };
	struct session_look since = s->look;
	uint64_t received, sent;

	if (since.at_ns == 0 || now.at_ns - since.at_ns < LOOK_MIN_NS)
		since = (struct session_look){ .at_ns = s->timeline.up_ns };
	else
		s->look = now;
	if (s->look.at_ns == 0)
		s->look = now;
	received = now.received - since.received;
	sent = now.sent - since.sent;
	return (uint64_t)((double)(received > sent ? received : sent) * 1e9 /
	    (double)(now.at_ns - since.at_ns + 1));
}

static void
add_end(struct columns *c, const struct session *s, int end, uint64_t rate)
{
	const struct channel *ch = s->relay->end[end];
	const struct flow *from = &s->relay->flow[end];
	const struct flow *to = &s->relay->flow[!end];
	struct address local;
	struct socket_row row = { .fd = ch->rfd,
		.counted = true,
		.received = from->taken,
		.sent = to->bytes,
		.rate = rate };

	if (ch->rfd == -1) {
		row.name = &s->peer;
		if (dgram_peer_local(ch, &local) == 0)
			row.local = &local;
	}
	socket_row_add(c, &row);
}

static void
add_session(struct columns *c, struct session *s)
{
	uint64_t rate = rate_of(s);

	add_end(c, s, 1, rate);
	if (s->side == SESSION_UPSTREAM)
		add_end(c, s, 0, rate);
}

/* The oldest first, which is the last of the list. */
static void
add_sessions(struct columns *c, struct watch *w)
{
	struct session **all, *s;
	size_t count = 0;

	LIST_FOREACH (s, &w->live, live)
		count++;
	all = xcalloc(count + 1, sizeof(struct session *));
	count = 0;
	LIST_FOREACH (s, &w->live, live)
		all[count++] = s;
	while (count > 0)
		add_session(c, all[--count]);
	free(all);
}

static void
status_notice(void *state, int signal)
{
	struct columns c = { 0 };
	struct watch *w = state;

	if (signal != SIGUSR1)
		return;
	socket_row_head(&c);
	if (w->underway != NULL)
		w->underway(&c, w->underway_arg);
	add_sessions(&c, w);
	columns_print(&c);
	columns_free(&c);
}

const struct watcher_ops watch_status = {
	.name = "status",
	.open = status_open,
	.notice = status_notice,
};
