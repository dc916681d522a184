/* SPDX-License-Identifier: ISC */
/* session_rig.c - a session whose relay is there, and does nothing by itself */
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "command_line.h"
#include "session_rig.h"

void
session_rig_init(struct session_rig *r, const char *line, bool tcp)
{
	*r = (struct session_rig){ .options = line_parsed(line) };
	pair_of(SOCK_STREAM, r->fds);
	if (tcp)
		tcp_pair(r->fds + 2);
	else
		pair_of(SOCK_STREAM, r->fds + 2);
	r->relay =
	    relay_new(channel_socket(r->fds[0]), channel_socket(r->fds[2]));
	r->out = &r->relay->flow[RELAY_OUTBOUND];
	r->in = &r->relay->flow[RELAY_INBOUND];
	r->session = (struct session){
		.options = &r->options, .number = 1, .relay = r->relay
	};
	r->session.timeline.start_ns = clock_ns();
	r->session.timeline.up_ns = r->session.timeline.start_ns + 1000;
	r->session.timeline.end_ns = r->session.timeline.start_ns + 5000000;
}

void
session_rig_free(struct session_rig *r)
{
	r->relay->task.ops->free(&r->relay->task);
	close(r->fds[1]);
	close(r->fds[3]);
	session_free(&r->session);
	options_free(&r->options);
}
