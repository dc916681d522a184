/* SPDX-License-Identifier: ISC */
/* test_arrival.c - those who were accepted and are not served yet */
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admission.h"
#include "arrival_rig.h"
#include "log.h"
#include "network.h"

START_TEST(who_has_been_greeted_is_served)
{
	struct arrival_rig r;

	arrival_rig_init(&r, "-lk 1");
	arrival_rig_come(&r);
	ck_assert_uint_eq(r.rig.count, 0);
	ck_assert_uint_eq(r.server->count, 0);
	ck_assert_uint_eq(r.server->arrivals.count, 1);
	put(r.peers[0], "y");
	arrival_rig_until(&r, 1, 0, 0);
	ck_assert_uint_eq(r.server->count, 1);
	ck_assert_uint_eq(r.server->arrivals.count, 0);
	ck_assert_uint_eq(r.rig.clients[0]->number, 1);
	ck_assert_uint_eq(r.freed, 1);
	arrival_rig_is(&r, 0, 0);
	arrival_rig_free(&r);
}
END_TEST

START_TEST(it_is_said_when_he_is_served)
{
	struct capture c;
	struct arrival_rig r;
	char text[256];

	arrival_rig_init(&r, "-lkv 1");
	log_set_level(1);
	capture_start(&c, STDERR_FILENO);
	arrival_rig_come(&r);
	arrival_rig_says(&r, "n");
	arrival_rig_until(&r, 0, 0, 1);
	capture_end(&c, text, sizeof(text));
	ck_assert_str_eq(text, "");
	capture_start(&c, STDERR_FILENO);
	put(r.peers[0], "y");
	arrival_rig_until(&r, 1, 0, 1);
	capture_end(&c, text, sizeof(text));
	log_set_level(0);
	ck_assert_ptr_nonnull(strstr(text, "Connection received on "));
	arrival_rig_free(&r);
}
END_TEST

START_TEST(who_need_not_be_greeted_is_not)
{
	struct arrival_rig r;
	int fds[2];

	arrival_rig_init(&r, "-lku --max-conns 1 1");
	r.trusting = true;
	arrival_rig_come(&r);
	ck_assert_uint_eq(r.rig.count, 1);
	r.trusting = false;
	r.rig.listener.socktype = SOCK_DGRAM;
	pair_of(SOCK_DGRAM, fds); /* nor does it wait */
	arrival_accept(channel_socket(fds[0]), NULL, r.server);
	ck_assert_uint_eq(r.rig.count, 2);
	ck_assert(!r.rig.listener.paused);
	arrival_rig_free(&r);
	close(fds[1]);
}
END_TEST

static void
note_admission(enum status status, void *arg)
{
	(void)arg;
	ck_assert_int_eq(status, STATUS_OK);
}

START_TEST(who_may_not_come_in_is_not_greeted)
{
	struct address *peer = NULL;
	struct arrival_rig r;
	int fds[2];

	arrival_rig_init(&r, "-lk --deny 192.0.2.0/24 1");
	r.server->admission =
	    admission_new(&r.rig.options, &r.rig.loop, note_admission, NULL);
	admission_start(r.server->admission);
	address_add(&peer, "192.0.2.1", 4711, SOCK_STREAM);
	tcp_pair(fds);
	arrival_accept(channel_socket(fds[0]), peer, r.server);
	ck_assert_uint_eq(r.server->arrivals.count, 0);
	ck_assert_uint_eq(r.freed, 0);
	expect_end(fds[1]);
	close(fds[1]);
	address_free(peer);
	arrival_rig_free(&r);
}
END_TEST

START_TEST(who_stalls_has_no_place)
{
	struct arrival_rig r;

	arrival_rig_init(&r, "-lk --max-conns 1 1");
	arrival_rig_come(&r);
	ck_assert(!r.rig.listener.paused);
	arrival_rig_says(&r, "y");
	arrival_rig_until(&r, 1, 0, 0);
	arrival_rig_is(&r, 0, 1);
	ck_assert(!r.rig.listener.paused);
	put(r.peers[0], "y");
	arrival_rig_until(&r, 1, 1, 0);
	client_release(r.rig.clients[0], STATUS_OK);
	ck_assert_uint_eq(r.rig.count, 2);
	arrival_rig_is(&r, 1, 0);
	ck_assert_uint_eq(r.rig.clients[1]->number, 2);
	arrival_rig_free(&r);
}
END_TEST

START_TEST(they_wait_in_the_order_in_which_they_were_greeted)
{
	static const size_t order[] = { 2, 3, 1 };
	struct arrival_rig r;
	char bytes[8];

	arrival_rig_init(&r, "-lk --max-conns 1 1");
	arrival_rig_says(&r, "y");
	arrival_rig_until(&r, 1, 0, 0);
	for (size_t i = 0; i < COUNT(order); i++)
		arrival_rig_come(&r);
	for (size_t i = 0; i < COUNT(order); i++) {
		put(r.peers[order[i]], "yes");
		arrival_rig_until(&r, 1, i + 1, 0);
	}
	for (size_t i = 0; i < COUNT(order); i++) {
		client_release(r.rig.clients[i], STATUS_OK);
		ck_assert_uint_eq(r.rig.count, i + 2);
		ck_assert_uint_eq(r.server->count, 1);
		arrival_rig_is(&r, i + 1, order[i]);
		/* what they said meanwhile has waited */
		ck_assert_int_eq(
		    channel_read(r.rig.network[i + 1], bytes, sizeof(bytes)),
		    2);
	}
	ck_assert_uint_eq(r.server->arrivals.count, 0);
	arrival_rig_free(&r);
}
END_TEST

START_TEST(two_places_that_are_free_are_for_two)
{
	struct arrival_rig r;

	arrival_rig_init(&r, "-lk --max-conns 2 1");
	for (size_t i = 0; i < 5; i++)
		arrival_rig_says(&r, "y");
	arrival_rig_until(&r, 2, 3, 0);
	client_release(r.rig.clients[0], STATUS_OK);
	client_release(r.rig.clients[1], STATUS_OK);
	ck_assert_uint_eq(r.rig.count, 4);
	ck_assert_uint_eq(r.server->count, 2);
	ck_assert_uint_eq(r.server->arrivals.waiting_count, 1);
	arrival_rig_free(&r);
}
END_TEST

/* Nobody has said a word, and the first makes room. */
START_TEST(at_the_limit_the_oldest_makes_room)
{
	struct arrival_rig r;

	arrival_rig_init(&r, "-lk --max-conns 1 1");
	ck_assert_uint_eq(r.server->arrivals.max, ARRIVALS_MIN);
	for (size_t i = 0; i < ARRIVALS_MIN; i++)
		arrival_rig_come(&r);
	ck_assert_uint_eq(r.freed, 0);
	arrival_rig_says(&r, "y");
	ck_assert_uint_eq(r.server->arrivals.count, ARRIVALS_MIN);
	ck_assert_uint_eq(r.freed, 1);
	ck_assert(!r.rig.listener.paused);
	expect_end(r.peers[0]);
	arrival_rig_until(&r, 1, 0, 0);
	arrival_rig_is(&r, 0, ARRIVALS_MIN);
	expect_none(r.peers[1]);
	arrival_rig_free(&r);
}
END_TEST

START_TEST(thousands_who_stall_keep_nobody_out)
{
	struct arrival_rig r;
	size_t honest = 0;

	arrival_rig_init(&r, "-lk --max-conns 1 1");
	for (size_t i = 0; i < 5000; i++) {
		if (i == 4950)
			honest = arrival_rig_come(&r);
		arrival_rig_come(&r);
		if (i != 4950)
			close(r.peers[--r.count]);
	}
	ck_assert_uint_eq(r.server->arrivals.count, ARRIVALS_MIN);
	r.failed = 0;
	put(r.peers[honest], "y");
	arrival_rig_until(&r, 1, 0, ARRIVALS_MIN - 2);
	arrival_rig_is(&r, 0, honest);
	arrival_rig_free(&r);
}
END_TEST

START_TEST(when_half_of_them_wait_the_listener_does)
{
	struct arrival_rig r;

	arrival_rig_init(&r, "-lk --max-conns 1 1");
	arrival_rig_come(&r);
	for (size_t i = 0; i < ARRIVALS_MIN / 2; i++)
		arrival_rig_says(&r, "y");
	arrival_rig_until(&r, 1, ARRIVALS_MIN / 2 - 1, 0);
	ck_assert(!r.rig.listener.paused);
	put(r.peers[0], "y");
	arrival_rig_until(&r, 1, ARRIVALS_MIN / 2, 0);
	ck_assert(r.rig.listener.paused);
	client_release(r.rig.clients[0], STATUS_OK);
	ck_assert_uint_eq(r.rig.count, 2);
	ck_assert(!r.rig.listener.paused);
	arrival_rig_free(&r);
}
END_TEST

/* The service has nothing for them and says so at once, to one after the other:
 * thousands within each other would be too many for the stack. */
static void
refuse(struct client *client, struct channel *network)
{
	struct server_rig *r = client->server->state;

	ck_assert_uint_eq(r->left, 0);
	r->left++;
	channel_close(network);
	client_release(client, STATUS_BROKEN);
	r->left--;
}

START_TEST(who_leaves_at_once_makes_place_for_the_next)
{
	struct arrival_rig r;

	arrival_rig_init(&r, "-lk --max-conns 1 1");
	for (size_t i = 0; i < 20; i++)
		arrival_rig_says(&r, "y");
	arrival_rig_until(&r, 1, 19, 0);
	r.rig.service.serve = refuse;
	client_release(r.rig.clients[0], STATUS_OK);
	ck_assert_uint_eq(r.server->count, 0);
	ck_assert_uint_eq(r.server->arrivals.count, 0);
	ck_assert_uint_eq(r.server->served, 20);
	ck_assert_uint_eq(r.rig.forgotten, 20);
	arrival_rig_free(&r);
}
END_TEST

/* Places and arrivals share what there is. */
START_TEST(scarce_descriptors_are_shared)
{
	static const rlim_t limits[] = { 8, 20, 26, 60, 200 };

	for (size_t i = COUNT(limits); i-- > 0;) {
		struct rlimit limit = { limits[i], limits[i] };
		struct arrival_rig r;

		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
		arrival_rig_init(&r, "-lk --max-conns 1000 1");
		ck_assert_uint_ge(r.server->max, 1);
		ck_assert_uint_ge(r.server->arrivals.max, 1);
		ck_assert(limits[i] < 26 ||
		    r.server->max + r.server->arrivals.max <= limits[i]);
		ck_assert(limits[i] != 200 ||
		    (r.server->max > 60 && r.server->arrivals.max > 60));
		arrival_rig_free(&r);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		who_has_been_greeted_is_served,
		it_is_said_when_he_is_served,
		who_need_not_be_greeted_is_not,
		who_may_not_come_in_is_not_greeted,
		who_stalls_has_no_place,
		they_wait_in_the_order_in_which_they_were_greeted,
		two_places_that_are_free_are_for_two,
		at_the_limit_the_oldest_makes_room,
		thousands_who_stall_keep_nobody_out,
		when_half_of_them_wait_the_listener_does,
		who_leaves_at_once_makes_place_for_the_next,
		scarce_descriptors_are_shared,
	};
	int failed = run_tests("arrival", tests, COUNT(tests));

	return failed != 0;
}
