/* SPDX-License-Identifier: ISC */
/* connect.c - the handshake that gives a channel its connection */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "connect.h"
#include "log.h"
#include "xalloc.h"

struct connect {
	struct handshake handshake; /* first: it is a handshake */
	struct connect_request request;
	struct address *next;    /* to be tried after the current one */
	struct address *current; /* NULL: none yet */
	int fd;                  /* -1: no attempt is under way */
};

static int
attempt_failed(struct connect *c, const char *what, const struct address *at)
{
	int error = errno;

	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
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
bind_source(struct connect *c)
{
	const struct address *to = c->current, *from = source_for(c);
	const struct sockaddr any = { .sa_family = AF_UNIX };

	if (from != NULL)
		return unix_path_bind(c->request.own, c->fd, from);
	if (to->addr.ss_family == AF_UNIX && to->socktype == SOCK_DGRAM)
		return bind(c->fd, &any, sizeof(any.sa_family));
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

/* 0: connected; IO_WAIT: under way; IO_ERROR: reported */
static int
attempt_start(struct connect *c, struct channel *ch)
{
	const struct address *to = c->current;
	int family = to->addr.ss_family;
	const char *option;
	char what[64];

	log_attempt(to);
	c->fd = socket(family, to->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		return attempt_failed(c, "connect", to);
	option = sockopts_apply(&c->request.options, c->fd, family);
	if (option != NULL) {
		snprintf(what, sizeof(what), "set --%s", option);
		return attempt_failed(c, what, to);
	}
	if (bind_source(c) == -1)
		return attempt_failed(c, "bind", source_for(c));
	if (connect(c->fd, (const struct sockaddr *)&to->addr, to->len) == 0)
		return 0;
	if (errno != EINPROGRESS && errno != EINTR)
		return attempt_failed(c, "connect", to);
	ch->rfd = ch->wfd = c->fd;
	ch->wwait = POLLOUT;
	return IO_WAIT;
}

/* The same results, for an attempt that is under way: the socket is writable
 * once it is decided. */
static int
attempt_continue(struct connect *c, struct channel *ch)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (ch->wwait != 0)
		return IO_WAIT;
	ch->rfd = ch->wfd = -1;
	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error == 0)
		return 0;
	errno = error;
	return attempt_failed(c, "connect", c->current);
}

static int
connect_run(struct handshake *handshake, struct channel *ch)
{
	struct connect *c = (struct connect *)handshake;

	for (;;) {
		int result = IO_ERROR;

		if (c->fd != -1)
			result = attempt_continue(c, ch);
		else if (c->next != NULL) {
			c->current = c->next;
			c->next = c->next->next;
			result = attempt_start(c, ch);
		} else
			return channel_fail(ch, "no address is left");
		if (result == IO_WAIT)
			return IO_WAIT;
		if (result == 0)
			break;
	}
	channel_attach(ch, c->fd);
	c->fd = -1;
	c->request.attempt(c->current, "connect", 0, c->request.arg);
	return 0;
}

static void
connect_free(struct handshake *handshake)
{
	struct connect *c = (struct connect *)handshake;

	if (c->fd != -1)
		close(c->fd);
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
	c->fd = -1;
	return &c->handshake;
}

const struct address *
connect_current(const struct handshake *handshake)
{
	const struct connect *c = (const struct connect *)handshake;

	return c->current;
}
