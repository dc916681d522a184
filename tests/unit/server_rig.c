/* SPDX-License-Identifier: ISC */
/* server_rig.c - a server whose listener and service do nothing by themselves
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admission.h"
#include "command_line.h"
#include "network.h"
#include "server_rig.h"

static struct server_rig *
rig_of(struct server *s)
{
	return (struct server_rig *)(void *)((char *)s -
	    offsetof(struct server_rig, server));
}

static void *
rig_new(struct server *s)
{
	return rig_of(s);
}

static void
rig_serve(struct client *client, struct channel *network)
{
	struct server_rig *r = rig_of(client->server);

	r->clients[r->count] = client;
	r->network[r->count++] = network;
}

static void
rig_leave(struct client *client)
{
	rig_of(client->server)->left++;
}

static void
rig_forget(struct client *client)
{
	struct server_rig *r = rig_of(client->server);

	for (size_t i = 0; i < r->count; i++) {
		if (r->clients[i] == client)
			r->clients[i] = NULL;
	}
	r->forgotten++;
}

static void
rig_free(void *state)
{
	struct server_rig *r = state;

	r->freed = true;
}

static const struct service_ops rig_service = {
	.name = "rig",
	.descriptors = 1,
	.new = rig_new,
	.serve = rig_serve,
	.leave = rig_leave,
	.forget = rig_forget,
	.free = rig_free,
};

void
server_rig_init(struct server_rig *r, const char *line)
{
	*r = (struct server_rig){ .options = line_parsed(line),
		.service = rig_service };
	for (size_t i = 0; i < RIG_CLIENTS; i++)
		r->peers[i] = r->upstream[i] = -1;
	ck_assert_int_eq(loop_init(&r->loop), 0);
	server_init(&r->server, &r->options, &r->loop);
	r->server.service->free(r->server.state);
	r->server.service = &r->service;
	r->server.state = r->service.new(&r->server);
	r->listener = (struct listener){ .socktype = SOCK_STREAM,
		.count = 1,
		.fds = { open("/dev/null", O_RDONLY | O_CLOEXEC) } };
	r->server.listener = &r->listener;
}

void
server_rig_drive(struct server_rig *r)
{
	ck_assert_int_eq(drive(&r->loop), 0);
	r->drove = true;
}

void
server_rig_free(struct server_rig *r)
{
	if (!r->drove)
		loop_free(&r->loop);
	server_free(&r->server);
	listener_stop(&r->listener);
	for (size_t i = 0; i < RIG_CLIENTS; i++) {
		channel_close(r->network[i]);
		if (r->peers[i] != -1)
			close(r->peers[i]);
		if (r->upstream[i] != -1)
			close(r->upstream[i]);
	}
	options_free(&r->options);
}

bool
server_rig_come(struct server_rig *r, const char *host)
{
	struct address *peer = NULL;
	size_t before = r->count;
	struct capture c;
	int fds[2];

	ck_assert_uint_lt(r->count, RIG_CLIENTS);
	if (host != NULL) {
		address_add(&peer, host, 4711, SOCK_STREAM);
		tcp_pair(fds);
	} else
		pair_of(SOCK_STREAM, fds);
	capture_start(&c, STDERR_FILENO);
	arrival_accept(channel_socket(fds[0]), peer, &r->server);
	capture_end(&c, r->said, sizeof(r->said));
	address_free(peer);
	if (r->count == before)
		expect_end(fds[1]);
	else
		r->peers[before] = fds[1];
	if (r->count == before)
		close(fds[1]);
	return r->count > before;
}

void
server_rig_relay(struct server_rig *r, size_t i)
{
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	r->upstream[i] = fds[1];
	r->clients[i]->session.side = SESSION_UPSTREAM;
	r->clients[i]->session.has_input = true;
	r->clients[i]->session.upstream = "there";
	client_relay(r->clients[i], channel_socket(fds[0]), r->network[i]);
	r->network[i] = NULL;
}

bool
server_rig_signal(struct server_rig *r, int signal)
{
	return r->loop.on_signal(signal, r->loop.arg);
}

bool
server_rig_stopped(const struct server_rig *r)
{
	return r->listener.fds[0] == -1;
}
