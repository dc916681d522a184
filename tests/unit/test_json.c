/* SPDX-License-Identifier: ISC */
/* test_json.c - JSON on one line */
#include <stdio.h>

#include "json.h"
#include "support.h"

/* What was written, which is dropped. */
static void
check_text(struct json *j, const char *want)
{
	ck_assert_str_eq(j->text == NULL ? "" : j->text, want);
	ck_assert_uint_eq(j->len, strlen(want));
	json_free(j);
	ck_assert_ptr_null(j->text);
}

static void
check_string(const char *text, const char *want)
{
	struct json j = { 0 };

	json_string(&j, NULL, text);
	check_text(&j, want);
}

START_TEST(objects_and_arrays_in_each_other)
{
	struct json j = { 0 };

	json_object(&j, NULL);
	json_array(&j, "list");
	json_integer(&j, NULL, 1);
	json_object(&j, NULL);
	json_close(&j);
	json_array(&j, NULL);
	json_close(&j);
	json_string(&j, NULL, "x");
	json_close(&j);
	json_bool(&j, "yes", true);
	json_bool(&j, "no", false);
	json_null(&j, "none");
	json_close(&j);
	check_text(&j,
	    "{\"list\":[1,{},[],\"x\"],\"yes\":true,\"no\":false,"
	    "\"none\":null}");
}
END_TEST

START_TEST(numbers_of_any_size)
{
	struct json j = { 0 };

	json_array(&j, NULL);
	json_integer(&j, NULL, INT64_MIN);
	json_integer(&j, NULL, INT64_MAX);
	json_integer(&j, NULL, 0);
	json_count(&j, NULL, UINT64_MAX);
	json_close(&j);
	check_text(&j,
	    "[-9223372036854775808,9223372036854775807,0,"
	    "18446744073709551615]");
}
END_TEST

START_TEST(decimals_have_all_their_digits)
{
	struct json j = { 0 };

	json_array(&j, NULL);
	json_decimal(&j, NULL, 1234567, 3);
	json_decimal(&j, NULL, 5, 3);
	json_decimal(&j, NULL, -5, 3);
	json_decimal(&j, NULL, 0, 1);
	json_decimal(&j, NULL, 7, 0);
	json_ms(&j, NULL, 1500000);
	json_ms(&j, NULL, 999);
	json_close(&j);
	check_text(&j, "[1234.567,0.005,-0.005,0.0,7,1.500,0.000]");
}
END_TEST

START_TEST(strings_are_escaped)
{
	check_string("", "\"\"");
	check_string(NULL, "null");
	check_string("a b/c 'd' <e>", "\"a b/c 'd' <e>\"");
	check_string("\"\\\n\r\t", "\"\\\"\\\\\\n\\r\\t\"");
	check_string("\x01\x1f\x7f\b", "\"\\u0001\\u001f\\u007f\\u0008\"");
}
END_TEST

START_TEST(characters_stay_and_what_is_not_seen_does_not)
{
	check_string("b\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80",
	    "\"b\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80\"");
	check_string("\xc2\x9b", "\"\\u009b\"");
	check_string("\xe2\x80\xae\xe2\x80\xa8", "\"\\u202e\\u2028\"");
	check_string("\xf3\xa0\x80\x81", "\"\\udb40\\udc01\"");
}
END_TEST

START_TEST(a_byte_of_no_character_is_replaced)
{
	check_string("a\xff\xfe", "\"a\\ufffd\\ufffd\"");
	check_string("\xe2\x82", "\"\\ufffd\\ufffd\"");
	check_string("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");
	check_string("\xc3\xbc\xc3", "\"\xc3\xbc\\ufffd\"");
}
END_TEST

START_TEST(members_are_collected_for_another)
{
	struct json members = { 0 }, none = { 0 }, j = { 0 };

	json_integer(&members, "a", 1);
	json_object(&members, "b");
	json_close(&members);
	json_object(&j, NULL);
	json_members(&j, &members);
	json_members(&j, &none);
	json_members(&j, NULL);
	json_null(&j, "c");
	json_members(&j, &members);
	json_close(&j);
	json_line(&j);
	json_free(&members);
	check_text(&j, "{\"a\":1,\"b\":{},\"c\":null,\"a\":1,\"b\":{}}\n");
}
END_TEST

START_TEST(a_time_is_that_of_rfc_3339)
{
	struct json j = { 0 };

	json_time(&j, NULL, INT64_C(1795391736123999999));
	check_text(&j, "\"2026-11-22T23:55:36.123Z\"");
	json_time(&j, NULL, 0);
	check_text(&j, "\"1970-01-01T00:00:00.000Z\"");
}
END_TEST

START_TEST(it_grows_with_what_it_has)
{
	static char text[100001];
	struct json j = { 0 };

	memset(text, 'x', sizeof(text) - 1);
	json_array(&j, NULL);
	for (int i = 0; i < 10; i++)
		json_string(&j, NULL, text);
	json_close(&j);
	ck_assert_uint_eq(j.len, 2 + 10 * (sizeof(text) - 1 + 2) + 9);
	ck_assert_uint_eq(strlen(j.text), j.len);
	json_free(&j);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		objects_and_arrays_in_each_other,
		numbers_of_any_size,
		decimals_have_all_their_digits,
		strings_are_escaped,
		characters_stay_and_what_is_not_seen_does_not,
		a_byte_of_no_character_is_replaced,
		members_are_collected_for_another,
		a_time_is_that_of_rfc_3339,
		it_grows_with_what_it_has,
	};
	int failed = run_tests("json", tests, COUNT(tests));

	return failed != 0;
}
