/* SPDX-License-Identifier: ISC */
/* peers_rig.c - datagram sockets, and the peers that they got */
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "network.h"
#include "peers_rig.h"
#include "xalloc.h"

static void
note_peer(struct channel *ch, const struct address *from, void *arg)
{
	struct peers_rig *r = arg;

	r->count++;
	ck_assert_uint_ne(ch->flags & CH_DGRAM, 0);
	ck_assert(channel_has_input(ch));
	if (r->refuse || r->count > RIG_PEERS) {
		channel_close(ch);
		ch = NULL;
	}
	if (r->count <= RIG_PEERS) {
		r->ch[r->count - 1] = ch;
		if (from != NULL)
			r->from[r->count - 1] = *from;
	}
	if (!r->close)
		return;
	dgram_peers_close(r->peers);
	r->peers = NULL;
}

void
peers_rig_init(struct peers_rig *r, size_t max)
{
	*r = (struct peers_rig){ .now_ms = 1000 };
	r->peers = dgram_peers_new(max, note_peer, r);
}

bool
peers_rig_ipv6(void)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int result = bind(fd, (struct sockaddr *)&in6, sizeof(in6));

	close(fd);
	return result == 0;
}

static void
address_of(struct peers_rig *r, const char *host, struct address *a)
{
	struct address *found = NULL;

	if (strcmp(host, "unix") == 0) {
		temp_folder_make(r->folder);
		host = temp_path(r->folder, "server");
	}
	address_add(&found, host, 0, SOCK_DGRAM);
	*a = *found;
	address_free(found);
}

void
peers_rig_add(struct peers_rig *r, const char *host)
{
	struct address a;
	int fd;

	address_of(r, host, &a);
	fd = socket(a.addr.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a.addr, a.len), 0);
	ck_assert_int_eq(address_of_socket(fd, &r->at[r->sockets]), 0);
	r->fds[r->sockets++] = fd;
	dgram_peers_add(r->peers, fd);
}

void
peers_rig_free(struct peers_rig *r)
{
	for (size_t i = 0; i < RIG_PEERS; i++)
		channel_close(r->ch[i]);
	if (r->peers != NULL)
		dgram_peers_close(r->peers);
	if (r->folder[0] != '\0')
		temp_folder_remove(r->folder);
}

int
peers_rig_client(struct peers_rig *r, const char *host)
{
	struct address to = r->at[0];
	int fd;

	if (host != NULL) {
		address_of(r, host, &to);
		address_set_port(&to, address_port(&r->at[0]));
	}
	fd = socket(to.addr.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to.addr, to.len), 0);
	return fd;
}

int
peers_rig_named(struct peers_rig *r, const char *name)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strlcpy(un.sun_path, temp_path(r->folder, name), sizeof(un.sun_path));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	ck_assert_int_eq(
	    connect(fd, (struct sockaddr *)&r->at[0].addr, r->at[0].len), 0);
	return fd;
}

void
peers_rig_hear(struct peers_rig *r, size_t i)
{
	struct pollfd pfd = { .fd = r->fds[i], .events = POLLIN };

	ck_assert_int_eq(poll(&pfd, 1, PATIENCE_MS), 1);
	ck_assert_int_eq(dgram_peers_receive(r->peers, i, r->now_ms), 0);
}

void
peers_rig_say(struct peers_rig *r, int client, const void *bytes, size_t n)
{
	ck_assert_int_eq(write(client, bytes, n), (ssize_t)n);
	peers_rig_hear(r, 0);
}

void
peers_rig_text(struct peers_rig *r, int client, const char *text)
{
	peers_rig_say(r, client, text, strlen(text));
}

void
expect_datagram(struct channel *ch, const void *want, size_t n)
{
	size_t room = n + 16;
	uint8_t *got = xcalloc(1, room);

	ck_assert_int_eq(channel_read(ch, got, room), (ssize_t)n);
	ck_assert_mem_eq(got, want, n);
	free(got);
}

void
expect_no_datagram(struct channel *ch)
{
	char byte;

	ck_assert_int_eq(channel_read(ch, &byte, 1), IO_WAIT);
	ck_assert_int_eq(ch->rwait, POLLIN);
}
