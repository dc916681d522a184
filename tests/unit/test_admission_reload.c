/* SPDX-License-Identifier: ISC */
/* test_admission_reload.c - who may come in, read again */
#include <unistd.h>

#include "admission_rig.h"
#include "names.h"

START_TEST(a_reload_reads_it_again)
{
	struct admission_rig r;

	admission_rig_init(&r);
	write_text("list", "10.0.0.1");
	admission_rig_start(&r, "-v --allowfile list --allow " NAME_BOTH);
	admission_rig_run(&r);
	admission_rig_check(&r, STATUS_OK, "");
	write_text("list", "10.0.0.2");
	admission_reload(r.admission);
	if (r.answers == 1) { /* the lookup is under way */
		ck_assert_msg(admission_rig_allows(&r, "10.0.0.1"),
		    "meanwhile the old one counts");
		ck_assert(!admission_rig_allows(&r, "10.0.0.2"));
	}
	admission_rig_run(&r);
	admission_rig_check(&r, STATUS_OK, "Access lists read again\n");
	ck_assert(!admission_rig_allows(&r, "10.0.0.1"));
	ck_assert(admission_rig_allows(&r, "10.0.0.2"));
	ck_assert(admission_rig_allows(&r, "::1"));
	admission_rig_free(&r);
}
END_TEST

/* The list says this after a reload, which fails with these words. */
static void
check_kept(const char *list, const char *text)
{
	struct admission_rig r;

	admission_rig_init(&r);
	write_text("list", "10.0.0.1");
	admission_rig_start(&r, "--connect-timeout 100ms --allowfile list");
	admission_rig_run(&r);
	admission_rig_check(&r, STATUS_OK, "");
	unlink("list");
	if (list != NULL)
		write_text("list", list);
	admission_reload(r.admission);
	admission_rig_run(&r);
	ck_assert_str_eq(r.text, text);
	ck_assert_uint_eq(r.answers, 2);
	ck_assert(admission_rig_allows(&r, "10.0.0.1"));
	ck_assert(!admission_rig_allows(&r, "10.0.0.2"));
	write_text("list", "10.0.0.2");
	admission_reload(r.admission);
	admission_rig_run(&r);
	admission_rig_check(&r, STATUS_OK, "");
	ck_assert(admission_rig_allows(&r, "10.0.0.2"));
	admission_rig_free(&r);
}

START_TEST(a_reload_that_fails_changes_nothing)
{
	check_kept(NULL, "ncx: read list failed: No such file or directory\n");
	check_kept("10.0.0.2\n1.2/3\n", "ncx: list:2: \"1.2/3\": " WRONG);
	check_kept("10.0.0.2 " NAME_DEAD,
	    "ncx: lookup of \"" NAME_DEAD
	    "\" failed: Non-recoverable failure in name resolution\n");
	check_kept("10.0.0.2 " NAME_SLOW,
	    "ncx: lookup of \"" NAME_SLOW "\" failed: Connection timed out\n");
}
END_TEST

START_TEST(a_reload_that_fails_says_that_nothing_changed)
{
	struct admission_rig r;

	admission_rig_init(&r);
	write_text("list", "10.0.0.1");
	admission_rig_start(&r, "-v --allowfile list");
	admission_rig_run(&r);
	unlink("list");
	admission_reload(r.admission);
	admission_rig_run(&r);
	ck_assert_str_eq(r.text,
	    "ncx: read list failed: No such file or directory\n"
	    "Access lists stay as they were\n");
	ck_assert_int_eq(r.status, STATUS_LOCAL);
	ck_assert(admission_rig_allows(&r, "10.0.0.1"));
	admission_rig_free(&r);
}
END_TEST

/* The pipe has gone, and its words with it. */
START_TEST(a_reload_of_a_pipe_keeps_what_it_said)
{
	struct admission_rig r;
	int fd;

	admission_rig_init(&r);
	fd = admission_rig_fifo();
	admission_rig_start(&r, "--denyfile fifo");
	put(fd, "10.0.0.2");
	close(fd);
	admission_rig_run(&r);
	admission_rig_check(&r, STATUS_OK, "");
	admission_reload(r.admission);
	admission_rig_run(&r);
	ck_assert_str_eq(r.text, "ncx: read fifo failed: No data available\n");
	ck_assert(!admission_rig_allows(&r, "10.0.0.2"));
	admission_rig_free(&r);
}
END_TEST

/* The list was read before it changed; what is under way is followed by
 * another reading, however often that was asked for. */
START_TEST(a_reload_under_way_is_followed_by_another)
{
	struct admission_rig r;
	int fd;

	admission_rig_init(&r);
	write_text("list", "10.0.0.1");
	fd = admission_rig_fifo();
	admission_rig_start(&r, "-v --allowfile list --denyfile fifo");
	ck_assert_uint_eq(r.answers, 0);
	write_text("list", "10.0.0.0/24");
	admission_reload(r.admission);
	admission_reload(r.admission);
	r.replace = "10.0.0.9";
	put(fd, "10.0.0.8");
	close(fd);
	admission_rig_run(&r);
	admission_rig_check(&r, STATUS_OK, "Access lists read again\n");
	ck_assert(admission_rig_allows(&r, "10.0.0.1"));
	ck_assert(admission_rig_allows(&r, "10.0.0.8"));
	ck_assert(!admission_rig_allows(&r, "10.0.0.9"));
	admission_rig_free(&r);
}
END_TEST

START_TEST(what_fails_at_the_start_is_not_tried_again)
{
	struct admission_rig r;
	int fd;

	admission_rig_init(&r);
	fd = admission_rig_fifo();
	admission_rig_start(&r, "-v --denyfile fifo");
	admission_reload(r.admission);
	put(fd, "1");
	close(fd);
	admission_rig_run(&r);
	admission_rig_check(&r, STATUS_USAGE, "ncx: fifo:1: \"1\": " WRONG);
	admission_rig_free(&r);
}
END_TEST

/* admission_rig_free() looks whether the child is left behind. */
START_TEST(it_may_be_freed_under_way)
{
	struct admission_rig r;

	admission_rig_init(&r);
	admission_rig_start(&r, "--allow 10.0.0.1," NAME_SLOW "," NAME_HERE);
	ck_assert(has_children());
	admission_rig_free(&r);
	ck_assert_uint_eq(r.answers, 0);
	admission_free(NULL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_reload_reads_it_again,
		a_reload_that_fails_changes_nothing,
		a_reload_that_fails_says_that_nothing_changed,
		a_reload_of_a_pipe_keeps_what_it_said,
		a_reload_under_way_is_followed_by_another,
		what_fails_at_the_start_is_not_tried_again,
		it_may_be_freed_under_way,
	};
	int failed = run_tests("admission_reload", tests, COUNT(tests));

	return failed != 0;
}
