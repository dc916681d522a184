/* SPDX-License-Identifier: ISC */
/* dgram_server.c - a datagram socket that hears everybody */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dgram_server.h"
#include "endpoint.h"
#include "log.h"
#include "xalloc.h"

/* What a write waits for that has nobody to go to: no event, but the next
 * read, which may be anybody's. */
#define NOBODY_YET POLLERR

struct server {
	struct address last; /* heard last; len 0: nobody who can be answered */
};

static bool
same_peer(const struct address *a, const struct address *b)
{
	return a->len == b->len && memcmp(&a->addr, &b->addr, a->len) == 0;
}

static void
note_peer(struct server *server, const struct address *peer)
{
	struct address_text text;

	if (peer->len <= sizeof(sa_family_t) || same_peer(peer, &server->last))
		return;
	server->last = *peer;
	if (log_level() == 0)
		return;
	address_format(peer, true, &text);
	log_verbose("Connection received on %s%s%s", text.host,
	    text.port[0] == '\0' ? "" : " ", text.port);
}

static ssize_t
server_read(struct channel *ch, void *bytes, size_t n)
{
	struct address peer = { .len = sizeof(peer.addr) };
	ssize_t got;

	do
		got = recvfrom(ch->rfd, bytes, n, MSG_TRUNC,
		    (struct sockaddr *)&peer.addr, &peer.len);
	while (got == -1 && errno == EINTR);
	if (got == -1 && errno == EAGAIN) {
		ch->rwait = POLLIN;
		return IO_WAIT;
	}
	if (got == -1)
		return channel_fail_errno(ch, errno);
	if (got > (ssize_t)n)
		return channel_fail(
		    ch, "message of %zd bytes is longer than %zu", got, n);
	note_peer(ch->state, &peer);
	if (ch->wwait == NOBODY_YET)
		ch->wwait = 0;
	return got;
}

/* Only our own socket's buffer is worth waiting for.  A Unix peer's full queue
 * says EAGAIN as well, but no poll(2) would tell when it has room. */
static ssize_t
server_write(struct channel *ch, const void *bytes, size_t n)
{
	struct server *server = ch->state;
	ssize_t put;

	if (server->last.len == 0) {
		ch->wwait = NOBODY_YET;
		return IO_WAIT;
	}
	do
		put = sendto(ch->wfd, bytes, n, MSG_NOSIGNAL,
		    (struct sockaddr *)&server->last.addr, server->last.len);
	while (put == -1 && errno == EINTR);
	if (put == -1 && errno == EAGAIN &&
	    server->last.addr.ss_family != AF_UNIX) {
		ch->wwait = POLLOUT;
		return IO_WAIT;
	}
	if (put == -1)
		log_verbose(
		    "datagram of %zu bytes not sent: %s", n, strerror(errno));
	return (ssize_t)n;
}

static int
server_shut(struct channel *ch)
{
	(void)ch;
	return 0;
}

static void
server_close(struct channel *ch)
{
	close(ch->rfd);
	free(ch->state);
}

static const struct channel_ops server_ops = {
	.name = "datagram server",
	.read = server_read,
	.write = server_write,
	.shut = server_shut,
	.close = server_close,
};

struct channel *
dgram_server(int fd)
{
	struct channel *ch = channel_new(&server_ops);
	struct server *server = xcalloc(1, sizeof(*server));

	ch->state = server;
	ch->rfd = ch->wfd = fd;
	ch->flags = CH_DGRAM;
	return ch;
}
