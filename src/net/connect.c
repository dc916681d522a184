/* SPDX-License-Identifier: ISC */
/* connect.c - the handshake that gives a channel its connection */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "connect.h"
#include "connect_story.h"
#include "race.h"
#include "tcp_md5.h"
#include "xalloc.h"

/* ms; how often a full queue of a Unix listener is tried again */
#define QUEUE_RETRY_MS 10

struct connect {
	struct handshake handshake; /* first: it is a handshake */
	struct connect_request request;
	size_t rounds;           /* ports whose race has begun */
	struct address *targets; /* owned; who runs in the current race */
	struct race race;
};

static void
attempt_close(struct attempt *a)
{
	if (a->fd != -1)
		close(a->fd);
	a->fd = -1;
}

/* The source of the target's family; the first where there is none. */
static const struct address *
source_for(const struct connect *c, const struct address *to)
{
	const struct address *from = *c->request.sources;

	while (from != NULL && from->addr.ss_family != to->addr.ss_family)
		from = from->next;
	return from != NULL ? from : *c->request.sources;
}

/* Its socket is still there, if there was one. */
static void
tell(const struct connect *c, const struct attempt *a, const char *what,
    int error)
{
	struct connect_attempt attempt = { .to = a->to,
		.what = what,
		.source = source_for(c, a->to),
		.error = error,
		.start_ns = a->start_ns,
		.end_ns = clock_ns() };

	if (a->fd == -1 || address_of_socket(a->fd, &attempt.local) == -1)
		attempt.local.len = 0;
	connect_tell_end(c->request.about, &attempt);
	c->request.attempt(&attempt, c->request.arg);
}

static int
attempt_failed(const struct connect *c, struct attempt *a, const char *what)
{
	int error = errno;

	tell(c, a, what, error);
	if (error == ECONNREFUSED && c->request.spares != NULL &&
	    a->to->socktype == SOCK_STREAM && a->fd != -1) {
		spare_sockets_keep(
		    c->request.spares, a->to->addr.ss_family, a->fd);
		a->fd = -1;
	}
	attempt_close(a);
	return IO_ERROR;
}

/* A datagram socket in the file system needs a name to be answered at; without
 * one from the user the system makes an abstract one up (unix(7), autobind).  A
 * source port may be in use by a connection that has ended. */
static int
bind_source(const struct connect *c, const struct attempt *a)
{
	const struct address *from = source_for(c, a->to);
	const struct sockaddr any = { .sa_family = AF_UNIX };
	const int on = 1;

	if (from != NULL && address_port(from) != 0)
		setsockopt(a->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (from != NULL)
		return unix_path_bind(c->request.own, a->fd, from);
	if (a->to->addr.ss_family == AF_UNIX && a->to->socktype == SOCK_DGRAM)
		return bind(a->fd, &any, sizeof(any.sa_family));
	return 0;
}

/* Nobody listens on a port of ours that the system gave to this very socket:
 * TCP then connects to itself, and datagrams come back.  Who asks for a source
 * port may want that. */
static bool
is_own_echo(const struct connect *c, const struct attempt *a)
{
	const struct address *from = source_for(c, a->to);
	struct address own, peer = { .len = sizeof(peer.addr) };

	if (a->to->addr.ss_family == AF_UNIX ||
	    (from != NULL && address_port(from) != 0))
		return false;
	return address_of_socket(a->fd, &own) == 0 &&
	    getpeername(a->fd, (struct sockaddr *)&peer.addr, &peer.len) == 0 &&
	    own.len == peer.len && memcmp(&own.addr, &peer.addr, own.len) == 0;
}

/* The system has said yes. */
static int
attempt_connected(const struct connect *c, struct attempt *a)
{
	if (!is_own_echo(c, a))
		return 0;
	errno = ECONNREFUSED;
	return attempt_failed(c, a, "connect");
}

/* A Unix listener whose queue is full has no event for us: it is asked again,
 * and nothing else of the family is ever under way.  On an IP socket asking
 * again tells what came of it (EISCONN or 0, EALREADY, or the error). */
static int
attempt_connect(struct attempt *a, void *arg)
{
	const struct connect *c = arg;
	const struct address *to = a->to;
	const struct sockaddr *sa = (const struct sockaddr *)&to->addr;

	if (connect(a->fd, sa, to->len) == 0 || errno == EISCONN)
		return attempt_connected(c, a);
	if (errno == EALREADY || errno == EINPROGRESS || errno == EINTR ||
	    (errno == EAGAIN && sa->sa_family == AF_UNIX))
		return IO_WAIT;
	return attempt_failed(c, a, "connect");
}

/* 0, or IO_ERROR: reported */
static int
set_up(const struct connect *c, struct attempt *a)
{
	const struct address *to = a->to;
	int family = to->addr.ss_family;
	const char *option;
	char what[64];

	option = sockopts_apply(&c->request.options, a->fd, family);
	if (option == NULL &&
	    tcp_md5_to_peer(a->fd, c->request.tcp_md5, to) == -1)
		option = "tcp-md5";
	if (option != NULL) {
		snprintf(what, sizeof(what), "set --%s", option);
		return attempt_failed(c, a, what);
	}
	if (bind_source(c, a) == -1)
		return attempt_failed(c, a, "bind");
	return 0;
}

/* What this machine says to itself is there by the time connect(2) returns,
 * though that does not say so. */
static int
attempt_start(struct attempt *a, void *arg)
{
	const struct connect *c = arg;
	const struct address *to = a->to;
	int result = 0;

	connect_tell_start(c->request.about, to, source_for(c, to));
	a->fd = c->request.spares == NULL ?
	    -1 :
	    spare_sockets_take(c->request.spares, to->addr.ss_family);
	if (a->fd == -1) {
		a->fd = socket(to->addr.ss_family,
		    to->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (a->fd == -1)
			return attempt_failed(c, a, "connect");
		result = set_up(c, a);
	}
	if (result == 0)
		result = attempt_connect(a, arg);
	return result == IO_WAIT ? attempt_connect(a, arg) : result;
}

static const struct race_ops attempts = {
	.start = attempt_start,
	.check = attempt_connect,
};

/* A source that is bound to a port or a path has room for one attempt. */
static bool
one_at_a_time(const struct connect *c)
{
	const struct address *from = *c->request.sources;

	return from != NULL &&
	    (from->addr.ss_family == AF_UNIX || address_port(from) != 0);
}

static void
round_end(struct connect *c)
{
	for (size_t i = 0; i < c->race.started; i++) {
		struct attempt *a = &c->race.attempts[i];

		if (a->under_way)
			tell(c, a, "connect", ECANCELED);
		attempt_close(a);
	}
	race_free(&c->race);
	address_free(c->targets);
	c->targets = NULL;
}

/* Where the sources are of one family, only its addresses run; all do where
 * that leaves none, for a message. */
static void
append_targets(struct connect *c, int port)
{
	const struct address *list = *c->request.addresses;

	for (const struct address *a = list; a != NULL; a = a->next) {
		const struct address *from = source_for(c, a);
		struct address one = *a;

		one.next = NULL;
		if (from == NULL || from->addr.ss_family == a->addr.ss_family)
			address_append_list(&c->targets, &one, port);
	}
	if (c->targets == NULL)
		address_append_list(&c->targets, list, port);
}

/* The race at the next port.  False: there is none */
static bool
round_begin(struct connect *c)
{
	const struct connect_request *r = &c->request;
	bool as_is = r->port_count == 0;
	size_t round = c->rounds;

	if (round >= (as_is ? 1 : r->port_count))
		return false;
	append_targets(c, as_is ? ADDRESS_SAME_PORT : r->ports[round]);
	c->rounds++;
	race_init(&c->race, c->targets, &attempts, c);
	if (one_at_a_time(c))
		c->race.delay_ms = -1;
	return true;
}

static void
win(struct connect *c, struct channel *ch, struct attempt *winner)
{
	tell(c, winner, "connect", 0);
	channel_attach(ch, winner->fd);
	winner->fd = -1;
	round_end(c);
}

static int
connect_run(struct handshake *handshake, struct channel *ch)
{
	struct connect *c = (struct connect *)handshake;
	struct attempt *winner = NULL;
	int result = IO_ERROR;

	while (result == IO_ERROR) {
		if (c->targets == NULL && !round_begin(c))
			return channel_fail(ch, "no address is left");
		result = race_run(&c->race, clock_ms(), &winner);
		if (result == IO_ERROR)
			round_end(c);
	}
	if (result == 0)
		win(c, ch, winner);
	return result;
}

static void
connect_prepare(struct handshake *handshake, struct channel *ch,
    struct pollset *set, int64_t *deadline_ms)
{
	struct connect *c = (struct connect *)handshake;

	(void)ch;
	clock_lower(
	    deadline_ms, c->targets == NULL ? 0 : race_deadline(&c->race));
	for (size_t i = 0; i < c->race.started; i++) {
		const struct attempt *a = &c->race.attempts[i];

		if (!a->under_way)
			continue;
		if (a->to->addr.ss_family == AF_UNIX)
			clock_lower(deadline_ms, clock_ms() + QUEUE_RETRY_MS);
		else
			pollset_add(set, a->fd, POLLOUT);
	}
}

static void
connect_expire(struct handshake *handshake)
{
	struct connect *c = (struct connect *)handshake;

	for (size_t i = 0; i < c->race.started; i++) {
		struct attempt *a = &c->race.attempts[i];

		errno = ETIMEDOUT;
		if (a->under_way)
			attempt_failed(c, a, "connect");
		a->under_way = false;
	}
}

static void
connect_free(struct handshake *handshake)
{
	struct connect *c = (struct connect *)handshake;

	round_end(c);
	free(c);
}

static const struct handshake_ops connect_ops = {
	.name = "connect",
	.prepare = connect_prepare,
	.run = connect_run,
	.expire = connect_expire,
	.free = connect_free,
};

struct handshake *
connect_handshake(const struct connect_request *request)
{
	struct connect *c = xcalloc(1, sizeof(*c));

	c->handshake.ops = &connect_ops;
	c->request = *request;
	return &c->handshake;
}

void
connect_pending(const struct channel *ch, pending_fn *each, void *arg)
{
	const struct connect *c = (const struct connect *)ch->handshakes;

	if (c == NULL || c->handshake.ops != &connect_ops)
		return;
	for (size_t i = 0; i < c->race.started; i++) {
		if (c->race.attempts[i].under_way)
			each(c->race.attempts[i].fd, c->race.attempts[i].to,
			    arg);
	}
}
