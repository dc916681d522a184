/* SPDX-License-Identifier: ISC */
/* test_admission.c - who may come in, as the options and their files say */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "admission_rig.h"
#include "names.h"

/* Of these options and the file "list". */
static void
check(const char *options, const void *list, size_t len, enum status status,
    const char *text)
{
	int before = free_descriptor();
	struct admission_rig r;

	admission_rig_init(&r);
	write_bytes("list", list, len);
	admission_rig_start(&r, options);
	admission_rig_run(&r);
	admission_rig_check(&r, status, text);
	admission_rig_free(&r);
	ck_assert_int_eq(free_descriptor(), before);
}

static void
check_allowed(
    const char *options, const char *list, const char *in, const char *out)
{
	struct admission_rig r;

	admission_rig_init(&r);
	write_text("list", list);
	admission_rig_start(&r, options);
	admission_rig_run(&r);
	admission_rig_check(&r, STATUS_OK, "");
	ck_assert_msg(admission_rig_allows(&r, in), "%s \"%s\" keeps %s out",
	    options, list, in);
	ck_assert_msg(!admission_rig_allows(&r, out), "%s \"%s\" lets %s in",
	    options, list, out);
	admission_rig_free(&r);
}

START_TEST(without_lists_everybody_may_come_in_at_once)
{
	struct admission_rig r;

	admission_rig_init(&r);
	admission_rig_start(&r, "");
	ck_assert_uint_eq(r.answers, 1);
	admission_rig_run(&r);
	admission_rig_check(&r, STATUS_OK, "");
	ck_assert(admission_rig_allows(&r, "10.0.0.1"));
	ck_assert(admission_rig_allows(&r, "::1"));
	admission_rig_free(&r);
}
END_TEST

START_TEST(words_of_the_command_line_count)
{
	check_allowed("--allow 10.0.0.1", "", "10.0.0.1", "10.0.0.2");
	check_allowed("--allow 10.0.0.1,10.0.0.2", "", "10.0.0.2", "::1");
	check_allowed("--allow 10.0.0.1 --allow ::1/64", "", "::2", "10.0.0.2");
	check_allowed("--allow 10.0.0.1 --allow ::1/64", "", "10.0.0.1", "1::");
	check_allowed("--deny 10.0.0.0/8", "", "11.0.0.1", "10.9.9.9");
	check_allowed(
	    "--deny 1.1.1.1 --deny 2.2.2.2", "", "3.3.3.3", "1.1.1.1");
	check_allowed(
	    "--deny 1.1.1.1 --deny 2.2.2.2", "", "3.3.3.3", "2.2.2.2");
	check_allowed(
	    "--allow 10.0.0.0/8 --deny 10.0.0.1", "", "10.0.0.2", "10.0.0.1");
	check_allowed("-u --deny ::1", "", "127.0.0.1", "::1");
}
END_TEST

START_TEST(words_of_files_count)
{
	static const char *const lists[] = {
		"10.0.0.1\n",
		"10.0.0.1",
		"\n\n \t10.0.0.1 \n\n",
		"10.0.0.1\r\n",
		"1.1.1.1\r\n10.0.0.1\r\n",
		"1.1.1.1 2.2.2.2\t10.0.0.1 3.3.3.3\n",
		"# 10.0.0.2\n10.0.0.1 # 10.0.0.2\n",
		"10.0.0.1# 10.0.0.2",
		"#\n10.0.0.1\n#",
		"# bad words, 1.2.3.4/99 \300\n10.0.0.1\n",
		"2001:db8::/32\n10.0.0.0/31\n",
	};

	for (size_t i = 0; i < COUNT(lists); i++) {
		check_allowed(
		    "--allowfile list", lists[i], "10.0.0.1", "10.0.0.2");
		check_allowed(
		    "--denyfile list", lists[i], "10.0.0.2", "10.0.0.1");
	}
}
END_TEST

START_TEST(all_lists_together_count)
{
	struct admission_rig r;

	admission_rig_init(&r);
	write_text("one", "10.0.0.0/24");
	write_text("two", "10.0.1.0/24");
	write_text("bad", "10.0.0.66 10.0.1.66");
	admission_rig_start(&r,
	    "--allowfile one --allowfile two --allow 10.0.2.0/24 "
	    "--deny 10.0.2.66 --denyfile bad --denyfile /dev/null");
	admission_rig_run(&r);
	admission_rig_check(&r, STATUS_OK, "");
	ck_assert(admission_rig_allows(&r, "10.0.0.1"));
	ck_assert(admission_rig_allows(&r, "10.0.1.1"));
	ck_assert(admission_rig_allows(&r, "10.0.2.1"));
	ck_assert(!admission_rig_allows(&r, "10.0.3.1"));
	ck_assert(!admission_rig_allows(&r, "10.0.0.66"));
	ck_assert(!admission_rig_allows(&r, "10.0.1.66"));
	ck_assert(!admission_rig_allows(&r, "10.0.2.66"));
	admission_rig_free(&r);
}
END_TEST

START_TEST(an_empty_list_lets_nobody_in_or_everybody)
{
	static const char *const lists[] = { "", "\n", " \r\n", "# nobody" };

	for (size_t i = 0; i < COUNT(lists); i++) {
		struct admission_rig r;

		admission_rig_init(&r);
		write_text("list", lists[i]);
		admission_rig_start(
		    &r, i % 2 == 0 ? "--allowfile list" : "--denyfile list");
		admission_rig_run(&r);
		admission_rig_check(&r, STATUS_OK, "");
		ck_assert_int_eq(
		    admission_rig_allows(&r, "10.0.0.1"), i % 2 != 0);
		ck_assert(admission_allows(r.admission, NULL));
		admission_rig_free(&r);
	}
}
END_TEST

START_TEST(a_wrong_word_of_the_command_line_is_named)
{
	static const struct {
		const char *options, *text;
	} rows[] = {
		{ "--allow 10.0.0.0/33", "--allow \"10.0.0.0/33\": " WRONG },
		{ "--allow 1.1.1.1,10.0.0/8", "--allow \"10.0.0/8\": " WRONG },
		{ "--deny 1.1.1.1 --deny ::1/129",
		    "--deny \"::1/129\": " WRONG },
		{ "--deny 1.1.1.1,,2.2.2.2", "--deny \"\": " WRONG },
		{ "--deny 1.1.1.1,", "--deny \"\": " WRONG },
		{ "--allow=", "--allow \"\": " WRONG },
		{ "--allow 1.2.3.4.5 --allowfile none",
		    "--allow \"1.2.3.4.5\": " WRONG },
		{ "--deny 1:2 --allow 1", "--allow \"1\": " WRONG },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[256];

		snprintf(text, sizeof(text), "ncx: %s", rows[i].text);
		check(rows[i].options, "", 0, STATUS_USAGE, text);
	}
}
END_TEST

START_TEST(a_wrong_word_of_a_file_is_named_with_its_line)
{
	static const struct {
		const char *list, *text;
	} rows[] = {
		{ "10.0.0.0/33", "list:1: \"10.0.0.0/33\": " WRONG },
		{ "1.1.1.1\n# 5\n\n2.2.2.2 /8\n", "list:4: \"/8\": " WRONG },
		{ "1.1.1.1\r\n1.1\r\n", "list:2: \"1.1\": " WRONG },
		{ "1.1.1.1,2.2.2.2", "list:1: \"1.1.1.1,2.2.2.2\": " WRONG },
		{ "\n10.0.0-255.1,3-7",
		    "list:2: \"10.0.0-255.1,3-7\": " WRONG },
		{ "bad\033name", "list:1: \"bad^[name\": " WRONG },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[256];

		snprintf(text, sizeof(text), "ncx: %s", rows[i].text);
		check("--allowfile list", rows[i].list, strlen(rows[i].list),
		    STATUS_USAGE, text);
		check("--denyfile list", rows[i].list, strlen(rows[i].list),
		    STATUS_USAGE, text);
	}
}
END_TEST

START_TEST(a_file_of_something_else_is_refused)
{
	check("--denyfile list", "\n1.1.1.1\0\n", 10, STATUS_USAGE,
	    "ncx: list:2: a NUL byte: expected text\n");
	check("--denyfile list", "\0", 1, STATUS_USAGE,
	    "ncx: list:1: a NUL byte: expected text\n");
	check("--denyfile /dev/zero", "", 0, STATUS_LOCAL,
	    "ncx: read /dev/zero failed: File too large\n");
}
END_TEST

#define MEGABYTE (1024 * 1024)

START_TEST(a_line_may_be_very_long)
{
	char *line = calloc(1, MEGABYTE + 1), want[256];

	for (size_t i = 0; i < MEGABYTE; i += 8)
		memcpy(line + i, "1.1.1.1 ", 8);
	memcpy(line + MEGABYTE - 16, "       10.0.0.1 ", 16);
	check_allowed("--allowfile list", line, "10.0.0.1", "10.0.0.2");
	memset(line, '7', MEGABYTE);
	snprintf(want, sizeof(want), "ncx: list:1: \"%.64s\": " WRONG, line);
	check("--allowfile list", line, MEGABYTE, STATUS_USAGE, want);
	memset(line, 'a', MEGABYTE);
	snprintf(want, sizeof(want), "ncx: list:1: \"%.64s\": " WRONG, line);
	check("--allowfile list", line, MEGABYTE, STATUS_USAGE, want);
	free(line);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_named)
{
	check("--allowfile none", "", 0, STATUS_LOCAL,
	    "ncx: read none failed: No such file or directory\n");
	check("--allowfile list --denyfile .", "", 0, STATUS_LOCAL,
	    "ncx: read . failed: Is a directory\n");
	check("--denyfile none --denyfile bad", "", 0, STATUS_LOCAL,
	    "ncx: read none failed: No such file or directory\n");
}
END_TEST

/* The resolver gives at most 64. */
START_TEST(all_addresses_of_a_name_count)
{
	check_allowed("--allow " NAME_BOTH, "", "127.0.0.1", "127.0.0.2");
	check_allowed("--allow " NAME_BOTH, "", "::1", "::2");
	check_allowed("-4 --deny " NAME_BOTH, "", "::2", "::1");
	check_allowed("-6 --deny " NAME_BOTH, "", "::2", "127.0.0.1");
	check_allowed("--denyfile list", NAME_MANY, "127.0.0.65", "127.0.0.64");
	check_allowed("--allow " NAME_MANY " --denyfile list", NAME_BOTH,
	    "127.0.0.2", "127.0.0.1");
	check_allowed(
	    "--allow " NAME_HERE "," NAME_MANY, "", "127.0.0.64", "127.0.0.65");
}
END_TEST

START_TEST(a_name_that_cannot_be_looked_up_is_named)
{
	check("--allow " NAME_DEAD, "", 0, STATUS_LOOKUP,
	    "ncx: lookup of \"" NAME_DEAD
	    "\" failed: Non-recoverable failure in name resolution\n");
	check("--deny " NAME_HERE " --denyfile list", NAME_DEAD, 9,
	    STATUS_LOOKUP,
	    "ncx: lookup of \"" NAME_DEAD
	    "\" failed: Non-recoverable failure in name resolution\n");
	check("-n --allow 1.1.1.1," NAME_HERE, "", 0, STATUS_LOOKUP,
	    "ncx: lookup of \"" NAME_HERE
	    "\" failed: Name or service not known\n");
	check("-n --denyfile list", NAME_HERE, 9, STATUS_LOOKUP,
	    "ncx: lookup of \"" NAME_HERE
	    "\" failed: Name or service not known\n");
}
END_TEST

START_TEST(the_limit_counts_for_names)
{
	check("-w 30ms --allow " NAME_SLOW, "", 0, STATUS_TIMEOUT,
	    "ncx: lookup of \"" NAME_SLOW "\" failed: Connection timed out\n");
	check("--connect-timeout 30ms --denyfile list", NAME_SLOW, 9,
	    STATUS_TIMEOUT,
	    "ncx: lookup of \"" NAME_SLOW "\" failed: Connection timed out\n");
}
END_TEST

START_TEST(the_limit_counts_for_files)
{
	struct admission_rig r;
	int fd;

	admission_rig_init(&r);
	fd = admission_rig_fifo();
	admission_rig_start(&r, "-w 30ms --allowfile fifo");
	admission_rig_run(&r);
	admission_rig_check(&r, STATUS_TIMEOUT,
	    "ncx: read fifo failed: Connection timed out\n");
	close(fd);
	admission_rig_free(&r);
}
END_TEST

START_TEST(until_it_is_ready_nobody_may_come_in)
{
	struct admission_rig r;
	int fd;

	admission_rig_init(&r);
	fd = admission_rig_fifo();
	admission_rig_start(&r, "--denyfile fifo");
	ck_assert_uint_eq(r.answers, 0);
	ck_assert(!admission_rig_allows(&r, "10.0.0.1"));
	ck_assert(!admission_rig_allows(&r, "::1"));
	put(fd, "10.0.0.2");
	close(fd);
	admission_rig_run(&r);
	admission_rig_check(&r, STATUS_OK, "");
	ck_assert(admission_rig_allows(&r, "10.0.0.1"));
	ck_assert(!admission_rig_allows(&r, "10.0.0.2"));
	admission_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_lists_everybody_may_come_in_at_once,
		words_of_the_command_line_count,
		words_of_files_count,
		all_lists_together_count,
		an_empty_list_lets_nobody_in_or_everybody,
		a_wrong_word_of_the_command_line_is_named,
		a_wrong_word_of_a_file_is_named_with_its_line,
		a_file_of_something_else_is_refused,
		a_line_may_be_very_long,
		a_file_that_cannot_be_read_is_named,
		all_addresses_of_a_name_count,
		a_name_that_cannot_be_looked_up_is_named,
		the_limit_counts_for_names,
		the_limit_counts_for_files,
		until_it_is_ready_nobody_may_come_in,
	};
	int failed = run_tests("admission", tests, COUNT(tests));

	return failed != 0;
}
