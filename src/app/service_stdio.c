/* SPDX-License-Identifier: ISC */
/* service_stdio.c - our own input and output answers
 *
 * One client has them for itself.  Of many, all hear what stdin says: it is
 * read for them together, once the first is there, and goes through a hub. */
#include <stdlib.h>
#include <unistd.h>

#include "hub.h"
#include "outlet.h"
#include "own_input.h"
#include "server.h"
#include "xalloc.h"

/* bytes of stdin that may wait for the slowest client */
#define STDIN_AHEAD (16 * 1024 * 1024)

struct stdio_service {
	struct server *server;
	struct session input;  /* of stdin with the hub */
	struct outlet *outlet; /* NULL: the one client has stdout */
	struct hub *hub;       /* NULL: there is no input, or it needs none */
	bool has_input, reading, input_over;
};

static struct hub_member
member_of(const struct options *o)
{
	return (struct hub_member){
		.message_max = options_messages(o) ? (size_t)o->mtu : 0,
		.messages = options_messages(o),
	};
}

static void *
stdio_new(struct server *s)
{
	const struct options *o = s->options;
	struct stdio_service *stdio = xcalloc(1, sizeof(*stdio));

	stdio->server = s;
	stdio->input = (struct session){ .options = o, .has_input = true };
	stdio->has_input = !o->recv_only && session_stdin_usable();
	if (!o->keep_open)
		return stdio;
	stdio->outlet = outlet_new(session_stdout(o));
	if (stdio->has_input) {
		stdio->hub = hub_new(STDIN_AHEAD);
		hub_keep_for_first(stdio->hub);
	}
	return stdio;
}

/* What was read is lost to nobody: all seats have it before them. */
static void
input_done(struct relay *r, enum relay_result result, void *arg)
{
	struct stdio_service *stdio = arg;
	enum status status = session_status(&stdio->input, r, result);

	stdio->input_over = true;
	hub_end(stdio->hub);
	if (status != STATUS_OK)
		server_stop(stdio->server, (int)status);
}

static void
read_input(struct stdio_service *stdio)
{
	struct hub_member member = member_of(stdio->input.options);
	struct relay *r =
	    relay_new(own_input(stdio->input.options, STDIN_FILENO, -1),
		hub_channel(stdio->hub, member));

	r->flow[RELAY_OUTBOUND].message_max = member.message_max;
	r->until = UNTIL_OUTBOUND;
	r->on_done = input_done;
	r->arg = stdio;
	relay_start(r, stdio->server->loop);
	stdio->reading = true;
}

/* A datagram from nowhere has no answer. */
static bool
is_deaf(const struct client *client)
{
	return client->server->options->udp && client->session.remote.len == 0;
}

static void
stdio_serve(struct client *client, struct channel *network)
{
	struct stdio_service *stdio = client->server->state;
	struct session *session = &client->session;
	struct channel *ours;

	session->has_input = stdio->has_input && !is_deaf(client);
	session->input_over = stdio->input_over;
	if (stdio->outlet == NULL)
		ours = session_stdio(session);
	else
		ours = outlet_channel(stdio->outlet,
		    session->has_input ? stdio->hub : NULL,
		    member_of(session->options));
	client_relay(client, ours, network);
	if (stdio->hub != NULL && !stdio->reading)
		read_input(stdio);
}

static void
stdio_free(void *state)
{
	struct stdio_service *stdio = state;

	outlet_free(stdio->outlet);
	hub_free(stdio->hub);
	free(stdio);
}

const struct service_ops service_stdio = {
	.name = "stdio",
	.descriptors = 1,
	.new = stdio_new,
	.serve = stdio_serve,
	.free = stdio_free,
};
