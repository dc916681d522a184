/* SPDX-License-Identifier: ISC */

/* load.c - many TCP connections from one process */

#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

#define EVENTS    256
#define SOURCES   8               /* addresses: each has 28,000 ports */
#define BACKLOG   1024            /* connections nobody has accepted yet */
#define READ_SIZE (256 * 1024)    /* bytes a read */
#define SLOW_SIZE 4096            /* the same of a slow one */
#define SLOW_US   ((int64_t)5000) /* between its reads */

struct load_conn {
	TAILQ_ENTRY(load_conn) resting;
	const struct load_plan *plan; /* NULL: the first byte will tell */
	int fd;
	uint64_t begin; /* where in the pattern, in bytes */
	uint64_t sent, got;
	int64_t rests_until_us;        /* 0: does not rest */
	uint32_t events;               /* that epoll waits for */
	bool up, over, ended, counted; /* over: the peer's direction */
};

int64_t
load_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void
load_init(struct load *l)
{
	*l = (struct load){ .listener = -1 };
	TAILQ_INIT(&l->resting);
	signal(SIGPIPE, SIG_IGN); /* sendfile has no flag against it */
	if ((l->epoll = epoll_create1(EPOLL_CLOEXEC)) == -1)
		err(1, "epoll");
	pattern_make(&l->pattern);
}

static void
watch(struct load *l, struct load_conn *c, int how, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = c };

	if (how == EPOLL_CTL_MOD && c->events == events)
		return;
	c->events = events;
	if (epoll_ctl(l->epoll, how, c->fd, &e) == -1)
		err(1, "epoll");
}

/* --- the end of a connection --- */

static void
discard(struct load *l, struct load_conn *c)
{
	if (c->rests_until_us != 0)
		TAILQ_REMOVE(&l->resting, c, resting);
	close(c->fd);
	free(c);
	l->open--;
}

static void
count_done(struct load *l, struct load_conn *c)
{
	l->done += !c->counted;
	c->counted = true;
}

/* All of these say false: the connection is gone. */
static bool
finish(struct load *l, struct load_conn *c)
{
	count_done(l, c);
	discard(l, c);
	return false;
}

static bool
fail(struct load *l, struct load_conn *c, const char *what, int error)
{
	if (!c->counted) {
		l->failed++;
		snprintf(l->trouble, sizeof(l->trouble),
		    "%s (sent %ju, received %ju)%s%s", what, (uintmax_t)c->sent,
		    (uintmax_t)c->got, error == 0 ? "" : ": ",
		    error == 0 ? "" : strerror(error));
	}
	discard(l, c);
	return false;
}

static bool
reset(struct load *l, struct load_conn *c)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	return finish(l, c);
}

/* --- the steps of a connection; false: it is gone --- */

static bool
is_sending(const struct load_conn *c)
{
	return !c->ended && (!c->plan->answer || c->got == c->plan->expect);
}

static bool
send_some(struct load *l, struct load_conn *c)
{
	uint64_t at = c->begin + c->sent;
	size_t piece = pattern_piece(at, c->plan->send - c->sent);
	off_t offset = (off_t)(at % PATTERN_SIZE);
	ssize_t n;

	if (piece == 0)
		return true;
	n = sendfile(c->fd, l->pattern.fd, &offset, piece);
	if (n == -1 && errno != EAGAIN && errno != EINTR)
		return fail(l, c, "send", errno);
	c->sent += n > 0 ? (uint64_t)n : 0;
	return true;
}

static bool
end_sending(struct load *l, struct load_conn *c)
{
	c->ended = true;
	switch (c->plan->then) {
	case LOAD_SHUT:
		shutdown(c->fd, SHUT_WR); /* if that fails, reading will, too */
		return true;
	case LOAD_CLOSE:
		return finish(l, c);
	case LOAD_RESET:
		return reset(l, c);
	case LOAD_LEAVE:
		return true;
	case LOAD_HOLD:
		if (c->plan->expect == 0)
			count_done(l, c);
		return true;
	}
	return true;
}

static void
rest(struct load *l, struct load_conn *c)
{
	c->rests_until_us = load_now_us() + SLOW_US;
	TAILQ_INSERT_TAIL(&l->resting, c, resting);
}

static bool
receive(struct load *l, struct load_conn *c)
{
	static char buf[READ_SIZE];
	size_t room = c->plan->slow ? SLOW_SIZE : sizeof(buf);
	ssize_t n = recv(c->fd, buf, room, c->plan->check ? 0 : MSG_TRUNC);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n == -1)
		return fail(l, c, "receive", errno);
	if (c->plan->check &&
	    !pattern_matches(&l->pattern, c->begin + c->got, buf, (size_t)n))
		return fail(l, c, "other bytes than expected", 0);
	c->got += (uint64_t)n;
	c->over = n == 0;
	if (c->got > c->plan->expect)
		return fail(l, c, "more bytes than expected", 0);
	if (c->got == c->plan->expect && c->plan->then == LOAD_HOLD)
		count_done(l, c);
	if (c->plan->slow && !c->over)
		rest(l, c);
	return true;
}

/* What the first byte says, for those whom load_serve() serves. */
static bool
choose_plan(struct load *l, struct load_conn *c)
{
	char first;
	ssize_t n = recv(c->fd, &first, 1, 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n != 1)
		return fail(l, c, "no first byte", n == -1 ? errno : 0);
	c->got = 1;
	c->plan = first == 'u' ? &l->upload : &l->download;
	c->begin = first == 'u' ? 0 : PATTERN_LINE;
	return true;
}

static bool
connected(struct load *l, struct load_conn *c)
{
	int error = 0;
	socklen_t len = sizeof(error);

	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	c->up = true;
	return error == 0 || fail(l, c, "connect", error);
}

/* Both directions, that is; the peer may have ended its own early. */
static bool
is_over(const struct load_conn *c)
{
	return c->over ||
	    (c->plan->then == LOAD_LEAVE && c->got == c->plan->expect);
}

/* What is to be done without waiting, then what is to be waited for. */
static bool
go_on(struct load *l, struct load_conn *c)
{
	uint32_t events =
	    c->plan->deaf || c->over || c->rests_until_us != 0 ? 0 : EPOLLIN;

	if (c->over && c->got < c->plan->expect)
		return fail(l, c, "ended too early", 0);
	if (is_sending(c) && !send_some(l, c))
		return false;
	if (is_sending(c) && c->sent == c->plan->send && !end_sending(l, c))
		return false;
	if (c->ended && is_over(c))
		return finish(l, c);
	watch(l, c, EPOLL_CTL_MOD, events | (is_sending(c) ? EPOLLOUT : 0));
	return true;
}

static void
handle(struct load *l, struct load_conn *c, uint32_t got)
{
	if (!c->up && !connected(l, c))
		return;
	if (c->plan == NULL && !choose_plan(l, c))
		return;
	if (c->plan == NULL)
		return;
	if (c->plan->deaf && (got & (EPOLLHUP | EPOLLERR)) != 0) {
		fail(l, c, "dropped by the peer", 0);
		return;
	}
	if ((got & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 &&
	    c->rests_until_us == 0 && !receive(l, c))
		return;
	go_on(l, c);
}

/* --- where connections come from --- */

static struct load_conn *
conn_new(struct load *l, int fd, uint32_t events)
{
	struct load_conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		err(1, NULL);
	c->fd = fd;
	watch(l, c, EPOLL_CTL_ADD, events);
	l->started++;
	l->open++;
	return c;
}

static struct sockaddr_in
loopback(unsigned host, unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
	a.sin_port = htons((uint16_t)port);
	return a;
}

static int
tcp_socket(void)
{
	int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (s == -1)
		err(1, "socket");
	return s;
}

void
load_connect(
    struct load *l, unsigned port, const struct load_plan *plan, uint64_t line)
{
	struct sockaddr_in from = loopback((unsigned)(l->started % SOURCES), 0);
	struct sockaddr_in to = loopback(0, port);
	int s = tcp_socket(), on = 1, small = SLOW_SIZE;
	struct load_conn *c;

	/* so that a port is only taken for this destination */
	setsockopt(s, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	if (plan->slow || plan->deaf)
		setsockopt(s, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	if (bind(s, (struct sockaddr *)&from, sizeof(from)) == -1)
		err(1, "bind");
	int failed = connect(s, (struct sockaddr *)&to, sizeof(to)) == -1 &&
	    errno != EINPROGRESS;

	c = conn_new(l, s, EPOLLOUT);
	c->plan = plan;
	c->begin = line * PATTERN_LINE;
	if (failed)
		fail(l, c, "connect", errno);
}

void
load_serve(struct load *l, unsigned port, uint64_t bytes)
{
	struct sockaddr_in a = loopback(0, port);
	struct epoll_event e = { .events = EPOLLIN };
	int s = tcp_socket(), on = 1;

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(s, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    listen(s, BACKLOG) == -1 ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, s, &e) == -1)
		err(1, "listen");
	l->listener = s;
	l->upload =
	    (struct load_plan){ .answer = true, .send = 1, .expect = bytes };
	l->download = (struct load_plan){ .send = bytes, .expect = 1 };
}

static void
accept_all(struct load *l)
{
	int s;

	while ((s = accept4(l->listener, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1)
		conn_new(l, s, EPOLLIN)->up = true;
}

static void
wake(struct load *l, int64_t now_us)
{
	struct load_conn *c;

	while ((c = TAILQ_FIRST(&l->resting)) != NULL &&
	    c->rests_until_us <= now_us) {
		TAILQ_REMOVE(&l->resting, c, resting);
		c->rests_until_us = 0;
		go_on(l, c);
	}
}

void
load_turn(struct load *l, int timeout_ms)
{
	struct epoll_event e[EVENTS];
	int n;

	if (!TAILQ_EMPTY(&l->resting) && timeout_ms > SLOW_US / 1000)
		timeout_ms = SLOW_US / 1000;
	n = epoll_wait(l->epoll, e, EVENTS, timeout_ms);
	if (n == -1 && errno != EINTR)
		err(1, "epoll");
	for (int i = 0; i < n; i++) {
		if (e[i].data.ptr == NULL)
			accept_all(l);
		else
			handle(l, e[i].data.ptr, e[i].events);
	}
	wake(l, load_now_us());
}
