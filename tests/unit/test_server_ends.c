/* SPDX-License-Identifier: ISC */
/* test_server_ends.c - signals to a listener, and who holds up the others */
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admission.h"
#include "command_line.h"
#include "log.h"
#include "manager.h"
#include "server_rig.h"

#define SOMEWHERE "192.0.2.1"
#define CUT       (STATUS_SIGNAL + SIGTERM)

START_TEST(a_signal_ends_it)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	struct server_rig r;

	server_rig_init(&r, "-lk 1");
	server_rig_come(&r, SOMEWHERE);
	for (size_t i = 0; i < COUNT(signals); i++)
		ck_assert(!server_rig_signal(&r, signals[i]));
	ck_assert(!server_rig_stopped(&r));
	server_rig_free(&r);
}
END_TEST

START_TEST(draining_nobody_takes_no_time)
{
	struct server_rig r;

	server_rig_init(&r, "-lk --drain 1h 1");
	ck_assert(server_rig_signal(&r, SIGTERM));
	ck_assert(server_rig_stopped(&r));
	ck_assert(r.loop.ended && r.listener.finished);
	ck_assert_int_eq(r.server.status, STATUS_OK);
	server_rig_free(&r);
}
END_TEST

START_TEST(draining_lets_sessions_end)
{
	char text[MANAGER_TEXT];
	struct server_rig r;
	int manager = manager_start("@ncx-unit-server-ends");

	server_rig_init(&r, "-lk --drain 1h 1");
	server_rig_come(&r, SOMEWHERE);
	server_rig_come(&r, SOMEWHERE);
	ck_assert(server_rig_signal(&r, SIGTERM));
	ck_assert_str_eq(manager_heard(manager, text), "STOPPING=1");
	ck_assert(server_rig_stopped(&r));
	ck_assert(!r.loop.ended);
	client_release(r.clients[1], STATUS_OK);
	ck_assert(!r.loop.ended);
	client_release(r.clients[0], STATUS_BROKEN);
	ck_assert(r.loop.ended);
	ck_assert_int_eq(r.server.status, STATUS_OK);
	server_rig_free(&r);
	close(manager);
}
END_TEST

START_TEST(another_signal_ends_it_at_once)
{
	struct server_rig r;

	server_rig_init(&r, "-lk --drain 1h 1");
	server_rig_come(&r, SOMEWHERE);
	ck_assert(server_rig_signal(&r, SIGTERM));
	ck_assert(!server_rig_signal(&r, SIGTERM));
	ck_assert(!server_rig_signal(&r, SIGINT));
	server_rig_free(&r);
}
END_TEST

START_TEST(only_sigterm_is_patient)
{
	struct server_rig r;

	server_rig_init(&r, "-lk --drain 1h 1");
	ck_assert(!server_rig_signal(&r, SIGINT));
	ck_assert(!server_rig_stopped(&r));
	server_rig_free(&r);
}
END_TEST

/* Clients 0 and 1 have relays that do not end by themselves; client 2 is on
 * his way to one. */
static void
three_clients(struct server_rig *r, const char *line)
{
	server_rig_init(r, line);
	for (size_t i = 0; i < 3; i++)
		server_rig_come(r, SOMEWHERE);
	server_rig_relay(r, 0);
	server_rig_relay(r, 1);
}

START_TEST(who_does_not_end_is_cut)
{
	struct server_rig r;

	three_clients(&r, "-lk --drain 1ms 1");
	ck_assert(server_rig_signal(&r, SIGTERM));
	server_rig_drive(&r);
	ck_assert(r.loop.ended);
	ck_assert_int_eq(r.server.status, CUT);
	ck_assert_uint_eq(r.left, 2);
	server_rig_free(&r);
	ck_assert_uint_eq(r.forgotten, 3);
}
END_TEST

START_TEST(and_a_line_tells_of_it)
{
	struct server_rig r;
	struct capture c;
	char text[1024];
	const char *line;

	three_clients(&r, "-lk --drain 1ms 1");
	log_set_level(1);
	capture_start(&c, STDERR_FILENO);
	server_rig_signal(&r, SIGTERM);
	server_rig_drive(&r);
	capture_end(&c, text, sizeof(text));
	log_set_level(0);
	line = strstr(text, "cut off\n");
	ck_assert_ptr_nonnull(line);
	ck_assert_ptr_nonnull(strstr(line + 1, "cut off\n"));
	server_rig_free(&r);
}
END_TEST

static unsigned
count_cut(const char *line)
{
	unsigned count = 0;
	struct server_rig r;
	struct capture c;
	char text[1024];

	three_clients(&r, line);
	log_set_level(1);
	capture_start(&c, STDERR_FILENO);
	server_report(&r.server);
	capture_end(&c, text, sizeof(text));
	log_set_level(0);
	for (const char *at = text; (at = strstr(at, "cut off\n")); at++)
		count++;
	server_rig_free(&r);
	return count;
}

/* A one-shot has its status instead. */
START_TEST(who_was_there_at_the_end_has_a_line)
{
	ck_assert_uint_eq(count_cut("-lk 1"), 2);
	ck_assert_uint_eq(count_cut("-l 1"), 0);
}
END_TEST

START_TEST(the_status_says_that_the_only_one_was_cut)
{
	struct server_rig r;

	server_rig_init(&r, "-l --drain 1ms 1");
	server_rig_come(&r, SOMEWHERE);
	server_rig_relay(&r, 0);
	ck_assert(server_rig_signal(&r, SIGTERM));
	server_rig_drive(&r);
	ck_assert_int_eq(r.server.status, CUT);
	server_rig_free(&r);
}
END_TEST

START_TEST(the_only_one_may_end_by_itself)
{
	struct server_rig r;

	server_rig_init(&r, "-l --drain 1h 1");
	server_rig_come(&r, SOMEWHERE);
	ck_assert(server_rig_signal(&r, SIGTERM));
	client_release(r.clients[0], STATUS_BROKEN);
	ck_assert(r.loop.ended);
	ck_assert_int_eq(r.server.status, STATUS_BROKEN);
	server_rig_free(&r);
}
END_TEST

/* Who is served when the time is over is cut at once. */
START_TEST(nobody_slips_in_after_the_cut)
{
	struct server_rig r;

	server_rig_init(&r, "-lk 1");
	r.service.lingers = true;
	server_rig_come(&r, SOMEWHERE);
	server_rig_come(&r, SOMEWHERE);
	server_rig_relay(&r, 0);
	ck_assert(server_rig_signal(&r, SIGTERM));
	server_rig_relay(&r, 1);
	server_rig_drive(&r);
	ck_assert_uint_eq(r.left, 2);
	server_rig_free(&r);
}
END_TEST

/* Programs: their clients are cut, and they are waited for. */
START_TEST(what_lingers_is_waited_for)
{
	static const char *const lines[] = { "-l 1", "-lk 1" };

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct server_rig r;

		server_rig_init(&r, lines[i]);
		r.service.lingers = true;
		ck_assert(!server_rig_signal(&r, SIGTERM));
		server_rig_come(&r, SOMEWHERE);
		client_hold(r.clients[0]);
		server_rig_relay(&r, 0);
		ck_assert(server_rig_signal(&r, SIGINT));
		ck_assert(server_rig_stopped(&r));
		ck_assert(r.clients[0]->relay->cut);
		server_rig_drive(&r);
		ck_assert(!r.loop.ended);
		ck_assert_uint_eq(r.left, 1);
		client_release(r.clients[0], STATUS_CONNECT);
		ck_assert(r.loop.ended);
		ck_assert_int_eq(r.server.status, STATUS_SIGNAL + SIGINT);
		server_rig_free(&r);
	}
}
END_TEST

static void
note_admission(enum status status, void *arg)
{
	unsigned *readings = arg;

	ck_assert_int_eq(status, STATUS_OK);
	++*readings;
}

START_TEST(sighup_reads_the_lists_again)
{
	static const char *const lines[] = { "-lk 1",
		"-lk --deny " SOMEWHERE " 1" };
	for (unsigned i = 0; i < COUNT(lines); i++) {
		unsigned readings = 0;
		struct server_rig r;

		server_rig_init(&r, lines[i]);
		r.server.admission = admission_new(
		    &r.options, &r.loop, note_admission, &readings);
		admission_start(r.server.admission);
		ck_assert_uint_eq(readings, 1);
		ck_assert(server_rig_signal(&r, SIGHUP) == (i == 1));
		ck_assert_uint_eq(readings, 1 + i);
		ck_assert(!server_rig_stopped(&r));
		ck_assert(!r.loop.ended);
		server_rig_free(&r);
	}
}
END_TEST

/* It never ends: who has it is not served. */
static int
hang(struct handshake *h, struct channel *ch)
{
	(void)h;
	ch->rwait = POLLIN;
	return IO_WAIT;
}

static void
free_nothing(struct handshake *h)
{
	(void)h;
}

static const struct handshake_ops hang_ops = {
	.name = "hang",
	.run = hang,
	.free = free_nothing,
};

/* Somebody comes to our stdio, and is served or not. */
static int
come(struct server *s, struct handshake *h)
{
	struct channel *ch;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ch = channel_socket(fds[0]);
	if (h != NULL)
		channel_add_handshake(ch, h);
	arrival_accept(ch, NULL, s);
	return fds[1];
}

START_TEST(who_is_not_alone_must_not_hold_up_the_others)
{
	struct options o = line_parsed("-lkd --stall-timeout 7 1");
	struct handshake h = { .ops = &hang_ops };
	struct listener listener = { .socktype = SOCK_STREAM };
	struct server s;
	struct loop loop;
	struct client *first;
	int peers[3];

	ck_assert_int_eq(loop_init(&loop), 0);
	server_init(&s, &o, &loop);
	s.listener = &listener;
	peers[0] = come(&s, NULL);
	first = LIST_FIRST(&s.clients);
	ck_assert_int_eq(first->relay->stall_ms, -1);
	first->relay->given_ms = 1; /* long ago */
	peers[1] = come(&s, &h);
	ck_assert_int_eq(first->relay->stall_ms, 7000);
	ck_assert_int_gt(first->relay->given_ms, 1);
	peers[2] = come(&s, NULL);
	ck_assert_int_eq(LIST_FIRST(&s.clients)->relay->stall_ms, 7000);
	client_release(LIST_FIRST(&s.clients), STATUS_OK);
	ck_assert_int_eq(first->relay->stall_ms, 7000);
	client_release(LIST_FIRST(&s.clients), STATUS_OK);
	ck_assert_ptr_eq(LIST_FIRST(&s.clients), first);
	ck_assert_int_eq(first->relay->stall_ms, -1);
	loop_free(&loop);
	server_free(&s);
	options_free(&o);
	for (size_t i = 0; i < COUNT(peers); i++)
		close(peers[i]);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_signal_ends_it,
		draining_nobody_takes_no_time,
		draining_lets_sessions_end,
		another_signal_ends_it_at_once,
		only_sigterm_is_patient,
		who_does_not_end_is_cut,
		and_a_line_tells_of_it,
		who_was_there_at_the_end_has_a_line,
		the_status_says_that_the_only_one_was_cut,
		the_only_one_may_end_by_itself,
		nobody_slips_in_after_the_cut,
		what_lingers_is_waited_for,
		sighup_reads_the_lists_again,
		who_is_not_alone_must_not_hold_up_the_others,
	};
	int failed = run_tests("server_ends", tests, COUNT(tests));

	return failed != 0;
}
