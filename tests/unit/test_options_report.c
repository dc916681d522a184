/* SPDX-License-Identifier: ISC */
/* test_options_report.c - what --report may say */
#include <stdio.h>

#include "command_line.h"
#include "log.h"

#define EXPECTED "expected text or json, with :file behind it for a file\n"

static void
check_report(const char *word, int form, const char *file)
{
	char line[64];
	struct options o;

	snprintf(line, sizeof(line), "%s h 1", word);
	o = line_parsed(line);
	ck_assert_ptr_nonnull(o.report);
	ck_assert_int_eq(o.report_form, form);
	ck_assert_pstr_eq(o.report_file, file);
	options_free(&o);
}

START_TEST(without_it_there_is_none)
{
	struct options o = line_parsed("h 1");

	ck_assert_ptr_null(o.report);
	ck_assert_ptr_null(o.report_file);
	options_free(&o);
}
END_TEST

START_TEST(a_form)
{
	check_report("--report", REPORT_TEXT, NULL);
	check_report("--report=text", REPORT_TEXT, NULL);
	check_report("--report=json", REPORT_JSON, NULL);
	check_report("--report=JSON", REPORT_JSON, NULL);
}
END_TEST

START_TEST(and_a_file)
{
	check_report("--report=json:r", REPORT_JSON, "r");
	check_report("--report=text:-", REPORT_TEXT, "-");
	check_report("--report=:/tmp/x:y", REPORT_TEXT, "/tmp/x:y");
	check_report("--report=json::", REPORT_JSON, ":");
}
END_TEST

START_TEST(nothing_else)
{
	static const char *const wrong[] = { "xml", "js", "jsonx", ":",
		"text:", "json:", "xml:r", "averylongword", "text|json",
		"text=json" };
	char line[64], words[128];

	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(line, sizeof(line), "--report=%s h 1", wrong[i]);
		snprintf(words, sizeof(words),
		    "ncx: --report \"%s\": " EXPECTED, wrong[i]);
		check_words(line, words);
	}
}
END_TEST

START_TEST(the_form_of_messages)
{
	struct options o = line_parsed("--log json h 1");

	ck_assert_int_eq(o.log_form, LOG_FORM_JSON);
	ck_assert(log_is_json());
	options_free(&o);
	o = line_parsed("h 1");
	ck_assert_int_eq(o.log_form, LOG_FORM_TEXT);
	ck_assert(!log_is_json());
	options_free(&o);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_it_there_is_none,
		a_form,
		and_a_file,
		nothing_else,
		the_form_of_messages,
	};
	int failed = run_tests("options_report", tests, COUNT(tests));

	return failed != 0;
}
