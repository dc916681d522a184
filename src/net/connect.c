/* SPDX-License-Identifier: ISC */
/* connect.c - the handshake that gives a channel its connection */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "connect.h"
#include "log.h"
#include "xalloc.h"

/* ms; how often a full queue of a Unix listener is tried again */
#define QUEUE_RETRY_MS 10

struct connect {
	struct handshake handshake; /* first: it is a handshake */
	struct connect_request request;
	struct address *next;    /* to be tried after the current one */
	struct address *current; /* NULL: none yet */
	bool under_way;          /* the channel's socket is connecting */
};

static int
attempt_failed(struct connect *c, struct channel *ch, const char *what,
    const struct address *at)
{
	int error = errno;

	if (ch->rfd != -1)
		close(ch->rfd);
	ch->rfd = ch->wfd = -1;
	c->request.attempt(at, what, error, c->request.arg);
	return IO_ERROR;
}

/* The source of the target's family; the first where there is none. */
static const struct address *
source_for(const struct connect *c)
{
	const struct address *from = c->request.sources;

	while (
	    from != NULL && from->addr.ss_family != c->current->addr.ss_family)
		from = from->next;
	return from != NULL ? from : c->request.sources;
}

/* A datagram socket in the file system needs a name to be answered at; without
 * one from the user the system makes an abstract one up (unix(7), autobind). */
static int
bind_source(struct connect *c, int fd)
{
	const struct address *to = c->current, *from = source_for(c);
	const struct sockaddr any = { .sa_family = AF_UNIX };

	if (from != NULL)
		return unix_path_bind(c->request.own, fd, from);
	if (to->addr.ss_family == AF_UNIX && to->socktype == SOCK_DGRAM)
		return bind(fd, &any, sizeof(any.sa_family));
	return 0;
}

static void
log_attempt(const struct address *to)
{
	struct address_text text;

	if (log_level() < 2)
		return;
	address_format(to, true, &text);
	log_debug("connect: trying %s %s", text.host, text.port);
}

/* 0: connected; IO_WAIT: under way; IO_ERROR: reported.  A Unix listener whose
 * queue is full has no event for us: it is asked again. */
static int
attempt_connect(struct connect *c, struct channel *ch)
{
	const struct address *to = c->current;

	ch->wake_ms = 0;
	if (connect(ch->wfd, (const struct sockaddr *)&to->addr, to->len) == 0)
		return 0;
	if (errno == EAGAIN && to->addr.ss_family == AF_UNIX) {
		ch->wake_ms = clock_ms() + QUEUE_RETRY_MS;
		return IO_WAIT;
	}
	if (errno != EINPROGRESS && errno != EINTR)
		return attempt_failed(c, ch, "connect", to);
	c->under_way = true;
	ch->wwait = POLLOUT;
	return IO_WAIT;
}

/* The same, for the next address. */
static int
attempt_start(struct connect *c, struct channel *ch)
{
	const struct address *to = c->current;
	int family = to->addr.ss_family;
	const char *option;
	char what[64];

	log_attempt(to);
	ch->rfd = ch->wfd =
	    socket(family, to->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (ch->rfd == -1)
		return attempt_failed(c, ch, "connect", to);
	option = sockopts_apply(&c->request.options, ch->rfd, family);
	if (option != NULL) {
		snprintf(what, sizeof(what), "set --%s", option);
		return attempt_failed(c, ch, what, to);
	}
	if (bind_source(c, ch->rfd) == -1)
		return attempt_failed(c, ch, "bind", source_for(c));
	return attempt_connect(c, ch);
}

/* The same, for an attempt that is under way: the socket is writable once it
 * is decided. */
static int
attempt_continue(struct connect *c, struct channel *ch)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (ch->wwait != 0)
		return IO_WAIT;
	c->under_way = false;
	getsockopt(ch->rfd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error == 0)
		return 0;
	errno = error;
	return attempt_failed(c, ch, "connect", c->current);
}

static int
connect_run(struct handshake *handshake, struct channel *ch)
{
	struct connect *c = (struct connect *)handshake;
	int result = IO_ERROR;

	while (result == IO_ERROR) {
		if (c->under_way)
			result = attempt_continue(c, ch);
		else if (ch->rfd != -1)
			result = attempt_connect(c, ch);
		else if (c->next != NULL) {
			c->current = c->next;
			c->next = c->next->next;
			result = attempt_start(c, ch);
		} else
			return channel_fail(ch, "no address is left");
	}
	if (result == IO_WAIT)
		return IO_WAIT;
	channel_attach(ch, ch->rfd);
	c->request.attempt(c->current, "connect", 0, c->request.arg);
	return 0;
}

static void
connect_free(struct handshake *handshake)
{
	struct connect *c = (struct connect *)handshake;

	address_free(c->request.addresses);
	address_free(c->request.sources);
	free(c);
}

static const struct handshake_ops connect_ops = {
	.name = "connect",
	.run = connect_run,
	.free = connect_free,
};

struct handshake *
connect_handshake(const struct connect_request *request)
{
	struct connect *c = xcalloc(1, sizeof(*c));

	c->handshake.ops = &connect_ops;
	c->request = *request;
	c->next = request->addresses;
	return &c->handshake;
}

const struct address *
connect_current(const struct handshake *handshake)
{
	const struct connect *c = (const struct connect *)handshake;

	return c->current;
}
