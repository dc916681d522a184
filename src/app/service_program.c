/* SPDX-License-Identifier: ISC */
/* service_program.c - a program for each client: --exec and --sh-exec */
#include <errno.h>
#include <string.h>

#include "dgram_peers.h"
#include "exec.h"
#include "server.h"
#include "story.h"

static void *
program_new(struct server *s)
{
	(void)s;
	return NULL;
}

/* Where the session had to be ended for its silence, the program could not end
 * by itself. */
static void
program_ended(int status, void *arg)
{
	struct client *client = arg;

	if (client->relay != NULL)
		relay_set_until(client->relay, UNTIL_OUTBOUND);
	client_release(client,
	    client->result == RELAY_IDLE ? STATUS_OK : (enum status)status);
}

static bool
is_same_host(const struct address *a, const struct address *b)
{
	struct address one = *a, other = *b;

	if (a->addr.ss_family != b->addr.ss_family ||
	    a->addr.ss_family == AF_UNIX)
		return false;
	address_set_port(&one, 0);
	address_set_port(&other, 0);
	return one.len == other.len &&
	    memcmp(&one.addr, &other.addr, one.len) == 0;
}

/* How many connections there are from where it comes, with this one. */
static unsigned
count_neighbours(const struct client *client)
{
	const struct address *here = &client->session.remote, *there;
	const struct client *other;
	unsigned count = 1;

	LIST_FOREACH (other, &client->server->clients, entry) {
		there = &other->session.remote;
		if (other != client && here->len > 0 && there->len > 0 &&
		    is_same_host(here, there))
			count++;
	}
	return count;
}

/* A socket that was handed over need not be what the options would make. */
static const char *
protocol_of(const struct options *o, const struct address *local)
{
	if (local == NULL)
		return exec_protocol(o);
	if (local->addr.ss_family == AF_UNIX)
		return "UNIX";
	return o->udp ? "UDP" : "TCP";
}

/* It could not be started; errno says why. */
static enum status
failed(struct client *client)
{
	int error = errno;
	enum status status =
	    (enum status)exec_failed(client->server->options, error);

	session_note_failure(&client->session, strerror(error));
	session_missed(&client->session, status);
	return status;
}

static void
program_serve(struct client *client, struct channel *network)
{
	struct server *s = client->server;
	const struct address *remote = &client->session.remote;
	struct address local;
	struct exec_peer peer = {
		.remote = remote->len > 0 ? remote : NULL,
		.connections = count_neighbours(client),
		.about = story_about(&client->session),
	};
	struct channel *ours;
	enum status status;

	if (dgram_peer_local(network, &local) == 0 ||
	    address_of_socket(network->wfd, &local) == 0)
		peer.local = &local;
	peer.protocol = protocol_of(s->options, peer.local);
	client->session.side = SESSION_PROGRAM;
	client->session.has_input = true;
	ours = exec_start(s->options, s->loop, &peer, program_ended, client);
	if (ours == NULL) {
		status = failed(client);
		channel_close(network);
		client_release(client, status);
		return;
	}
	client_hold(client);
	client_relay(client, ours, network);
}

static void
program_free(void *state)
{
	(void)state;
}

const struct service_ops service_program = {
	.name = "program",
	.descriptors = 4,
	.lingers = true,
	.new = program_new,
	.serve = program_serve,
	.free = program_free,
};
