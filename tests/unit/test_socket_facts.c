/* SPDX-License-Identifier: ISC */
/* test_socket_facts.c - what the system knows of a socket */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "network.h"
#include "socket_facts.h"

static struct socket_facts
facts_of(int fd)
{
	struct socket_facts facts;

	ck_assert_int_eq(socket_facts(fd, &facts), 0);
	return facts;
}

/* "127.0.0.1:PORT" of the socket's own end */
static void
check_own(int fd, const char *where)
{
	struct address own;
	char text[64];

	ck_assert_int_eq(address_of_socket(fd, &own), 0);
	snprintf(text, sizeof(text), "127.0.0.1:%d", address_port(&own));
	ck_assert_str_eq(where, text);
}

START_TEST(a_connection_has_two_ends_and_a_time)
{
	struct socket_facts facts;
	int fds[2];

	tcp_pair(fds);
	put(fds[0], "abc");
	facts = facts_of(fds[1]);
	ck_assert_str_eq(facts.state, "ESTAB");
	ck_assert_int_eq(facts.recv_q, 3);
	ck_assert_int_eq(facts.send_q, 0);
	check_own(fds[1], facts.local);
	check_own(fds[0], facts.peer);
	ck_assert_int_gt(facts_of(fds[0]).rtt_us, 0);
	close_pair(fds);
}
END_TEST

START_TEST(the_state_is_that_of_the_connection)
{
	int fds[2];

	tcp_pair(fds);
	shutdown(fds[0], SHUT_WR);
	ck_assert_str_eq(facts_of(fds[1]).state, "CLOSE-WAIT");
	ck_assert_int_eq(strncmp(facts_of(fds[0]).state, "FIN-WAIT-", 9), 0);
	close_pair(fds);
}
END_TEST

START_TEST(what_is_not_acknowledged_is_in_the_queue)
{
	struct socket_facts facts;
	static char bytes[65536];
	int fds[2];

	tcp_pair(fds);
	set_nonblocking(fds[0]);
	while (write(fds[0], bytes, sizeof(bytes)) > 0)
		;
	facts = facts_of(fds[0]);
	ck_assert_int_gt(facts.send_q, 0);
	ck_assert_int_eq(facts.recv_q, 0);
	ck_assert_int_gt(facts_of(fds[1]).recv_q, 0);
	close_pair(fds);
}
END_TEST

START_TEST(a_listener_has_clients_that_wait)
{
	int port, listener = bound_socket(SOCK_STREAM, true, &port);
	int client = socket(AF_INET, SOCK_STREAM, 0);
	struct socket_facts facts;
	struct address own;

	ck_assert_int_eq(listen(listener, 7), 0);
	ck_assert_int_eq(address_of_socket(listener, &own), 0);
	ck_assert_int_eq(
	    connect(client, (struct sockaddr *)&own.addr, own.len), 0);
	facts = facts_of(listener);
	ck_assert_str_eq(facts.state, "LISTEN");
	ck_assert_int_eq(facts.recv_q, 1);
	ck_assert_int_eq(facts.send_q, 7);
	ck_assert_int_eq(facts.rtt_us, -1);
	check_own(listener, facts.local);
	ck_assert_str_eq(facts.peer, "0.0.0.0:*");
	close(client);
	close(listener);
}
END_TEST

START_TEST(an_attempt_has_no_peer_yet)
{
	struct socket_facts facts;
	struct address *to = NULL;
	struct deaf deaf;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	deaf_init(&deaf);
	address_add(&to, "127.0.0.1", deaf.port, SOCK_STREAM);
	ck_assert_int_eq(
	    connect(fd, (struct sockaddr *)&to->addr, to->len), -1);
	ck_assert_int_eq(errno, EINPROGRESS);
	facts = facts_of(fd);
	ck_assert_str_eq(facts.state, "SYN-SENT");
	ck_assert_int_eq(facts.send_q, 1);
	check_own(fd, facts.local);
	address_free(to);
	close(fd);
	deaf_free(&deaf);
}
END_TEST

START_TEST(datagrams_are_unconnected_or_not)
{
	int port, server = bound_socket(SOCK_DGRAM, false, &port);
	int client = socket(AF_INET, SOCK_DGRAM, 0);
	struct socket_facts facts;
	struct address own;

	facts = facts_of(server);
	ck_assert_str_eq(facts.state, "UNCONN");
	ck_assert_str_eq(facts.peer, "0.0.0.0:*");
	address_of_socket(server, &own);
	ck_assert_int_eq(
	    connect(client, (struct sockaddr *)&own.addr, own.len), 0);
	put(client, "abcd");
	facts = facts_of(client);
	ck_assert_str_eq(facts.state, "ESTAB");
	check_own(server, facts.peer);
	ck_assert_int_eq(facts_of(server).recv_q, 4);
	close(client);
	close(server);
}
END_TEST

START_TEST(a_unix_socket_has_a_path_or_none)
{
	struct address *where = NULL;
	struct socket_facts facts;
	char folder[32];
	int fds[2], fd = socket(AF_UNIX, SOCK_STREAM, 0);

	temp_folder_make(folder);
	address_add(&where, temp_path(folder, "x"), 0, SOCK_STREAM);
	ck_assert_int_eq(
	    bind(fd, (struct sockaddr *)&where->addr, where->len), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	facts = facts_of(fd);
	ck_assert_str_eq(facts.state, "LISTEN");
	ck_assert_str_eq(facts.local, temp_path(folder, "x"));
	ck_assert_str_eq(facts.peer, "*");
	pair_of(SOCK_STREAM, fds);
	put(fds[0], "abc");
	facts = facts_of(fds[1]);
	ck_assert_str_eq(facts.state, "ESTAB");
	ck_assert_str_eq(facts.local, "*");
	ck_assert_str_eq(facts.peer, "*");
	ck_assert_int_eq(facts.recv_q, 3);
	close_pair(fds);
	close(fd);
	address_free(where);
	unlink(temp_path(folder, "x"));
	temp_folder_remove(folder);
}
END_TEST

/* As ss(8) has them: both families are one "*". */
START_TEST(any_address_is_shown_as_ss_does)
{
	for (int only = 0; only < 2; only++) {
		int fd = socket(AF_INET6, SOCK_STREAM, 0);
		struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
		struct socket_facts facts;
		char want[64];
		struct address own;

		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
		ck_assert_int_eq(
		    bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
		ck_assert_int_eq(listen(fd, 1), 0);
		address_of_socket(fd, &own);
		facts = facts_of(fd);
		snprintf(want, sizeof(want), "%s:%d", only ? "[::]" : "*",
		    address_port(&own));
		ck_assert_str_eq(facts.local, want);
		ck_assert_str_eq(facts.peer, only ? "[::]:*" : "*:*");
		close(fd);
	}
}
END_TEST

START_TEST(an_address_is_told_with_its_port)
{
	struct address *list = NULL;
	char text[SOCKET_WHERE];

	address_add(&list, "192.0.2.1", 80, SOCK_STREAM);
	address_add(&list, "2001:db8::1", 443, SOCK_STREAM);
	address_add(&list, "@name", 0, SOCK_STREAM);
	ck_assert_str_eq(socket_where(list, text), "192.0.2.1:80");
	ck_assert_str_eq(socket_where(list->next, text), "[2001:db8::1]:443");
	ck_assert_str_eq(socket_where(list->next->next, text), "@name");
	ck_assert_str_eq(socket_where(NULL, text), "*");
	address_free(list);
}
END_TEST

START_TEST(what_is_no_socket_has_no_facts)
{
	struct socket_facts facts;
	int fds[2];

	pipe_pair(fds);
	ck_assert_int_eq(socket_facts(fds[0], &facts), -1);
	ck_assert_int_eq(errno, ENOTSOCK);
	close_pair(fds);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_connection_has_two_ends_and_a_time,
		the_state_is_that_of_the_connection,
		what_is_not_acknowledged_is_in_the_queue,
		a_listener_has_clients_that_wait,
		an_attempt_has_no_peer_yet,
		datagrams_are_unconnected_or_not,
		a_unix_socket_has_a_path_or_none,
		any_address_is_shown_as_ss_does,
		an_address_is_told_with_its_port,
		what_is_no_socket_has_no_facts,
	};
	int failed = run_tests("socket_facts", tests, COUNT(tests));

	return failed != 0;
}
