/* SPDX-License-Identifier: ISC */
/* test_hostport.c - "host:port" as a user types it */
#include "hostport.h"
#include "support.h"

START_TEST(all_forms_are_split)
{
	static const struct {
		const char *text, *host, *port;
	} rows[] = {
		{ "host", "host", NULL },
		{ "host:80", "host", "80" },
		{ "host:http", "host", "http" },
		{ "127.0.0.1", "127.0.0.1", NULL },
		{ "127.0.0.1:80", "127.0.0.1", "80" },
		{ "::", "::", NULL },
		{ "::1", "::1", NULL },
		{ "1::", "1::", NULL },
		{ "2001:db8::1:80", "2001:db8::1:80", NULL },
		{ "fe80::1%eth0", "fe80::1%eth0", NULL },
		{ "[::1]", "::1", NULL },
		{ "[::1]:80", "::1", "80" },
		{ "[fe80::1%eth0]:80", "fe80::1%eth0", "80" },
		{ "[host]:80", "host", "80" },
		{ "[::1]:80:81", "::1", "80:81" },
		{ "[::1]::", "::1", ":" },
		{ "host]:80", "host]", "80" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[64];
		const char *host = "", *port = "";

		strlcpy(text, rows[i].text, sizeof(text));
		ck_assert_msg(hostport_split(text, &host, &port) == NULL,
		    "\"%s\" is refused", rows[i].text);
		ck_assert_str_eq(host, rows[i].host);
		if (rows[i].port == NULL)
			ck_assert_msg(
			    port == NULL, "\"%s\": %s", rows[i].text, port);
		else
			ck_assert_str_eq(port, rows[i].port);
	}
}
END_TEST

START_TEST(what_is_wrong_is_named_and_the_text_stays)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "missing host" },
		{ ":", "missing host" },
		{ ":80", "missing host" },
		{ "[]", "missing host" },
		{ "[]:80", "missing host" },
		{ "host:", "missing port" },
		{ "[::1]:", "missing port" },
		{ "[", "missing closing bracket" },
		{ "[::1", "missing closing bracket" },
		{ "[::1:80", "missing closing bracket" },
		{ "[::1]80", "garbage port delimiter" },
		{ "[::1] :80", "garbage port delimiter" },
		{ "[::1]]:80", "garbage port delimiter" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[64];
		const char *host, *port, *why;

		strlcpy(text, rows[i].text, sizeof(text));
		why = hostport_split(text, &host, &port);
		ck_assert_msg(why != NULL, "\"%s\" is accepted", rows[i].text);
		ck_assert_str_eq(why, rows[i].why);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		all_forms_are_split,
		what_is_wrong_is_named_and_the_text_stays,
	};
	int failed = run_tests("hostport", tests, COUNT(tests));

	return failed != 0;
}
