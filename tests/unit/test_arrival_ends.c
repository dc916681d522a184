/* SPDX-License-Identifier: ISC */
/* test_arrival_ends.c - arrivals that come to nothing, and the server's end */
#include <signal.h>
#include <unistd.h>

#include "arrival_rig.h"
#include "clock.h"

#define CUT (STATUS_SIGNAL + SIGTERM)

START_TEST(of_many_one_may_fail)
{
	struct arrival_rig r;

	arrival_rig_init(&r, "-lk 1");
	arrival_rig_says(&r, "n");
	arrival_rig_says(&r, "t");
	arrival_rig_says(&r, "y");
	arrival_rig_until(&r, 1, 0, 2);
	ck_assert(!r.rig.loop.ended && !r.rig.listener.paused);
	ck_assert_int_eq(r.server->status, STATUS_OK);
	ck_assert_uint_eq(r.rig.forgotten, 0);
	expect_end(r.peers[0]);
	expect_end(r.peers[1]);
	arrival_rig_is(&r, 0, 2);
	arrival_rig_free(&r);
}
END_TEST

/* What it says, and what that is at the end. */
static int
status_of_the_only_one(const char *line, const char *text, bool inherited)
{
	struct arrival_rig r;
	int status;

	arrival_rig_init(&r, line);
	if (inherited)
		r.server->listener = NULL;
	r.rig.options.handshake_timeout_ms = text == NULL ? 1 : 3600000;
	arrival_rig_come(&r);
	ck_assert(server_rig_stopped(&r.rig) == !inherited);
	if (text != NULL)
		put(r.peers[0], text);
	arrival_rig_until(&r, 0, 0, 1);
	ck_assert(r.rig.loop.ended);
	ck_assert_uint_eq(r.expired, text == NULL);
	status = r.server->status;
	arrival_rig_free(&r);
	return status;
}

START_TEST(the_failure_of_the_only_one_is_the_status)
{
	for (int i = 0; i < 2; i++) {
		const char *line = i == 0 ? "-l 1" : "-lk --inetd";

		ck_assert_int_eq(
		    status_of_the_only_one(line, "n", i == 1), STATUS_TLS);
		ck_assert_int_eq(
		    status_of_the_only_one(line, "t", i == 1), STATUS_TIMEOUT);
		ck_assert_int_eq(
		    status_of_the_only_one(line, NULL, i == 1), STATUS_TIMEOUT);
	}
}
END_TEST

START_TEST(the_only_one_may_do_well)
{
	struct arrival_rig r;

	arrival_rig_init(&r, "-l 1");
	arrival_rig_says(&r, "y");
	ck_assert(server_rig_stopped(&r.rig));
	arrival_rig_until(&r, 1, 0, 0);
	ck_assert(!r.rig.loop.ended);
	client_release(r.rig.clients[0], STATUS_OK);
	ck_assert(r.rig.loop.ended);
	ck_assert_int_eq(r.server->status, STATUS_OK);
	arrival_rig_free(&r);
}
END_TEST

START_TEST(there_is_a_default_for_the_time)
{
	struct arrival_rig r;

	arrival_rig_init(&r, "-lk 1");
	ck_assert_int_eq(r.rig.options.handshake_timeout_ms, 10000);
	arrival_rig_free(&r);
}
END_TEST

START_TEST(who_stalls_is_dropped_in_time_and_costs_no_turns)
{
	struct arrival_rig r;
	int64_t start_ms;

	arrival_rig_init(&r, "-lk 1");
	r.rig.options.handshake_timeout_ms = 300;
	start_ms = clock_ms();
	for (size_t i = 0; i < 3; i++)
		arrival_rig_come(&r);
	arrival_rig_until(&r, 0, 0, 3);
	ck_assert_int_ge(clock_ms(), start_ms + 300);
	ck_assert_uint_le(r.turns, 8);
	ck_assert_uint_eq(r.expired, 3);
	ck_assert_uint_eq(r.freed, 3);
	ck_assert_uint_eq(r.server->arrivals.count, 0);
	for (size_t i = 0; i < 3; i++)
		expect_end(r.peers[i]);
	arrival_rig_says(&r, "y");
	arrival_rig_until(&r, 1, 0, 3);
	arrival_rig_free(&r);
}
END_TEST

/* Client 0 is served, clients 1 and 2 wait, 3 and 4 are being greeted. */
static void
five(struct arrival_rig *r, const char *line)
{
	arrival_rig_init(r, line);
	for (size_t i = 0; i < 3; i++)
		arrival_rig_says(r, "y");
	arrival_rig_until(r, 1, 2, 0);
	arrival_rig_come(r);
	arrival_rig_come(r);
}

START_TEST(what_is_there_at_the_end_is_freed)
{
	struct arrival_rig r;

	five(&r, "-lk --max-conns 1 1");
	ck_assert(!server_rig_signal(&r.rig, SIGTERM));
	server_rig_free(&r.rig);
	for (size_t i = 0; i < 5; i++) {
		expect_end(r.peers[i]);
		close(r.peers[i]);
	}
	ck_assert_uint_eq(r.freed, 5);
	ck_assert_uint_eq(r.rig.forgotten, 1);
}
END_TEST

/* Our output is full. */
static void
fail_locally(struct client *client, struct channel *network)
{
	channel_close(network);
	client_release(client, STATUS_LOCAL);
}

START_TEST(when_nobody_can_be_served_nobody_is_seated)
{
	struct arrival_rig r;

	five(&r, "-lk --max-conns 1 1");
	r.rig.service.serve = fail_locally;
	client_release(r.rig.clients[0], STATUS_OK);
	ck_assert(r.rig.loop.ended);
	ck_assert_uint_eq(r.server->served, 2);
	ck_assert_uint_eq(r.server->arrivals.waiting_count, 1);
	ck_assert_int_eq(r.server->status, STATUS_LOCAL);
	arrival_rig_free(&r);
}
END_TEST

START_TEST(draining_waits_for_all_who_have_come)
{
	struct arrival_rig r;

	five(&r, "-lk --max-conns 1 --drain 1h 1");
	ck_assert(server_rig_signal(&r.rig, SIGTERM));
	put(r.peers[3], "n");
	arrival_rig_until(&r, 1, 2, 1);
	client_release(r.rig.clients[0], STATUS_OK);
	client_release(r.rig.clients[1], STATUS_OK);
	client_release(r.rig.clients[2], STATUS_OK);
	ck_assert_uint_eq(r.server->count, 0);
	ck_assert(!r.rig.loop.ended);
	put(r.peers[4], "y");
	arrival_rig_until(&r, 4, 0, 1);
	arrival_rig_is(&r, 3, 4);
	client_release(r.rig.clients[3], STATUS_OK);
	ck_assert(r.rig.loop.ended);
	ck_assert_int_eq(r.server->status, STATUS_OK);
	arrival_rig_free(&r);
}
END_TEST

START_TEST(draining_ends_with_the_last_who_fails)
{
	struct arrival_rig r;

	arrival_rig_init(&r, "-lk --drain 1h 1");
	arrival_rig_come(&r);
	ck_assert(server_rig_signal(&r.rig, SIGTERM));
	ck_assert(!r.rig.loop.ended);
	put(r.peers[0], "n");
	arrival_rig_until(&r, 0, 0, 1);
	ck_assert(r.rig.listener.finished);
	ck_assert_int_eq(r.server->status, STATUS_OK);
	arrival_rig_free(&r);
}
END_TEST

/* Of many, who stalls is not worth a status. */
START_TEST(draining_has_its_time_for_them_too)
{
	static const char *const lines[] = { "-lk --drain 1ms 1",
		"-l --drain 1ms 1" };

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct arrival_rig r;

		arrival_rig_init(&r, lines[i]);
		arrival_rig_come(&r);
		ck_assert(server_rig_signal(&r.rig, SIGTERM));
		server_rig_drive(&r.rig);
		ck_assert(r.rig.loop.ended);
		expect_end(r.peers[0]);
		ck_assert_int_eq(r.server->status, i == 0 ? STATUS_OK : CUT);
		arrival_rig_free(&r);
	}
}
END_TEST

/* Programs are waited for, those who wait for one are not. */
START_TEST(after_the_cut_nobody_is_seated)
{
	struct arrival_rig r;

	five(&r, "-lk --max-conns 1 1");
	r.rig.service.lingers = true;
	ck_assert(server_rig_signal(&r.rig, SIGTERM));
	ck_assert_uint_eq(r.server->arrivals.count, 0);
	for (size_t i = 1; i < 5; i++)
		expect_end(r.peers[i]);
	ck_assert(!r.rig.loop.ended);
	client_release(r.rig.clients[0], STATUS_OK);
	ck_assert(r.rig.loop.ended);
	ck_assert_uint_eq(r.rig.count, 1);
	ck_assert_int_eq(r.server->status, CUT);
	arrival_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		of_many_one_may_fail,
		the_failure_of_the_only_one_is_the_status,
		the_only_one_may_do_well,
		there_is_a_default_for_the_time,
		who_stalls_is_dropped_in_time_and_costs_no_turns,
		what_is_there_at_the_end_is_freed,
		when_nobody_can_be_served_nobody_is_seated,
		draining_waits_for_all_who_have_come,
		draining_ends_with_the_last_who_fails,
		draining_has_its_time_for_them_too,
		after_the_cut_nobody_is_seated,
	};
	int failed = run_tests("arrival_ends", tests, COUNT(tests));

	return failed != 0;
}
