/* SPDX-License-Identifier: ISC */
/* test_log.c - lines on stderr: one each, visible, by level */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "support.h"

#define TEXT_MAX 16384

/* stderr becomes a socket that keeps records: a write(2) is a record. */
struct recorder {
	int fds[2], saved;
	char text[TEXT_MAX]; /* of the last record */
};

static void
recorder_start(struct recorder *r)
{
	pair_of(SOCK_SEQPACKET, r->fds);
	r->saved = dup(STDERR_FILENO);
	dup2(r->fds[1], STDERR_FILENO);
}

/* The next record; NULL: none. */
static const char *
recorder_next(struct recorder *r)
{
	ssize_t n = recv(r->fds[0], r->text, TEXT_MAX - 1, MSG_DONTWAIT);

	if (n < 0)
		return NULL;
	r->text[n] = '\0';
	return r->text;
}

static void
recorder_end(struct recorder *r)
{
	dup2(r->saved, STDERR_FILENO);
	close(r->saved);
	close_pair(r->fds);
	log_set_level(0);
}

START_TEST(an_error_is_one_write_with_the_name_in_front)
{
	struct recorder r;

	recorder_start(&r);
	log_error("connect to %s failed: %d", "host", 7);
	ck_assert_str_eq(recorder_next(&r), "ncx: connect to host failed: 7\n");
	ck_assert_ptr_null(recorder_next(&r));
	recorder_end(&r);
}
END_TEST

START_TEST(the_level_says_what_is_printed)
{
	struct recorder r;

	recorder_start(&r);
	for (int level = 0; level < 4; level++) {
		log_set_level(level);
		ck_assert_int_eq(log_level(), level);
		log_verbose("Listening on %s %d", "::", 80);
		if (level >= 1)
			ck_assert_str_eq(
			    recorder_next(&r), "Listening on :: 80\n");
		log_debug("step");
		if (level >= 2)
			ck_assert_ptr_nonnull(recorder_next(&r));
		ck_assert_ptr_null(recorder_next(&r));
	}
	recorder_end(&r);
}
END_TEST

/* What is behind the time of "ncx: 0.012345s step"; *us is that. */
static const char *
behind_time(struct recorder *r, long *us)
{
	const char *line = recorder_next(r);
	char *rest;

	ck_assert_ptr_nonnull(line);
	ck_assert_int_eq(strncmp(line, "ncx: ", 5), 0);
	*us = strtol(line + 5, &rest, 10) * 1000000;
	ck_assert_int_eq(*rest, '.');
	ck_assert_uint_eq(strspn(rest + 1, "0123456789"), 6);
	*us += strtol(rest + 1, &rest, 10);
	ck_assert_int_eq(strncmp(rest, "s ", 2), 0);
	return rest + 2;
}

START_TEST(a_step_has_its_time)
{
	struct recorder r;
	long us;

	recorder_start(&r);
	log_set_level(2);
	log_debug("step %s", "one");
	ck_assert_str_eq(behind_time(&r, &us), "step one\n");
	recorder_end(&r);
}
END_TEST

START_TEST(a_step_says_which_session_it_is_about)
{
	struct recorder r;
	long us;

	recorder_start(&r);
	log_step("2 ::1 80", "step");
	ck_assert_ptr_null(recorder_next(&r));
	log_set_level(2);
	log_step("2 ::1 80", "step %d", 1);
	ck_assert_str_eq(behind_time(&r, &us), "[2 ::1 80] step 1\n");
	log_step(NULL, "step %d", 2);
	ck_assert_str_eq(behind_time(&r, &us), "step 2\n");
	recorder_end(&r);
}
END_TEST

START_TEST(the_time_is_since_the_start)
{
	int64_t start_us = clock_us();
	struct recorder r;
	long first, second;

	recorder_start(&r);
	log_set_level(2);
	log_start();
	while (clock_us() - start_us < 2000)
		;
	log_debug("step");
	behind_time(&r, &first);
	ck_assert_int_le(first, clock_us() - start_us);
	log_start();
	log_debug("step");
	behind_time(&r, &second);
	ck_assert_int_lt(second, first);
	recorder_end(&r);
}
END_TEST

START_TEST(no_byte_can_steer_the_terminal_or_end_the_line)
{
	char all[256];
	struct recorder r;
	const char *line;

	for (int i = 0; i < 255; i++)
		all[i] = (char)(i + 1);
	all[255] = '\0';
	recorder_start(&r);
	log_error("%s", all);
	line = recorder_next(&r);
	ck_assert_ptr_nonnull(line);
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
	for (; *line != '\n'; line++)
		ck_assert(isprint((unsigned char)*line));
	ck_assert_ptr_null(recorder_next(&r));
	recorder_end(&r);
}
END_TEST

START_TEST(plain_text_stays_as_it_is)
{
	static const char plain[] =
	    "a \"b\" 'c' %d {d} [e] <f> ~!@#$^&*()_+-=|;:,.?/\\ b\xc3\xbc"
	    "cher";
	char want[sizeof(plain) + 8];
	struct recorder r;

	recorder_start(&r);
	log_set_level(1);
	log_verbose("%s", plain);
	snprintf(want, sizeof(want), "%s\n", plain);
	ck_assert_str_eq(recorder_next(&r), want);
	recorder_end(&r);
}
END_TEST

/* Whatever its length: one line, and the worst case fits. */
START_TEST(a_long_line_is_cut_and_stays_one)
{
	static char text[5000];
	struct recorder r;
	const char *line;

	recorder_start(&r);
	for (int byte = 'a'; byte < 256; byte += 'A') {
		memset(text, byte, sizeof(text) - 1);
		log_error("%s", text);
		line = recorder_next(&r);
		ck_assert_ptr_nonnull(line);
		ck_assert_uint_gt(strlen(line), 2000);
		ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
		ck_assert_ptr_null(recorder_next(&r));
	}
	recorder_end(&r);
}
END_TEST

START_TEST(a_broken_stderr_is_survived)
{
	struct recorder r;

	recorder_start(&r);
	close(STDERR_FILENO);
	log_error("nobody hears it");
	recorder_end(&r);
}
END_TEST

#define LIVE(text) "\r" text "\033[J\r"

START_TEST(a_live_line_is_drawn_over_itself)
{
	struct recorder r;

	recorder_start(&r);
	log_live_set("1 of 3");
	ck_assert_ptr_null(recorder_next(&r));
	log_live_draw();
	ck_assert_str_eq(recorder_next(&r), LIVE("1 of 3"));
	log_live_set("2 of 3");
	log_live_draw();
	ck_assert_str_eq(recorder_next(&r), LIVE("2 of 3"));
	log_live_end();
	ck_assert_str_eq(recorder_next(&r), "\r\033[J");
	log_live_end();
	ck_assert_ptr_null(recorder_next(&r));
	recorder_end(&r);
}
END_TEST

/* In one write: nobody sees it without. */
START_TEST(a_message_erases_the_live_line_and_draws_it_again)
{
	struct recorder r;

	recorder_start(&r);
	log_set_level(1);
	log_live_set("1 of 3");
	log_verbose("Listening");
	ck_assert_str_eq(recorder_next(&r), "Listening\n");
	log_live_draw();
	recorder_next(&r);
	log_verbose("Connection");
	ck_assert_str_eq(
	    recorder_next(&r), "\r\033[JConnection\n" LIVE("1 of 3"));
	log_live_set("2 of 3");
	log_error("failed");
	ck_assert_str_eq(
	    recorder_next(&r), "\r\033[Jncx: failed\n" LIVE("2 of 3"));
	log_live_end();
	recorder_next(&r);
	log_line("%d bytes", 7);
	ck_assert_str_eq(recorder_next(&r), "7 bytes\n");
	recorder_end(&r);
}
END_TEST

START_TEST(a_long_live_line_is_cut)
{
	static char text[5000];
	struct recorder r;

	recorder_start(&r);
	memset(text, 'x', sizeof(text) - 1);
	log_live_set(text);
	log_live_draw();
	ck_assert_uint_eq(
	    strlen(recorder_next(&r)), LOG_LIVE - 1 + strlen(LIVE("")));
	log_error("%s", text);
	ck_assert_uint_gt(strlen(recorder_next(&r)), 2000 + LOG_LIVE);
	log_live_end();
	recorder_end(&r);
}
END_TEST

/* A terminal that was stopped must not stop us. */
START_TEST(where_nothing_is_taken_no_live_line_is_drawn)
{
	struct recorder r;
	int fds[2];

	pipe_pair(fds);
	set_nonblocking(fds[1]);
	while (write(fds[1], "x", 1) == 1)
		;
	recorder_start(&r);
	dup2(fds[1], STDERR_FILENO);
	log_live_set("1 of 3");
	log_live_draw();
	dup2(r.fds[1], STDERR_FILENO);
	log_error("failed");
	ck_assert_str_eq(recorder_next(&r), "ncx: failed\n");
	recorder_end(&r);
	close_pair(fds);
}
END_TEST

/* The line from its level on: before it is the time. */
static const char *
after_time(const char *line)
{
	ck_assert_ptr_nonnull(line);
	ck_assert_int_eq(strncmp(line, "{\"time\":\"20", 11), 0);
	ck_assert_uint_gt(strlen(line), 35);
	ck_assert_int_eq(strncmp(line + 32, "Z\",", 3), 0);
	return line + 35;
}

START_TEST(in_json_a_line_is_an_object)
{
	struct recorder r;

	recorder_start(&r);
	log_set_json(true);
	log_set_level(2);
	log_error("a \"%s\"", "b\n");
	ck_assert_str_eq(after_time(recorder_next(&r)),
	    "\"level\":\"error\",\"event\":\"message\","
	    "\"text\":\"a \\\"b\\n\\\"\"}\n");
	log_verbose("note");
	ck_assert_str_eq(after_time(recorder_next(&r)),
	    "\"level\":\"note\",\"event\":\"message\","
	    "\"text\":\"note\"}\n");
	log_debug("step");
	ck_assert_str_eq(after_time(recorder_next(&r)),
	    "\"level\":\"step\",\"event\":\"message\","
	    "\"text\":\"step\"}\n");
	log_set_level(0);
	log_verbose("note");
	log_debug("step");
	ck_assert_ptr_null(recorder_next(&r));
	log_set_json(false);
	recorder_end(&r);
}
END_TEST

START_TEST(an_event_has_fields_for_programs)
{
	struct json members = { 0 };
	struct recorder r;

	recorder_start(&r);
	json_integer(&members, "port", 80);
	log_event(LOG_NOTE, "listening", &members, "on %d", 80);
	ck_assert_ptr_null(recorder_next(&r));
	log_set_level(1);
	log_event(LOG_NOTE, "listening", &members, "on %d", 80);
	ck_assert_str_eq(recorder_next(&r), "on 80\n");
	log_event(LOG_ERROR, "failed", NULL, "badly");
	ck_assert_str_eq(recorder_next(&r), "ncx: badly\n");
	log_set_json(true);
	log_event(LOG_NOTE, "listening", &members, "on %d", 80);
	ck_assert_str_eq(after_time(recorder_next(&r)),
	    "\"level\":\"note\",\"event\":\"listening\","
	    "\"text\":\"on 80\",\"port\":80}\n");
	log_set_json(false);
	json_free(&members);
	recorder_end(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_error_is_one_write_with_the_name_in_front,
		the_level_says_what_is_printed,
		a_step_has_its_time,
		a_step_says_which_session_it_is_about,
		the_time_is_since_the_start,
		no_byte_can_steer_the_terminal_or_end_the_line,
		plain_text_stays_as_it_is,
		a_long_line_is_cut_and_stays_one,
		a_broken_stderr_is_survived,
		a_live_line_is_drawn_over_itself,
		a_message_erases_the_live_line_and_draws_it_again,
		a_long_live_line_is_cut,
		where_nothing_is_taken_no_live_line_is_drawn,
		in_json_a_line_is_an_object,
		an_event_has_fields_for_programs,
	};
	int failed = run_tests("log", tests, COUNT(tests));

	return failed != 0;
}
