/* SPDX-License-Identifier: ISC */
/* test_lines.c - messages that are held back until it is known who may see */
#include <stdio.h>
#include <unistd.h>

#include "lines.h"
#include "log.h"
#include "support.h"

static void
add_all(struct lines *l)
{
	lines_add(l, LINE_NOTE, "a note");
	lines_add(l, LINE_ERROR, "an error");
	lines_add(l, LINE_ATTEMPT, "an attempt");
	lines_add(l, LINE_NOTE, "another note");
}

/* What is printed of them at this level, to those who see this and above. */
static void
check_printed(int level, enum line_kind least, const char *want)
{
	struct lines l = { 0 };
	struct capture c;
	char text[1024];

	log_set_level(level);
	add_all(&l);
	capture_start(&c, STDERR_FILENO);
	lines_print(&l, least);
	capture_end(&c, text, sizeof(text));
	log_set_level(0);
	ck_assert_str_eq(text, want);
	ck_assert_uint_eq(l.count, 0);
	ck_assert_ptr_null(l.list);
}

START_TEST(failures_are_printed_and_notes_under_v)
{
	check_printed(0, LINE_NOTE, "ncx: an error\nncx: an attempt\n");
	check_printed(1, LINE_NOTE,
	    "a note\nncx: an error\nncx: an attempt\nanother note\n");
}
END_TEST

START_TEST(only_what_counts_is_printed)
{
	check_printed(1, LINE_ATTEMPT, "ncx: an error\nncx: an attempt\n");
	check_printed(1, LINE_ERROR, "ncx: an error\n");
	check_printed(0, LINE_ERROR, "ncx: an error\n");
}
END_TEST

START_TEST(one_is_printed_as_all_are)
{
	struct capture c;
	char text[1024];

	capture_start(&c, STDERR_FILENO);
	line_print(LINE_NOTE, "unseen");
	log_set_level(1);
	line_print(LINE_NOTE, "100%s");
	line_print(LINE_ATTEMPT, "100%n");
	line_print(LINE_ERROR, "x\ny");
	capture_end(&c, text, sizeof(text));
	log_set_level(0);
	ck_assert_str_eq(text, "100%s\nncx: 100%n\nncx: x\\012y\n");
}
END_TEST

/* The text is copied, and there is room for any number. */
START_TEST(many_are_kept_in_order)
{
	struct lines l = { 0 };
	char text[32];

	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "line %d", i);
		lines_add(&l, LINE_NOTE, text);
	}
	ck_assert_uint_eq(l.count, 1000);
	ck_assert_str_eq(l.list[0].text, "line 0");
	ck_assert_str_eq(l.list[500].text, "line 500");
	ck_assert_str_eq(l.list[999].text, "line 999");
	lines_free(&l);
	ck_assert_uint_eq(l.count, 0);
	lines_free(&l);
	lines_add(&l, LINE_NOTE, "anew");
	ck_assert_str_eq(l.list[0].text, "anew");
	lines_free(&l);
}
END_TEST

START_TEST(an_event_keeps_its_fields_until_it_is_printed)
{
	struct json members = { 0 };
	struct lines l = { 0 };
	struct capture c;
	char text[1024];

	json_integer(&members, "port", 80);
	lines_add_event(&l, LINE_NOTE, "connected", &members, "it is");
	ck_assert_ptr_null(members.text);
	log_set_level(1);
	log_set_json(true);
	capture_start(&c, STDERR_FILENO);
	lines_print(&l, LINE_NOTE);
	capture_end(&c, text, sizeof(text));
	log_set_json(false);
	log_set_level(0);
	ck_assert_ptr_nonnull(strstr(
	    text, "\"event\":\"connected\",\"text\":\"it is\",\"port\":80}\n"));
	json_count(&members, "port", 80);
	lines_add_event(&l, LINE_NOTE, "connected", &members, "it was");
	lines_free(&l);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		failures_are_printed_and_notes_under_v,
		only_what_counts_is_printed,
		one_is_printed_as_all_are,
		many_are_kept_in_order,
		an_event_keeps_its_fields_until_it_is_printed,
	};
	int failed = run_tests("lines", tests, COUNT(tests));

	return failed != 0;
}
