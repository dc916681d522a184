/* SPDX-License-Identifier: ISC */
/* service_forward.c - a connection of its own to somewhere else: --relay
 *
 * The upstream leg is dialed as a connection of the command line would be, with
 * the same options but for those that say where to listen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dial.h"
#include "server.h"
#include "story.h"
#include "xalloc.h"

struct forward {
	struct options upstream; /* borrows all that it has of the others */
	struct ports ports;      /* a list of one */
	struct proxy_login login;
	struct tls_setup tls;
	char name[SESSION_PEER]; /* for messages */
};

/* A client whose upstream is on its way. */
struct leg {
	struct session session; /* of the upstream alone: its attempts */
	struct dial dial;
	struct channel *network; /* owned until there is a relay */
};

/* Our certificate is for those who connect to us, if it is TLS that they
 * speak. */
static void
set_tls(struct options *upstream, const struct options *o)
{
	upstream->tls = o->relay_tls;
	if (o->tls)
		upstream->tls_cert = upstream->tls_key = NULL;
}

static void *
forward_new(struct server *s)
{
	const struct options *o = s->options;
	struct forward *forward = xcalloc(1, sizeof(*forward));
	struct options *upstream = &forward->upstream;
	struct address_text name = { 0 };

	*upstream = *o;
	upstream->listen = upstream->keep_open = false;
	upstream->host = o->relay_host;
	upstream->ports = (struct ports){ 0 };
	upstream->family = o->relay_port == 0 ? AF_UNIX :
	    o->family == AF_UNIX              ? AF_UNSPEC :
						o->family;
	upstream->source_port = SOCKOPT_UNSET;
	if (o->family == AF_UNIX)
		upstream->source = NULL; /* it was where to listen */
	set_tls(upstream, o);
	strlcpy(name.host, o->relay_host, sizeof(name.host));
	if (o->relay_port != 0)
		snprintf(name.port, sizeof(name.port), "%d", o->relay_port);
	session_peer(upstream, &name, forward->name);
	proxy_login_init(&forward->login, upstream);
	return forward;
}

static enum status
forward_prepare(void *state)
{
	struct forward *forward = state;

	return tls_setup_client(&forward->tls, &forward->upstream);
}

static void
leg_free(struct leg *leg)
{
	if (leg == NULL)
		return;
	channel_close(leg->network);
	session_free(&leg->session);
	dial_free(&leg->dial);
	free(leg);
}

static void
dialed(struct dial *d, struct channel *upstream, enum status status, void *arg)
{
	struct client *client = arg;
	struct leg *leg = client->state;
	struct channel *network = leg->network;

	leg->network = NULL;
	if (d->tls_facts.version[0] != '\0')
		leg->session.tls = &d->tls_facts;
	if (upstream != NULL)
		client_relay(client, upstream, network);
	else {
		session_missed(&client->session, status);
		channel_close(network);
		client_release(client, status);
	}
}

static void
forward_serve(struct client *client, struct channel *network)
{
	struct forward *forward = client->server->state;
	const struct options *o = client->server->options;
	struct leg *leg = xcalloc(1, sizeof(*leg));

	client->session.side = SESSION_UPSTREAM;
	client->session.has_input = true;
	client->session.upstream = forward->name;
	client->session.leg = &leg->session;
	client->state = leg;
	leg->session = (struct session){ .options = &forward->upstream,
		.target_port = o->relay_port };
	leg->network = network;
	leg->dial = (struct dial){ .options = &forward->upstream,
		.loop = client->server->loop,
		.ports = &o->relay_port,
		.port_count = o->relay_port == 0 ? 0 : 1,
		.login = &forward->login,
		.tls = &forward->tls,
		.about = story_about(&client->session),
		.dialed = dialed,
		.arg = client,
		.session = &leg->session };
	dial_start(&leg->dial);
}

static void
forward_forget(struct client *client)
{
	leg_free(client->state);
}

static void
forward_free(void *state)
{
	struct forward *forward = state;

	proxy_login_forget(&forward->login);
	tls_setup_free(&forward->tls);
	free(forward);
}

const struct service_ops service_forward = {
	.name = "forward",
	.descriptors = 6,
	.new = forward_new,
	.prepare = forward_prepare,
	.serve = forward_serve,
	.forget = forward_forget,
	.free = forward_free,
};
