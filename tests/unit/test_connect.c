/* SPDX-License-Identifier: ISC */
/* test_connect.c - the handshake that gives a channel its connection */
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "connect_rig.h"

START_TEST(it_connects)
{
	struct connect_rig r;
	int port, listener = bound_socket(SOCK_STREAM, true, &port), fd;

	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), 0);
	ck_assert(r.ch->handshakes == NULL);
	ck_assert_str_eq(r.log, "connect 127.0.0.1: Success\n");
	ck_assert(r.ch->flags & CH_TCP);
	ck_assert_int_eq(channel_write(r.ch, "abc", 3), 3);
	fd = accept(listener, NULL, NULL);
	ck_assert_int_eq(read(fd, r.log, sizeof(r.log)), 3);
	close(fd);
	close(listener);
	connect_rig_free(&r);
}
END_TEST

START_TEST(after_a_refusal_comes_the_next_address)
{
	struct connect_rig r;
	int port, closed, refuses = bound_socket(SOCK_STREAM, false, &closed);
	int listener = bound_socket(SOCK_STREAM, true, &port);

	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.1", closed, SOCK_STREAM);
	address_add(&r.addresses, "127.0.0.1", closed, SOCK_STREAM);
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	address_add(&r.addresses, "127.0.0.1", closed, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), 0);
	ck_assert_str_eq(r.log,
	    "connect 127.0.0.1: Connection refused\n"
	    "connect 127.0.0.1: Connection refused\n"
	    "connect 127.0.0.1: Success\n");
	close(refuses);
	close(listener);
	connect_rig_free(&r);
}
END_TEST

START_TEST(without_an_address_left_it_fails)
{
	struct connect_rig r;
	int port, refuses = bound_socket(SOCK_STREAM, false, &port);

	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), IO_ERROR);
	ck_assert(r.ch->handshakes != NULL);
	ck_assert_int_eq(r.ch->rfd, -1);
	ck_assert_str_eq(r.log,
	    "connect 127.0.0.1: Connection refused\n"
	    "connect 127.0.0.1: Connection refused\n");
	close(refuses);
	connect_rig_free(&r);
}
END_TEST

struct seen {
	int count, port;
};

static void
see(int fd, const struct address *to, void *arg)
{
	struct seen *seen = arg;

	ck_assert_int_ne(fd, -1);
	seen->count++;
	seen->port = address_port(to);
}

START_TEST(what_is_under_way_can_be_seen)
{
	struct seen seen = { 0 };
	struct connect_rig r;
	struct deaf deaf;

	deaf_init(&deaf);
	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.1", deaf.port, SOCK_STREAM);
	connect_rig_begin(&r);
	connect_pending(r.ch, see, &seen);
	ck_assert_int_eq(seen.count, 0);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	connect_pending(r.ch, see, &seen);
	ck_assert_int_eq(seen.count, 1);
	ck_assert_int_eq(seen.port, deaf.port);
	connect_rig_free(&r);
	deaf_free(&deaf);
}
END_TEST

START_TEST(once_connected_nothing_is_under_way)
{
	struct seen seen = { 0 };
	struct connect_rig r;
	int port, listener = bound_socket(SOCK_STREAM, true, &port);

	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), 0);
	connect_pending(r.ch, see, &seen);
	ck_assert_int_eq(seen.count, 0);
	close(listener);
	connect_rig_free(&r);
}
END_TEST

START_TEST(a_datagram_socket_is_connected_at_once)
{
	struct connect_rig r;
	int port, server = bound_socket(SOCK_DGRAM, false, &port);

	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.1", port, SOCK_DGRAM);
	ck_assert_int_eq(connect_rig_run(&r), 0);
	ck_assert(r.ch->flags & CH_DGRAM);
	ck_assert_int_eq(channel_write(r.ch, "abc", 3), 3);
	expect(server, "abc");
	close(server);
	connect_rig_free(&r);
}
END_TEST

START_TEST(it_comes_from_the_source)
{
	struct address from = { .len = sizeof(from.addr) };
	struct address_text text;
	struct connect_rig r;
	int port, listener = bound_socket(SOCK_STREAM, true, &port), fd;

	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	address_add(&r.sources, "::1", 0, SOCK_STREAM);
	address_add(&r.sources, "127.0.0.2", 0, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), 0);
	fd = accept(listener, (struct sockaddr *)&from.addr, &from.len);
	address_format(&from, true, &text);
	ck_assert_str_eq(text.host, "127.0.0.2");
	close(fd);
	close(listener);
	connect_rig_free(&r);
}
END_TEST

START_TEST(a_source_that_cannot_be_is_named)
{
	struct connect_rig r;
	int port, listener = bound_socket(SOCK_STREAM, true, &port);

	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	address_add(&r.sources, "127.0.0.1", port, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), IO_ERROR);
	ck_assert_str_eq(r.log, "bind 127.0.0.1: Address already in use\n");
	connect_rig_free(&r);
	connect_rig_init(&r);
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	address_add(&r.sources, "::1", 0, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), IO_ERROR);
	ck_assert_int_eq(strncmp(r.log, "bind ::1: ", 10), 0);
	close(listener);
	connect_rig_free(&r);
}
END_TEST

START_TEST(options_are_set_before)
{
	struct connect_rig r;
	int port, listener = bound_socket(SOCK_STREAM, true, &port), size = 0;
	socklen_t len = sizeof(size);

	connect_rig_init(&r);
	r.request.options.recv_buffer = 20000;
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), 0);
	getsockopt(r.ch->rfd, SOL_SOCKET, SO_RCVBUF, &size, &len);
	ck_assert_int_eq(size, 40000);
	close(listener);
	connect_rig_free(&r);
}
END_TEST

START_TEST(a_path_is_an_address)
{
	char folder[32], want[128];
	const char *path;
	struct address *a = NULL;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	struct connect_rig r;

	temp_folder_make(folder);
	path = temp_path(folder, "sock");
	address_add(&a, path, 0, SOCK_STREAM);
	connect_rig_init(&r);
	address_add(&r.addresses, path, 0, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), IO_ERROR);
	snprintf(want, sizeof(want), "connect %s: No such file or directory\n",
	    path);
	ck_assert_str_eq(r.log, want);
	connect_rig_free(&r);
	bind(listener, (struct sockaddr *)&a->addr, a->len);
	listen(listener, 1);
	connect_rig_init(&r);
	address_add(&r.addresses, path, 0, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), 0);
	ck_assert_int_eq(r.ch->rkind, FD_STREAM);
	connect_rig_free(&r);
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
	struct connect_rig r;

	temp_folder_make(folder);
	address_add(&a, temp_path(folder, "sock"), 0, SOCK_DGRAM);
	bind(server, (struct sockaddr *)&a->addr, a->len);
	connect_rig_init(&r);
	address_append_list(&r.addresses, a, 0);
	ck_assert_int_eq(connect_rig_run(&r), 0);
	ck_assert_int_eq(channel_write(r.ch, "x", 1), 1);
	ck_assert_int_eq(recvfrom(server, &byte, 1, 0,
			     (struct sockaddr *)&from.addr, &from.len),
	    1);
	ck_assert_uint_gt(from.len, sizeof(sa_family_t));
	ck_assert_int_eq(
	    sendto(server, "y", 1, 0, (struct sockaddr *)&from.addr, from.len),
	    1);
	ck_assert_int_eq(channel_read(r.ch, &byte, 1), 1);
	connect_rig_free(&r);
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
	struct connect_rig r;
	size_t count;

	temp_folder_make(folder);
	address_add(&a, temp_path(folder, "sock"), 0, SOCK_STREAM);
	bind(listener, (struct sockaddr *)&a->addr, a->len);
	listen(listener, 0);
	for (size_t i = 0; i < COUNT(clients); i++) {
		clients[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(clients[i], (struct sockaddr *)&a->addr, a->len);
	}
	connect_rig_init(&r);
	address_append_list(&r.addresses, a, 0);
	connect_rig_begin(&r);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	ck_assert_int_lt(handshake_deadline(r.ch, &count), CLOCK_NEVER);
	ck_assert_uint_eq(count, 0);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	close(accept(listener, NULL, NULL));
	ck_assert_int_eq(channel_handshake(r.ch), 0);
	ck_assert_str_eq(strrchr(r.log, ':'), ": Success\n");
	connect_rig_free(&r);
	close_pair(clients);
	close(listener);
	address_free(a);
	temp_folder_remove(folder);
}
END_TEST

START_TEST(the_option_that_cannot_be_set_is_named)
{
	struct connect_rig r;
	char long_password[100];
	int port, listener = bound_socket(SOCK_STREAM, true, &port);

	memset(long_password, 'x', sizeof(long_password) - 1);
	long_password[sizeof(long_password) - 1] = '\0';
	connect_rig_init(&r);
	r.request.tcp_md5 = long_password;
	address_add(&r.addresses, "127.0.0.1", port, SOCK_STREAM);
	ck_assert_int_eq(connect_rig_run(&r), IO_ERROR);
	ck_assert_str_eq(r.log, "set --tcp-md5 127.0.0.1: Invalid argument\n");
	close(listener);
	connect_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_connects,
		after_a_refusal_comes_the_next_address,
		without_an_address_left_it_fails,
		what_is_under_way_can_be_seen,
		once_connected_nothing_is_under_way,
		a_datagram_socket_is_connected_at_once,
		it_comes_from_the_source,
		a_source_that_cannot_be_is_named,
		options_are_set_before,
		a_path_is_an_address,
		a_client_of_a_datagram_path_can_be_answered,
		a_full_queue_is_no_refusal,
		the_option_that_cannot_be_set_is_named,
	};
	int failed = run_tests("connect", tests, COUNT(tests));

	return failed != 0;
}
