/* SPDX-License-Identifier: ISC */
/* test_server.c - the clients of a listener */
#include <errno.h>
#include <sys/socket.h>

#include "admission.h"
#include "log.h"
#include "server_rig.h"

#define SOMEWHERE "192.0.2.1"
#define ELSEWHERE "2001:db8::1"

START_TEST(who_comes_is_served)
{
	struct server_rig r;

	server_rig_init(&r, "-lk 1");
	ck_assert(server_rig_come(&r, SOMEWHERE));
	ck_assert(server_rig_come(&r, ELSEWHERE));
	ck_assert_uint_eq(r.server.count, 2);
	ck_assert_uint_eq(r.clients[0]->number, 1);
	ck_assert_uint_eq(r.clients[1]->number, 2);
	ck_assert_str_eq(r.clients[0]->session.peer.host, SOMEWHERE);
	ck_assert_str_eq(r.clients[0]->session.peer.port, "4711");
	ck_assert_str_eq(r.clients[1]->session.peer.host, ELSEWHERE);
	ck_assert_str_eq(r.said, "");
	ck_assert(!r.listener.paused && !server_rig_stopped(&r));
	ck_assert(!r.loop.ended);
	server_rig_free(&r);
	ck_assert_uint_eq(r.forgotten, 2);
	ck_assert(r.freed);
}
END_TEST

START_TEST(under_v_it_is_said)
{
	struct server_rig r;

	server_rig_init(&r, "-lkvn 1");
	log_set_level(1);
	server_rig_come(&r, SOMEWHERE);
	ck_assert_str_eq(r.said, "Connection received on " SOMEWHERE " 4711\n");
	log_set_level(0);
	server_rig_free(&r);
}
END_TEST

START_TEST(at_the_limit_the_next_one_waits)
{
	struct server_rig r;

	server_rig_init(&r, "-lk --max-conns 2 1");
	server_rig_come(&r, SOMEWHERE);
	ck_assert(!r.listener.paused);
	server_rig_come(&r, NULL);
	ck_assert(r.listener.paused);
	client_release(r.clients[0], STATUS_OK);
	ck_assert_ptr_null(r.clients[0]);
	ck_assert(!r.listener.paused);
	server_rig_come(&r, SOMEWHERE);
	ck_assert(r.listener.paused);
	ck_assert_uint_eq(r.clients[2]->number, 3);
	server_rig_free(&r);
}
END_TEST

/* A datagram socket is read for all its peers. */
START_TEST(datagrams_do_not_wait)
{
	struct server_rig r;

	server_rig_init(&r, "-lku --max-conns 1 1");
	r.listener.socktype = SOCK_DGRAM;
	server_rig_come(&r, SOMEWHERE);
	ck_assert(!r.listener.paused);
	server_rig_free(&r);
}
END_TEST

START_TEST(there_is_always_room_for_one)
{
	struct server_rig r;

	server_rig_init(&r, "-lk --max-conns 1000000 1");
	ck_assert_uint_ge(r.server.max, 1);
	ck_assert_uint_le(r.server.max, 1000000);
	server_rig_free(&r);
}
END_TEST

START_TEST(the_first_may_be_the_last)
{
	struct server_rig r;

	server_rig_init(&r, "-l 1");
	server_rig_come(&r, SOMEWHERE);
	ck_assert(server_rig_stopped(&r));
	ck_assert(!r.loop.ended);
	client_release(r.clients[0], STATUS_BROKEN);
	ck_assert(r.loop.ended);
	ck_assert(r.listener.finished);
	ck_assert_int_eq(r.server.status, STATUS_BROKEN);
	server_rig_free(&r);
}
END_TEST

START_TEST(without_a_listener_as_well)
{
	struct server_rig r;

	server_rig_init(&r, "-lk --inetd");
	r.server.listener = NULL;
	server_rig_come(&r, NULL);
	ck_assert(!r.loop.ended);
	client_release(r.clients[0], STATUS_TIMEOUT);
	ck_assert(r.loop.ended);
	ck_assert_int_eq(r.server.status, STATUS_TIMEOUT);
	server_rig_free(&r);
}
END_TEST

START_TEST(a_client_is_there_as_long_as_a_part_of_it)
{
	struct server_rig r;

	server_rig_init(&r, "-l 1");
	server_rig_come(&r, SOMEWHERE);
	client_hold(r.clients[0]);
	client_hold(r.clients[0]);
	client_release(r.clients[0], STATUS_OK);
	client_release(r.clients[0], STATUS_BROKEN);
	ck_assert_uint_eq(r.forgotten, 0);
	ck_assert_uint_eq(r.server.count, 1);
	client_release(r.clients[0], STATUS_TIMEOUT);
	ck_assert_uint_eq(r.forgotten, 1);
	ck_assert_uint_eq(r.server.count, 0);
	ck_assert_int_eq(r.server.status, STATUS_BROKEN);
	server_rig_free(&r);
}
END_TEST

START_TEST(a_fault_of_one_is_not_that_of_the_others)
{
	static const enum status statuses[] = { STATUS_CONNECT, STATUS_TIMEOUT,
		STATUS_BROKEN };
	struct server_rig r;

	server_rig_init(&r, "-lk 1");
	for (size_t i = 0; i < COUNT(statuses); i++) {
		server_rig_come(&r, SOMEWHERE);
		client_release(r.clients[i], statuses[i]);
		ck_assert(!r.loop.ended);
	}
	ck_assert_int_eq(r.server.status, STATUS_OK);
	ck_assert_uint_eq(r.forgotten, COUNT(statuses));
	server_rig_free(&r);
}
END_TEST

/* What a program or an upstream cannot take is for its client only. */
START_TEST(without_stdout_nobody_can_be_served)
{
	struct server_rig r;

	server_rig_init(&r, "-lk 1");
	for (size_t i = 0; i < 3; i++)
		server_rig_come(&r, SOMEWHERE);
	r.clients[0]->session.side = SESSION_PROGRAM;
	client_release(r.clients[0], STATUS_LOCAL);
	ck_assert(!r.loop.ended);
	client_release(r.clients[1], STATUS_LOCAL);
	ck_assert(r.loop.ended);
	ck_assert_int_eq(r.server.status, STATUS_LOCAL);
	server_rig_free(&r);
	ck_assert_uint_eq(r.forgotten, 3);
}
END_TEST

static void
note_admission(enum status status, void *arg)
{
	(void)arg;
	ck_assert_int_eq(status, STATUS_OK);
}

START_TEST(who_may_not_come_in_is_closed)
{
	struct server_rig r;

	server_rig_init(&r, "-lvn --deny 192.0.2.0/24 1");
	r.server.admission =
	    admission_new(&r.options, &r.loop, note_admission, NULL);
	admission_start(r.server.admission);
	log_set_level(1);
	ck_assert(!server_rig_come(&r, SOMEWHERE));
	ck_assert_str_eq(
	    r.said, "Connection from " SOMEWHERE " 4711 not allowed\n");
	log_set_level(0);
	ck_assert_uint_eq(r.server.count, 0);
	ck_assert(!server_rig_stopped(&r)); /* that was not the first */
	ck_assert(server_rig_come(&r, ELSEWHERE));
	ck_assert(server_rig_stopped(&r));
	ck_assert_uint_eq(r.clients[0]->number, 1);
	server_rig_free(&r);
}
END_TEST

START_TEST(the_end_of_a_relay_is_that_of_its_client)
{
	struct server_rig r;

	server_rig_init(&r, "-l 1");
	server_rig_come(&r, SOMEWHERE);
	server_rig_relay(&r, 0);
	ck_assert_ptr_nonnull(r.clients[0]->relay);
	put(r.peers[0], "question");
	shutdown(r.peers[0], SHUT_WR);
	put(r.upstream[0], "answer");
	shutdown(r.upstream[0], SHUT_WR);
	server_rig_drive(&r);
	expect(r.upstream[0], "question");
	expect(r.peers[0], "answer");
	ck_assert_uint_eq(r.left, 1);
	ck_assert_uint_eq(r.forgotten, 1);
	ck_assert_int_eq(r.server.status, STATUS_OK);
	server_rig_free(&r);
}
END_TEST

/* What they have got is not all there was. */
START_TEST(when_nobody_can_be_served_all_are_reset)
{
	struct server_rig r;
	char byte;

	server_rig_init(&r, "-lk 1");
	for (size_t i = 0; i < 2; i++) {
		server_rig_come(&r, SOMEWHERE);
		server_rig_relay(&r, i);
	}
	server_stop(&r.server, STATUS_LOCAL);
	server_rig_drive(&r);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(recv(r.peers[i], &byte, 1, 0), -1);
		ck_assert_int_eq(errno, ECONNRESET);
	}
	ck_assert(r.listener.finished);
	ck_assert_int_eq(r.server.status, STATUS_LOCAL);
	server_rig_free(&r);
	ck_assert_uint_eq(r.forgotten, 2);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		who_comes_is_served,
		under_v_it_is_said,
		at_the_limit_the_next_one_waits,
		datagrams_do_not_wait,
		there_is_always_room_for_one,
		the_first_may_be_the_last,
		without_a_listener_as_well,
		a_client_is_there_as_long_as_a_part_of_it,
		a_fault_of_one_is_not_that_of_the_others,
		without_stdout_nobody_can_be_served,
		who_may_not_come_in_is_closed,
		the_end_of_a_relay_is_that_of_its_client,
		when_nobody_can_be_served_all_are_reset,
	};
	int failed = run_tests("server", tests, COUNT(tests));

	return failed != 0;
}
