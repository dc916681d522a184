/* SPDX-License-Identifier: ISC */
/* listen.c - listening sockets, and a task that hands out their clients */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "dgram_peers.h"
#include "listen.h"
#include "tcp_md5.h"
#include "xalloc.h"

/* Port 0 on two families: how often to look for a port free in both. */
#define PORT_TRIES 32

static const int on = 1;

static int
fail(struct listen_error *why, const struct address *a, const char *what)
{
	*why = (struct listen_error){ a, what, errno };
	return -1;
}

/* IPv6 sockets take IPv6 only; IPv4 has its own. */
static int
set_options(
    int fd, const struct listen_request *request, const struct address *a)
{
	int family = a->addr.ss_family;

	if (family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == -1)
		return -1;
	if (family == AF_UNIX)
		return 0;
	if (request->reuse_port &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == -1)
		return -1;
	if (a->socktype == SOCK_DGRAM)
		return 0;
	return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

/* A descriptor, or -1 and *why. */
static int
open_socket(struct listener *l, const struct listen_request *request,
    const struct address *a, struct listen_error *why)
{
	int fd = socket(
	    a->addr.ss_family, a->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const char *option;

	if (fd == -1)
		return fail(why, a, "listen");
	option = sockopts_apply(&request->options, fd, a->addr.ss_family);
	if (option == NULL && tcp_md5_to_all(fd, request->tcp_md5, a) == -1)
		option = "tcp-md5";
	if (option != NULL)
		fail(why, a, option);
	else if (set_options(fd, request, a) == 0 &&
	    unix_path_bind(&l->own, fd, a) == 0 &&
	    (l->socktype == SOCK_DGRAM || listen(fd, LISTEN_BACKLOG) == 0))
		return fd;
	else
		fail(why, a, "listen");
	close(fd);
	return -1;
}

void
listener_stop(struct listener *l)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->fds[i] != -1 && l->peers == NULL)
			close(l->fds[i]);
		l->fds[i] = -1;
	}
	if (l->peers != NULL)
		dgram_peers_close(l->peers);
	l->peers = NULL;
}

static void
close_all(struct listener *l)
{
	listener_stop(l);
	l->count = 0;
	unix_path_remove(&l->own);
}

static bool
family_missing(int error)
{
	return error == EAFNOSUPPORT || error == EADDRNOTAVAIL;
}

/* What accepted sockets are, and have from the listening ones; no events. */
static void
learn_traits(struct listener *l)
{
	for (size_t i = 0; i < l->count && l->socktype != SOCK_DGRAM; i++)
		l->traits[i] = channel_traits(l->fds[i]);
	memset(l->slots, -1, sizeof(l->slots));
	l->burst = 1;
}

/* All addresses; those with port 0 get the port of the first.  0, or -1 */
static int
open_all(struct listener *l, const struct listen_request *request,
    struct listen_error *why)
{
	int port = 0;

	for (struct address *a = request->addresses;
	     a != NULL && l->count < LISTEN_MAX; a = a->next) {
		struct address bound = *a;
		int fd;

		if (port != 0 && address_port(a) == 0)
			address_set_port(&bound, port);
		fd = open_socket(l, request, &bound, why);
		if (fd == -1) {
			why->address = a;
			if (request->any_host && family_missing(why->error))
				continue;
			return -1;
		}
		l->fds[l->count++] = fd;
		if (address_of_socket(fd, &bound) == 0)
			port = address_port(&bound);
	}
	return l->count > 0 ? 0 : -1;
}

/* A datagram socket that is open to all; until it is stopped. */
static bool
serves_peers(const struct listener *l)
{
	return l->socktype == SOCK_DGRAM && l->keep_open && l->fds[0] != -1;
}

static void
start_peers(struct listener *l)
{
	l->peers = dgram_peers_new(l->peers_max, l->accept, l->arg);
	for (size_t i = 0; i < l->count; i++)
		dgram_peers_add(l->peers, l->fds[i]);
}

static bool
listener_prepare(struct task *task, struct pollset *set, int64_t *deadline_ms)
{
	struct listener *l = (struct listener *)task;
	bool waits = !l->paused && l->retry_ms == 0;

	if (serves_peers(l) && l->peers == NULL)
		start_peers(l);
	for (size_t i = 0; i < l->count; i++)
		l->slots[i] = waits && l->fds[i] != -1 ?
		    pollset_add(set, l->fds[i], POLLIN) :
		    -1;
	if (l->retry_ms != 0)
		clock_lower(deadline_ms, l->retry_ms);
	return l->finished;
}

/* A peer without an address can be heard, and not answered. */
static bool
has_name(const struct address *peer)
{
	return peer->len > sizeof(sa_family_t);
}

static bool
accept_one(struct listener *l, size_t i)
{
	struct address peer = { .len = sizeof(peer.addr),
		.socktype = l->socktype };
	int fd = accept4(l->fds[i], (struct sockaddr *)&peer.addr, &peer.len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd == -1) {
		if (errno != EAGAIN && errno != ECONNABORTED)
			l->retry_ms = clock_ms() + LISTEN_RETRY_MS;
		return false;
	}
	l->accept(channel_accepted(fd, l->traits[i]),
	    has_name(&peer) ? &peer : NULL, l->arg);
	return true;
}

static void
accept_stream(struct listener *l, size_t i)
{
	int n = 0;

	while (n < l->burst && !l->paused && !l->finished && l->fds[i] != -1 &&
	    accept_one(l, i))
		n++;
}

/* The socket becomes the channel itself, fixed to the peer of the first
 * datagram. */
static void
accept_datagram(struct listener *l, size_t i)
{
	struct address peer = { .len = sizeof(peer.addr),
		.socktype = l->socktype };
	int fd = l->fds[i];
	struct channel *ch;
	char byte;

	if (recvfrom(fd, &byte, sizeof(byte), MSG_PEEK,
		(struct sockaddr *)&peer.addr, &peer.len) == -1)
		return;
	if (l->admits != NULL && !l->admits(&peer, l->arg)) {
		recv(fd, &byte, sizeof(byte), 0); /* and the rest of it */
		return;
	}
	l->fds[i] = -1;
	l->paused = true;
	ch = channel_socket(fd);
	if (has_name(&peer) &&
	    connect(fd, (struct sockaddr *)&peer.addr, peer.len) == 0) {
		channel_only_peer(ch, &peer.addr, peer.len);
		l->accept(ch, &peer, l->arg);
	} else
		l->accept(ch, NULL, l->arg);
}

static void
take_client(struct listener *l, size_t i, int64_t now_ms)
{
	if (l->socktype != SOCK_DGRAM)
		accept_stream(l, i);
	else if (l->peers == NULL)
		accept_datagram(l, i);
	else if (dgram_peers_receive(l->peers, i, now_ms) == -1)
		l->retry_ms = now_ms + LISTEN_RETRY_MS;
}

static bool
listener_run(struct task *task, const struct pollset *set, int64_t now_ms)
{
	struct listener *l = (struct listener *)task;
	bool busy = false;

	if (now_ms >= l->retry_ms)
		l->retry_ms = 0;
	for (size_t i = 0; i < l->count && !l->paused && !l->finished; i++) {
		if (pollset_got(set, l->slots[i]) == 0 || l->fds[i] == -1)
			continue;
		take_client(l, i, now_ms);
		busy = true;
	}
	/* more at a time while they come faster than turns */
	l->burst = !busy ? 1 : l->burst < LISTEN_TURN ? l->burst * 2 : l->burst;
	return !l->finished;
}

/* They are all of the first one's type.  0, or -1: errno */
static int
adopt_socket(struct listener *l, int fd)
{
	int flags = fcntl(fd, F_GETFL), type;
	socklen_t len = sizeof(type);

	if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == -1)
		return -1;
	if (l->count > 0 && type != l->socktype) {
		errno = EPROTOTYPE;
		return -1;
	}
	l->socktype = type;
	l->fds[l->count++] = fd;
	return 0;
}

void
listener_free(struct listener *l)
{
	close_all(l);
	free(l);
}

static void
listener_task_free(struct task *task)
{
	listener_free((struct listener *)task);
}

static const struct task_ops listener_ops = {
	.prepare = listener_prepare,
	.run = listener_run,
	.free = listener_task_free,
};

struct listener *
listener_new(const struct listen_request *request, struct listen_error *why)
{
	struct listener *l = xcalloc(1, sizeof(*l));

	l->task.ops = &listener_ops;
	l->socktype = request->addresses->socktype;
	for (int tries = 0; tries < PORT_TRIES; tries++) {
		if (open_all(l, request, why) == 0) {
			learn_traits(l);
			return l;
		}
		close_all(l);
		if (why->error != EADDRINUSE ||
		    request->addresses->addr.ss_family == AF_UNIX ||
		    address_port(request->addresses) != 0)
			break;
	}
	listener_free(l);
	return NULL;
}

struct listener *
listener_adopt(const int *fds, size_t count)
{
	struct listener *l = xcalloc(1, sizeof(*l));

	l->task.ops = &listener_ops;
	for (size_t i = 0; i < count; i++) {
		if (adopt_socket(l, fds[i]) == -1) {
			free(l);
			return NULL;
		}
	}
	learn_traits(l);
	return l;
}

int
listener_address(const struct listener *l, size_t i, struct address *a)
{
	int result = address_of_socket(l->fds[i], a);

	a->socktype = l->socktype;
	return result;
}

void
listener_start(struct listener *l, struct loop *loop)
{
	loop_add(loop, &l->task);
}

void
listener_pause(struct listener *l, bool paused)
{
	l->paused = paused;
	if (!paused)
		l->retry_ms = 0; /* descriptors may be free again */
}

void
listener_finish(struct listener *l)
{
	l->finished = true;
}
