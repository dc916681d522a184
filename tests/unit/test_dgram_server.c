/* SPDX-License-Identifier: ISC */
/* test_dgram_server.c - a datagram socket that hears everybody */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/un.h>
#include <unistd.h>

#include "dgram_server.h"
#include "endpoint.h"
#include "log.h"
#include "talk.h"

/* A server on loopback and its clients. */
struct rig {
	struct sockaddr_in in;
	struct channel *ch;
	int clients[2];
};

static void
rig_init(struct rig *r)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(r->in);

	r->in = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&r->in, len), 0);
	getsockname(fd, (struct sockaddr *)&r->in, &len);
	r->ch = dgram_server(fd);
	for (size_t i = 0; i < COUNT(r->clients); i++) {
		r->clients[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		ck_assert_int_eq(
		    connect(r->clients[i], (struct sockaddr *)&r->in, len), 0);
	}
}

static void
rig_free(struct rig *r)
{
	channel_close(r->ch);
	close_pair(r->clients);
}

/* It is on its way for a moment. */
static void
check_read(struct channel *ch, const char *want)
{
	char got[64];
	ssize_t n;

	ch->rwait = POLLIN;
	channel_await(ch, CH_READ);
	n = channel_read(ch, got, sizeof(got));
	ck_assert_int_eq(n, (ssize_t)strlen(want));
	ck_assert_mem_eq(got, want, (size_t)n);
}

START_TEST(everybody_is_heard_and_the_last_is_answered)
{
	struct rig r;

	rig_init(&r);
	ck_assert(r.ch->flags & CH_DGRAM);
	put(r.clients[0], "one");
	check_read(r.ch, "one");
	ck_assert_int_eq(channel_write(r.ch, "ONE", 3), 3);
	expect(r.clients[0], "ONE");
	put(r.clients[1], "two");
	check_read(r.ch, "two");
	ck_assert_int_eq(channel_write(r.ch, "TWO", 3), 3);
	ck_assert_int_eq(channel_write(r.ch, "", 0), 0);
	expect(r.clients[1], "TWO");
	expect_end(r.clients[1]);
	expect_none(r.clients[0]);
	rig_free(&r);
}
END_TEST

START_TEST(an_empty_datagram_is_heard)
{
	char byte;
	struct rig r;

	rig_init(&r);
	ck_assert_int_eq(channel_read(r.ch, &byte, 1), IO_WAIT);
	ck_assert_int_eq(r.ch->rwait, POLLIN);
	put(r.clients[0], "");
	check_read(r.ch, "");
	ck_assert_int_eq(channel_write(r.ch, "x", 1), 1);
	expect(r.clients[0], "x");
	rig_free(&r);
}
END_TEST

START_TEST(there_is_no_end_to_tell)
{
	struct rig r;

	rig_init(&r);
	ck_assert_int_eq(channel_shut(r.ch), 0);
	put(r.clients[0], "still there?");
	check_read(r.ch, "still there?");
	rig_free(&r);
}
END_TEST

START_TEST(one_that_does_not_fit_is_an_error)
{
	char got[2];
	struct rig r;

	rig_init(&r);
	put(r.clients[0], "long");
	r.ch->rwait = POLLIN;
	channel_await(r.ch, CH_READ);
	ck_assert_int_eq(channel_read(r.ch, got, 2), IO_ERROR);
	ck_assert_str_eq(r.ch->error, "message of 4 bytes is longer than 2");
	rig_free(&r);
}
END_TEST

/* Nobody was heard yet: whom should it go to? */
START_TEST(writes_wait_until_somebody_was_heard)
{
	struct rig r;

	rig_init(&r);
	ck_assert_int_eq(channel_write(r.ch, "early", 5), IO_WAIT);
	ck_assert_int_ne(r.ch->wwait, 0);
	ck_assert(!channel_ready(r.ch, CH_WRITE));
	put(r.clients[0], "hello");
	check_read(r.ch, "hello");
	ck_assert_int_eq(r.ch->wwait, 0);
	ck_assert_int_eq(channel_write(r.ch, "early", 5), 5);
	expect(r.clients[0], "early");
	rig_free(&r);
}
END_TEST

/* Input that is there from the start goes to the first that is heard. */
START_TEST(in_a_relay_early_input_waits_for_a_peer)
{
	struct talk t;
	struct rig r;

	rig_init(&r);
	talk_with(&t, r.ch, -1);
	put(t.in, "welcome");
	ck_assert(talk_at(&t, 0));
	ck_assert(!t.over);
	put(r.clients[0], "hello");
	ck_assert(talk_at(&t, 0));
	expect(t.out, "hello");
	expect(r.clients[0], "welcome");
	talk_free(&t);
	close_pair(r.clients);
}
END_TEST

START_TEST(a_peer_that_is_gone_harms_nobody)
{
	struct rig r;

	rig_init(&r);
	put(r.clients[0], "one");
	check_read(r.ch, "one");
	close(r.clients[0]);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(channel_write(r.ch, "x", 1), 1);
	put(r.clients[1], "two");
	check_read(r.ch, "two");
	r.clients[0] = dup(r.clients[1]);
	rig_free(&r);
}
END_TEST

/* A server at a path, and a client with a name of its own that goes away. */
START_TEST(a_path_that_is_gone_harms_nobody)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	int client = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct channel *ch = dgram_server(server);
	char folder[32];

	temp_folder_make(folder);
	strlcpy(un.sun_path, temp_path(folder, "client"), sizeof(un.sun_path));
	bind(client, (struct sockaddr *)&un, sizeof(un));
	strlcpy(un.sun_path, temp_path(folder, "server"), sizeof(un.sun_path));
	bind(server, (struct sockaddr *)&un, sizeof(un));
	connect(client, (struct sockaddr *)&un, sizeof(un));
	put(client, "abc");
	check_read(ch, "abc");
	ck_assert_int_eq(channel_write(ch, "x", 1), 1);
	expect(client, "x");
	close(client);
	ck_assert_int_eq(channel_write(ch, "x", 1), 1);
	unlink(temp_path(folder, "client"));
	ck_assert_int_eq(channel_write(ch, "x", 1), 1);
	channel_close(ch);
	temp_folder_remove(folder);
}
END_TEST

/* It does not read its answers: they are dropped, and nobody waits. */
START_TEST(a_peer_that_does_not_read_stops_nobody)
{
	struct channel *ch;
	char folder[32];
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fds[2];

	pair_of(SOCK_DGRAM | SOCK_NONBLOCK, fds);
	temp_folder_make(folder);
	strlcpy(un.sun_path, temp_path(folder, "client"), sizeof(un.sun_path));
	ck_assert_int_eq(bind(fds[1], (struct sockaddr *)&un, sizeof(un)), 0);
	ch = dgram_server(fds[0]);
	put(fds[1], "x");
	check_read(ch, "x");
	for (int i = 0; i < 2000; i++) {
		if (channel_write(ch, "answer", 6) != 6)
			ck_abort_msg("stopped at %d", i);
	}
	channel_close(ch);
	close(fds[1]);
	temp_folder_remove(folder);
}
END_TEST

START_TEST(each_new_peer_is_announced_once)
{
	char text[256], want[256];
	struct address a[2];
	struct capture c;
	struct rig r;

	rig_init(&r);
	log_set_level(1);
	capture_start(&c, STDERR_FILENO);
	for (int i = 0; i < 3; i++) {
		put(r.clients[i / 2], "x");
		check_read(r.ch, "x");
	}
	capture_end(&c, text, sizeof(text));
	log_set_level(0);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(address_of_socket(r.clients[i], &a[i]), 0);
	snprintf(want, sizeof(want),
	    "Connection received on 127.0.0.1 %d\n"
	    "Connection received on 127.0.0.1 %d\n",
	    address_port(&a[0]), address_port(&a[1]));
	ck_assert_str_eq(text, want);
	rig_free(&r);
}
END_TEST

/* "Connection received on PATH", as of a stream. */
START_TEST(a_path_is_announced_without_a_port)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fds[2], client;
	char folder[32], text[256], want[256];
	struct channel *ch;
	struct capture c;

	pair_of(SOCK_DGRAM | SOCK_NONBLOCK, fds);
	client = fds[1];
	temp_folder_make(folder);
	strlcpy(un.sun_path, temp_path(folder, "client"), sizeof(un.sun_path));
	ck_assert_int_eq(bind(client, (struct sockaddr *)&un, sizeof(un)), 0);
	ch = dgram_server(fds[0]);
	log_set_level(1);
	capture_start(&c, STDERR_FILENO);
	put(client, "x");
	check_read(ch, "x");
	capture_end(&c, text, sizeof(text));
	log_set_level(0);
	snprintf(
	    want, sizeof(want), "Connection received on %s\n", un.sun_path);
	ck_assert_str_eq(text, want);
	channel_close(ch);
	close(client);
	temp_folder_remove(folder);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		everybody_is_heard_and_the_last_is_answered,
		an_empty_datagram_is_heard,
		there_is_no_end_to_tell,
		one_that_does_not_fit_is_an_error,
		writes_wait_until_somebody_was_heard,
		in_a_relay_early_input_waits_for_a_peer,
		a_peer_that_is_gone_harms_nobody,
		a_path_that_is_gone_harms_nobody,
		each_new_peer_is_announced_once,
		a_path_is_announced_without_a_port,
		a_peer_that_does_not_read_stops_nobody,
	};
	int failed = run_tests("dgram_server", tests, COUNT(tests));

	return failed != 0;
}
