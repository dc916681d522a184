/* SPDX-License-Identifier: ISC */
/* network.c - what the tests of connecting share: sockets on loopback */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "network.h"

void
address_add(struct address **list, const char *host, int port, int socktype)
{
	struct endpoint ep = { .host = host,
		.port = port,
		.family =
		    host[0] == '/' || host[0] == '@' ? AF_UNIX : AF_UNSPEC,
		.socktype = socktype,
		.numeric = true };

	ck_assert_int_eq(endpoint_resolve(&ep, list), 0);
}

int
bound_socket(int socktype, bool listens, int *port)
{
	struct address *a = NULL, b;
	int fd = socket(AF_INET, socktype | SOCK_CLOEXEC, 0);

	address_add(&a, "127.0.0.1", 0, socktype);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a->addr, a->len), 0);
	if (listens)
		ck_assert_int_eq(listen(fd, 8), 0);
	ck_assert_int_eq(address_of_socket(fd, &b), 0);
	*port = address_port(&b);
	address_free(a);
	return fd;
}

/* For a listener these are the length of the queue and its limit. */
static bool
queue_is_full(int listener)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	ck_assert_int_eq(
	    getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
	return info.tcpi_unacked > info.tcpi_sacked;
}

void
deaf_init(struct deaf *d)
{
	int64_t until_ms = clock_ms() + PATIENCE_MS;
	struct address a;

	d->listener = bound_socket(SOCK_STREAM, true, &d->port);
	ck_assert_int_eq(listen(d->listener, 0), 0);
	address_of_socket(d->listener, &a);
	for (size_t i = 0; i < COUNT(d->waiting); i++) {
		d->waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(d->waiting[i], (struct sockaddr *)&a.addr, a.len);
	}
	while (!queue_is_full(d->listener)) {
		if (clock_ms() > until_ms)
			ck_abort_msg("the queue of a listener stays empty");
	}
}

void
deaf_free(struct deaf *d)
{
	for (size_t i = 0; i < COUNT(d->waiting); i++)
		close(d->waiting[i]);
	close(d->listener);
}

void
handshake_await(struct channel *ch)
{
	int64_t until_ms = clock_ms() + PATIENCE_MS, deadline_ms = until_ms;
	struct pollset set = { 0 };
	bool ready = channel_prepare_handshake(ch, &set, &deadline_ms);
	int64_t left_ms = deadline_ms - clock_ms();

	if (ready || left_ms < 0)
		left_ms = 0;
	if (poll(set.fds, set.count, (int)left_ms) == 0 &&
	    clock_ms() >= until_ms)
		ck_abort_msg("what the handshake waits for does not come");
	channel_collect(ch, &set);
	pollset_free(&set);
}

int
handshake_finish(struct channel *ch)
{
	int result;

	while ((result = channel_handshake(ch)) == IO_WAIT)
		handshake_await(ch);
	return result;
}

int64_t
handshake_deadline(struct channel *ch, size_t *count)
{
	int64_t deadline_ms = CLOCK_NEVER;
	struct pollset set = { 0 };

	ck_assert(!channel_prepare_handshake(ch, &set, &deadline_ms));
	if (count != NULL)
		*count = set.count;
	channel_collect(ch, &set);
	pollset_free(&set);
	return deadline_ms;
}

int
free_descriptor(void)
{
	int fd = dup(STDIN_FILENO);

	ck_assert_int_ne(fd, -1);
	close(fd);
	return fd;
}

bool
has_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 ||
	    errno != ECHILD;
}
