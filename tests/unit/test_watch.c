/* SPDX-License-Identifier: ISC */
/* test_watch.c - all that looks at the sessions of a run */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command_line.h"
#include "server_rig.h"
#include "watch.h"

#define SOMEWHERE "192.0.2.1"

/* A watch with a report that goes to a file, and its loop. */
struct rig {
	char folder[32], line[128];
	struct options options;
	struct watch watch;
	struct loop loop;
};

static void
rig_init(struct rig *r)
{
	temp_folder_make(r->folder);
	snprintf(r->line, sizeof(r->line), "--report=json:%s h 1",
	    temp_path(r->folder, "r"));
	r->options = line_parsed(r->line);
	ck_assert_int_eq(watch_open(&r->watch, &r->options), STATUS_OK);
	ck_assert_int_eq(loop_init(&r->loop), 0);
	watch_start(&r->watch, &r->loop);
}

/* How many sessions it told of. */
static size_t
rig_free(struct rig *r)
{
	FILE *f;
	size_t lines = 0;
	int c;

	loop_free(&r->loop);
	ck_assert_int_eq(watch_close(&r->watch, STATUS_OK), STATUS_OK);
	f = fopen(temp_path(r->folder, "r"), "r");
	ck_assert_ptr_nonnull(f);
	while ((c = getc(f)) != EOF)
		lines += c == '\n';
	fclose(f);
	unlink(temp_path(r->folder, "r"));
	temp_folder_remove(r->folder);
	options_free(&r->options);
	return lines;
}

/* A session with a relay that the loop owns; returns its other ends. */
static void
begin_session(struct rig *r, struct session *s, int others[2])
{
	int fds[4];

	pair_of(SOCK_STREAM, fds);
	pair_of(SOCK_STREAM, fds + 2);
	*s = (struct session){ .options = &r->options,
		.watch = &r->watch,
		.side = SESSION_UPSTREAM };
	relay_start(
	    session_relay(s, channel_socket(fds[0]), channel_socket(fds[2])),
	    &r->loop);
	others[0] = fds[1];
	others[1] = fds[3];
}

START_TEST(sessions_have_numbers_and_are_live_until_they_end)
{
	struct session one, other, missed = { .number = 0 };
	int fds[4];
	struct rig r;

	rig_init(&r);
	begin_session(&r, &one, fds);
	begin_session(&r, &other, fds + 2);
	ck_assert_uint_eq(one.number, 1);
	ck_assert_uint_eq(other.number, 2);
	ck_assert_ptr_eq(LIST_FIRST(&r.watch.live), &other);
	ck_assert_int_ne(one.timeline.up_ns, 0);
	ck_assert_int_eq(session_status(&one, one.relay, RELAY_OVER), 0);
	ck_assert_ptr_null(one.relay);
	ck_assert_int_ne(one.timeline.end_ns, 0);
	ck_assert_ptr_null(LIST_NEXT(&other, live));
	missed.options = &r.options;
	missed.watch = &r.watch;
	session_missed(&missed, STATUS_CONNECT);
	ck_assert_uint_eq(missed.number, 3);
	ck_assert_ptr_eq(LIST_FIRST(&r.watch.live), &other);
	session_cut(&other, STATUS_LOCAL);
	ck_assert(LIST_EMPTY(&r.watch.live));
	close_pair(fds);
	close_pair(fds + 2);
	ck_assert_uint_eq(rig_free(&r), 3);
}
END_TEST

START_TEST(those_that_are_left_are_cut)
{
	struct session one, other;
	int fds[4];
	struct rig r;

	rig_init(&r);
	begin_session(&r, &one, fds);
	begin_session(&r, &other, fds + 2);
	watch_cut(&r.watch, STATUS_SIGNAL + SIGTERM);
	ck_assert(LIST_EMPTY(&r.watch.live));
	ck_assert_int_eq(one.result, RELAY_CUT);
	ck_assert_int_eq(other.status, STATUS_SIGNAL + SIGTERM);
	watch_cut(&r.watch, STATUS_OK); /* nobody is left */
	close_pair(fds);
	close_pair(fds + 2);
	ck_assert_uint_eq(rig_free(&r), 2);
}
END_TEST

START_TEST(notices_reach_it)
{
	struct rig r;

	rig_init(&r);
	ck_assert_ptr_eq(r.loop.notice_arg, &r.watch);
	r.loop.on_notice(SIGUSR1, r.loop.notice_arg);
	r.loop.on_notice(SIGWINCH, r.loop.notice_arg);
	ck_assert_uint_eq(rig_free(&r), 0);
}
END_TEST

/* But for SIGUSR1, which needs no option. */
START_TEST(without_a_wish_there_is_nobody)
{
	unsigned there = 0;
	struct options o = line_parsed("h 1");
	struct session s = { .options = &o };
	struct watch w;

	ck_assert_int_eq(watch_open(&w, &o), STATUS_OK);
	for (size_t i = 0; i < WATCHERS_MAX; i++)
		there += w.states[i] != NULL;
	ck_assert_uint_eq(there, 1);
	s.watch = &w;
	session_missed(&s, STATUS_CONNECT);
	ck_assert_int_eq(watch_close(&w, STATUS_OK), STATUS_OK);
	ck_assert_int_eq(watch_close(&w, STATUS_LOOKUP), STATUS_LOOKUP);
	options_free(&o);
}
END_TEST

START_TEST(what_cannot_be_opened_ends_it)
{
	struct options o = line_parsed("--report=json:/nonexistent/r h 1");
	struct capture c;
	struct watch w;
	char text[256];
	int status;

	capture_start(&c, STDERR_FILENO);
	status = watch_open(&w, &o);
	capture_end(&c, text, sizeof(text));
	ck_assert_int_eq(status, STATUS_LOCAL);
	ck_assert_str_eq(text,
	    "ncx: open of /nonexistent/r failed: No such file or "
	    "directory\n");
	options_free(&o);
}
END_TEST

START_TEST(a_record_that_failed_is_status_6_if_all_else_was_well)
{
	struct options o = line_parsed("--report=json:/dev/full h 1");
	char text[256];

	for (int was = 0; was < 2; was++) {
		struct session s = { .options = &o };
		struct capture c;
		struct watch w;
		int status;

		ck_assert_int_eq(watch_open(&w, &o), STATUS_OK);
		s.watch = &w;
		capture_start(&c, STDERR_FILENO);
		session_missed(&s, STATUS_OK);
		session_missed(&s, STATUS_OK);
		status = watch_close(&w, was);
		capture_end(&c, text, sizeof(text));
		ck_assert_int_eq(status, was == 0 ? STATUS_LOCAL : was);
		ck_assert_str_eq(text,
		    "ncx: write to /dev/full failed: No space left on "
		    "device\n");
	}
	options_free(&o);
}
END_TEST

/* A relay may end in the turn in which the loop has been ended; its client is
 * gone then. */
START_TEST(who_ends_with_the_loop_is_not_live_any_more)
{
	struct server_rig s;
	struct relay *relay;
	struct rig r;

	rig_init(&r);
	server_rig_init(&s, "-lk 1");
	s.server.watch = &r.watch;
	ck_assert(server_rig_come(&s, SOMEWHERE));
	server_rig_relay(&s, 0);
	ck_assert(!LIST_EMPTY(&r.watch.live));
	server_stop(&s.server, STATUS_LOCAL);
	relay = s.clients[0]->relay;
	relay->on_done(relay, RELAY_OVER, relay->arg);
	relay->on_done = NULL;
	ck_assert_ptr_null(s.clients[0]);
	ck_assert(LIST_EMPTY(&r.watch.live));
	watch_cut(&r.watch, STATUS_LOCAL);
	server_rig_free(&s);
	ck_assert_uint_eq(rig_free(&r), 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		sessions_have_numbers_and_are_live_until_they_end,
		those_that_are_left_are_cut,
		notices_reach_it,
		without_a_wish_there_is_nobody,
		what_cannot_be_opened_ends_it,
		a_record_that_failed_is_status_6_if_all_else_was_well,
		who_ends_with_the_loop_is_not_live_any_more,
	};
	int failed = run_tests("watch", tests, COUNT(tests));

	return failed != 0;
}
