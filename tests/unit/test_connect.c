/* SPDX-License-Identifier: ISC */
/* test_connect.c - the handshake that gives a channel its connection */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "connect.h"
#include "support.h"

/* What was tried, in words. */
struct rig {
	struct connect_request request;
	struct unix_path own;
	struct channel *ch;
	char log[1024];
};

static void
note_attempt(const struct address *a, const char *what, int error, void *arg)
{
	struct rig *r = arg;
	struct address_text text;
	size_t len = strlen(r->log);

	address_format(a, true, &text);
	snprintf(r->log + len, sizeof(r->log) - len, "%s %s: %s\n", what,
	    text.host, strerror(error));
}

static void
append(struct address **list, const char *host, int port, int socktype)
{
	struct endpoint ep = { .host = host,
		.port = port,
		.family =
		    host[0] == '/' || host[0] == '@' ? AF_UNIX : AF_UNSPEC,
		.socktype = socktype,
		.numeric = true };

	ck_assert_int_eq(endpoint_resolve(&ep, list), 0);
}

static void
rig_init(struct rig *r)
{
	*r = (struct rig){ .request = { .options = SOCKOPTS_DEFAULT } };
	r->request.own = &r->own;
	r->request.attempt = note_attempt;
	r->request.arg = r;
}

/* Until it is up or has failed. */
static int
rig_run(struct rig *r)
{
	int result;

	r->ch = channel_socket(-1);
	channel_add_handshake(r->ch, connect_handshake(&r->request));
	while ((result = channel_handshake(r->ch)) == IO_WAIT)
		channel_await(r->ch, CH_READ | CH_WRITE);
	return result;
}

static void
rig_free(struct rig *r)
{
	channel_close(r->ch);
	unix_path_remove(&r->own);
}

/* A socket bound to loopback, and its port; it listens or refuses. */
static int
bound(int socktype, bool listens, int *port)
{
	struct address *a = NULL, b;
	int fd = socket(AF_INET, socktype | SOCK_CLOEXEC, 0);

	append(&a, "127.0.0.1", 0, socktype);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a->addr, a->len), 0);
	if (listens)
		ck_assert_int_eq(listen(fd, 8), 0);
	ck_assert_int_eq(address_of_socket(fd, &b), 0);
	*port = address_port(&b);
	address_free(a);
	return fd;
}

START_TEST(it_connects)
{
	struct rig r;
	int port, listener = bound(SOCK_STREAM, true, &port), fd;

	rig_init(&r);
	append(&r.request.addresses, "127.0.0.1", port, SOCK_STREAM);
	ck_assert_int_eq(rig_run(&r), 0);
	ck_assert(channel_up(r.ch));
	ck_assert_str_eq(r.log, "connect 127.0.0.1: Success\n");
	ck_assert(r.ch->flags & CH_TCP);
	ck_assert_int_eq(channel_write(r.ch, "abc", 3), 3);
	fd = accept(listener, NULL, NULL);
	ck_assert_int_eq(read(fd, r.log, sizeof(r.log)), 3);
	close(fd);
	close(listener);
	rig_free(&r);
}
END_TEST

START_TEST(after_a_refusal_comes_the_next_address)
{
	struct rig r;
	int port, closed, refuses = bound(SOCK_STREAM, false, &closed);
	int listener = bound(SOCK_STREAM, true, &port);

	rig_init(&r);
	append(&r.request.addresses, "127.0.0.1", closed, SOCK_STREAM);
	append(&r.request.addresses, "127.0.0.1", closed, SOCK_STREAM);
	append(&r.request.addresses, "127.0.0.1", port, SOCK_STREAM);
	append(&r.request.addresses, "127.0.0.1", closed, SOCK_STREAM);
	ck_assert_int_eq(rig_run(&r), 0);
	ck_assert_str_eq(r.log,
	    "connect 127.0.0.1: Connection refused\n"
	    "connect 127.0.0.1: Connection refused\n"
	    "connect 127.0.0.1: Success\n");
	close(refuses);
	close(listener);
	rig_free(&r);
}
END_TEST

START_TEST(without_an_address_left_it_fails)
{
	struct rig r;
	int port, refuses = bound(SOCK_STREAM, false, &port);

	rig_init(&r);
	append(&r.request.addresses, "127.0.0.1", port, SOCK_STREAM);
	append(&r.request.addresses, "127.0.0.1", port, SOCK_STREAM);
	ck_assert_int_eq(rig_run(&r), IO_ERROR);
	ck_assert(!channel_up(r.ch));
	ck_assert_int_eq(r.ch->rfd, -1);
	ck_assert_str_eq(r.log,
	    "connect 127.0.0.1: Connection refused\n"
	    "connect 127.0.0.1: Connection refused\n");
	close(refuses);
	rig_free(&r);
}
END_TEST

START_TEST(a_datagram_socket_is_connected_at_once)
{
	struct rig r;
	int port, server = bound(SOCK_DGRAM, false, &port);

	rig_init(&r);
	append(&r.request.addresses, "127.0.0.1", port, SOCK_DGRAM);
	ck_assert_int_eq(rig_run(&r), 0);
	ck_assert(r.ch->flags & CH_DGRAM);
	ck_assert_int_eq(channel_write(r.ch, "abc", 3), 3);
	expect(server, "abc");
	close(server);
	rig_free(&r);
}
END_TEST

START_TEST(it_comes_from_the_source)
{
	struct address from = { .len = sizeof(from.addr) };
	struct address_text text;
	struct rig r;
	int port, listener = bound(SOCK_STREAM, true, &port), fd;

	rig_init(&r);
	append(&r.request.addresses, "127.0.0.1", port, SOCK_STREAM);
	append(&r.request.sources, "::1", 0, SOCK_STREAM);
	append(&r.request.sources, "127.0.0.2", 0, SOCK_STREAM);
	ck_assert_int_eq(rig_run(&r), 0);
	fd = accept(listener, (struct sockaddr *)&from.addr, &from.len);
	address_format(&from, true, &text);
	ck_assert_str_eq(text.host, "127.0.0.2");
	close(fd);
	close(listener);
	rig_free(&r);
}
END_TEST

START_TEST(a_source_that_cannot_be_is_named)
{
	struct rig r;
	int port, listener = bound(SOCK_STREAM, true, &port);

	rig_init(&r);
	append(&r.request.addresses, "127.0.0.1", port, SOCK_STREAM);
	append(&r.request.sources, "127.0.0.1", port, SOCK_STREAM);
	ck_assert_int_eq(rig_run(&r), IO_ERROR);
	ck_assert_str_eq(r.log, "bind 127.0.0.1: Address already in use\n");
	rig_free(&r);
	rig_init(&r);
	append(&r.request.addresses, "127.0.0.1", port, SOCK_STREAM);
	append(&r.request.sources, "::1", 0, SOCK_STREAM);
	ck_assert_int_eq(rig_run(&r), IO_ERROR);
	ck_assert_int_eq(strncmp(r.log, "bind ::1: ", 10), 0);
	close(listener);
	rig_free(&r);
}
END_TEST

START_TEST(options_are_set_before)
{
	struct rig r;
	int port, listener = bound(SOCK_STREAM, true, &port), size = 0;
	socklen_t len = sizeof(size);

	rig_init(&r);
	r.request.options.recv_buffer = 20000;
	append(&r.request.addresses, "127.0.0.1", port, SOCK_STREAM);
	ck_assert_int_eq(rig_run(&r), 0);
	getsockopt(r.ch->rfd, SOL_SOCKET, SO_RCVBUF, &size, &len);
	ck_assert_int_eq(size, 40000);
	close(listener);
	rig_free(&r);
}
END_TEST

START_TEST(a_path_is_an_address)
{
	char folder[32], want[128];
	const char *path;
	struct address *a = NULL;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	struct rig r;

	temp_folder_make(folder);
	path = temp_path(folder, "sock");
	append(&a, path, 0, SOCK_STREAM);
	rig_init(&r);
	append(&r.request.addresses, path, 0, SOCK_STREAM);
	ck_assert_int_eq(rig_run(&r), IO_ERROR);
	snprintf(want, sizeof(want), "connect %s: No such file or directory\n",
	    path);
	ck_assert_str_eq(r.log, want);
	rig_free(&r);
	bind(listener, (struct sockaddr *)&a->addr, a->len);
	listen(listener, 1);
	rig_init(&r);
	append(&r.request.addresses, path, 0, SOCK_STREAM);
	ck_assert_int_eq(rig_run(&r), 0);
	ck_assert_int_eq(r.ch->rkind, FD_STREAM);
	rig_free(&r);
	close(listener);
	address_free(a);
	temp_folder_remove(folder);
}
END_TEST

/* Without a name a datagram client could not be answered. */
START_TEST(a_client_of_a_datagram_path_can_be_answered)
{
	struct address from = { .len = sizeof(from.addr) }, *a = NULL;
	int server = socket(AF_UNIX, SOCK_DGRAM, 0);
	char folder[32], byte;
	struct rig r;

	temp_folder_make(folder);
	append(&a, temp_path(folder, "sock"), 0, SOCK_DGRAM);
	bind(server, (struct sockaddr *)&a->addr, a->len);
	rig_init(&r);
	address_append_list(&r.request.addresses, a, 0);
	ck_assert_int_eq(rig_run(&r), 0);
	ck_assert_int_eq(channel_write(r.ch, "x", 1), 1);
	ck_assert_int_eq(recvfrom(server, &byte, 1, 0,
			     (struct sockaddr *)&from.addr, &from.len),
	    1);
	ck_assert_uint_gt(from.len, sizeof(sa_family_t));
	ck_assert_int_eq(
	    sendto(server, "y", 1, 0, (struct sockaddr *)&from.addr, from.len),
	    1);
	ck_assert_int_eq(channel_read(r.ch, &byte, 1), 1);
	rig_free(&r);
	close(server);
	address_free(a);
	temp_folder_remove(folder);
}
END_TEST

/* A Unix listener whose queue is full is asked again. */
START_TEST(a_full_queue_is_no_refusal)
{
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), clients[2];
	struct address *a = NULL;
	char folder[32];
	struct rig r;

	temp_folder_make(folder);
	append(&a, temp_path(folder, "sock"), 0, SOCK_STREAM);
	bind(listener, (struct sockaddr *)&a->addr, a->len);
	listen(listener, 0);
	for (size_t i = 0; i < COUNT(clients); i++) {
		clients[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(clients[i], (struct sockaddr *)&a->addr, a->len);
	}
	rig_init(&r);
	address_append_list(&r.request.addresses, a, 0);
	r.ch = channel_socket(-1);
	channel_add_handshake(r.ch, connect_handshake(&r.request));
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	ck_assert_int_ne(r.ch->wake_ms, 0);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	close(accept(listener, NULL, NULL));
	ck_assert_int_eq(channel_handshake(r.ch), 0);
	ck_assert_int_eq(r.ch->wake_ms, 0);
	ck_assert_str_eq(strrchr(r.log, ':'), ": Success\n");
	rig_free(&r);
	close_pair(clients);
	close(listener);
	address_free(a);
	temp_folder_remove(folder);
}
END_TEST

/* The listener's queue is full: no answer comes. */
START_TEST(it_may_be_given_up)
{
	struct rig r;
	int port, listener = bound(SOCK_STREAM, true, &port), result = 0;
	struct channel *waiting[64];
	size_t count = 0;

	listen(listener, 0);
	while (result == 0 && count < COUNT(waiting)) {
		rig_init(&r);
		append(&r.request.addresses, "127.0.0.1", port, SOCK_STREAM);
		r.ch = channel_socket(-1);
		channel_add_handshake(r.ch, connect_handshake(&r.request));
		waiting[count++] = r.ch;
		result = channel_handshake(r.ch);
		if (result == IO_WAIT && channel_ready(r.ch, CH_WRITE))
			result = channel_handshake(r.ch);
	}
	ck_assert_int_eq(result, IO_WAIT);
	ck_assert_int_eq(address_port(connect_current(r.ch->handshakes)), port);
	while (count > 0)
		channel_close(waiting[--count]);
	close(listener);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_connects,
		after_a_refusal_comes_the_next_address,
		without_an_address_left_it_fails,
		a_datagram_socket_is_connected_at_once,
		it_comes_from_the_source,
		a_source_that_cannot_be_is_named,
		options_are_set_before,
		a_path_is_an_address,
		a_client_of_a_datagram_path_can_be_answered,
		it_may_be_given_up,
		a_full_queue_is_no_refusal,
	};
	int failed = run_tests("connect", tests, COUNT(tests));

	return failed != 0;
}
