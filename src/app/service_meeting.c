/* SPDX-License-Identifier: ISC */
/* service_meeting.c - the clients answer each other: --broker and --chat
 *
 * Our own input and output are one more member.  In a chat every line bears the
 * name of who said it, all hear who comes and goes, and who ends his direction
 * has gone. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "chat.h"
#include "filter_pair.h"
#include "hub.h"
#include "server.h"
#include "xalloc.h"

/* bytes that may wait for the slowest member */
#define MEETING_BACKLOG (16 * 1024 * 1024)
/* bytes; a line as the chat filter gives it is shorter */
#define CHAT_MESSAGE (64 * 1024)

/* bytes; two lines of any length fit */
#define MANY_LINES (4 * (ADDRESS_TEXT + 128))

struct meeting {
	struct server *server;
	struct session stdio;
	struct hub *hub;
	bool begun; /* stdio has joined */
};

static void *
meeting_new(struct server *s)
{
	struct meeting *meeting = xcalloc(1, sizeof(*meeting));
	const struct options *o = s->options;

	meeting->server = s;
	meeting->hub = hub_new(MEETING_BACKLOG);
	meeting->stdio = (struct session){ .options = o,
		.has_input = !o->recv_only && session_stdin_usable() };
	return meeting;
}

static struct hub_member
member_of(const struct options *o)
{
	if (o->chat)
		return (struct hub_member){ .message_max = CHAT_MESSAGE,
			.messages = true };
	return (struct hub_member){
		.message_max = options_messages(o) ? (size_t)o->mtu : 0,
		.messages = options_messages(o),
	};
}

/* Whole lines, with the name of who says them. */
static void
name_lines(const struct options *o, struct flow *f, unsigned number)
{
	char name[CHAT_NAME];

	if (!o->chat)
		return;
	snprintf(name, sizeof(name), "user%u", number);
	f->filter = filter_pair(
	    f->filter, chat_filter(name, number > 0 && options_messages(o)));
	f->lines = true;
}

/* It ends only by a fault of its own. */
static void
stdio_done(struct relay *r, enum relay_result result, void *arg)
{
	struct meeting *meeting = arg;

	server_stop(
	    meeting->server, (int)session_status(&meeting->stdio, r, result));
}

static void
join_stdio(struct meeting *meeting)
{
	const struct options *o = meeting->stdio.options;
	struct hub_member member = member_of(o);
	struct relay *r = relay_new(
	    session_stdio(&meeting->stdio), hub_channel(meeting->hub, member));

	r->flow[RELAY_OUTBOUND].message_max = member.message_max;
	name_lines(o, &r->flow[RELAY_OUTBOUND], 0);
	r->on_done = stdio_done;
	r->arg = meeting;
	relay_start(r, meeting->server->loop);
	meeting->begun = true;
}

/* Who is there, to who comes: many lines in one message. */
static void
tell_who_is_there(const struct client *client, const struct channel *seat)
{
	char text[MANY_LINES], where[ADDRESS_JOINED];
	const struct client *other;
	size_t len = 0;
	bool nobody = true;

	LIST_FOREACH (other, &client->server->clients, entry) {
		if (other == client || other->relay == NULL)
			continue;
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "<announce> already connected: %s as <user%u>.\n",
		    address_join(&other->session.peer, where), other->number);
		nobody = false;
		if (len > sizeof(text) / 2) {
			hub_tell(seat, text);
			len = 0;
		}
	}
	if (nobody)
		hub_tell(seat, "<announce> already connected: nobody.\n");
	else if (len > 0)
		hub_tell(seat, text);
}

static void
announce_arrival(const struct meeting *meeting, const struct client *client)
{
	char text[ADDRESS_JOINED + 64], where[ADDRESS_JOINED];

	snprintf(text, sizeof(text),
	    "<announce> %s is connected as <user%u>.\n",
	    address_join(&client->session.peer, where), client->number);
	hub_announce(meeting->hub, text);
}

static void
meeting_serve(struct client *client, struct channel *network)
{
	struct meeting *meeting = client->server->state;
	const struct options *o = client->session.options;
	struct channel *seat;
	struct relay *r;

	if (!meeting->begun)
		join_stdio(meeting);
	client->session.side = SESSION_MEETING;
	client->session.has_input = true;
	seat = hub_channel(meeting->hub, member_of(o));
	r = client_relay(client, seat, network);
	name_lines(o, &r->flow[RELAY_INBOUND], client->number);
	if (!o->chat)
		return;
	r->until = UNTIL_INBOUND;
	announce_arrival(meeting, client);
	tell_who_is_there(client, seat);
}

static void
meeting_leave(struct client *client)
{
	const struct meeting *meeting = client->server->state;
	char text[128];

	snprintf(text, sizeof(text), "<announce> <user%u> is disconnected.\n",
	    client->number);
	if (client->session.options->chat)
		hub_announce(meeting->hub, text);
}

static void
meeting_free(void *state)
{
	struct meeting *meeting = state;

	hub_free(meeting->hub);
	free(meeting);
}

const struct service_ops service_meeting = {
	.name = "meeting",
	.descriptors = 1,
	.new = meeting_new,
	.serve = meeting_serve,
	.leave = meeting_leave,
	.free = meeting_free,
};
