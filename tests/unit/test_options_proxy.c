/* SPDX-License-Identifier: ISC */
/* test_options_proxy.c - the options of proxies */
#include <stdio.h>

#include "command_line.h"

static void
check_proxy(const char *text, const char *host, int port)
{
	char line[128];
	struct options o;

	snprintf(line, sizeof(line), "-x %s h 1", text);
	o = line_parsed(line);
	ck_assert_str_eq(o.proxy_host, host);
	ck_assert_int_eq(o.proxy_port, port);
	options_free(&o);
}

START_TEST(without_a_proxy_there_is_none)
{
	struct options o = line_parsed("h 1");

	ck_assert_ptr_null(o.proxy);
	ck_assert_ptr_null(o.proxy_host);
	ck_assert_ptr_null(o.proxy_user);
	ck_assert_ptr_null(o.proxy_pass);
	ck_assert_int_eq(o.proxy_type, PROXY_SOCKS5);
	ck_assert_int_eq(o.proxy_dns, PROXY_DNS_DEFAULT);
	options_free(&o);
}
END_TEST

START_TEST(all_forms_of_its_address_work)
{
	check_proxy("proxy", "proxy", 1080);
	check_proxy("proxy:99", "proxy", 99);
	check_proxy("proxy:ssh", "proxy", 22);
	check_proxy("127.0.0.1:1", "127.0.0.1", 1);
	check_proxy("[::1]", "::1", 1080);
	check_proxy("[::1]:8080", "::1", 8080);
	check_proxy("::1", "::1", 1080);
	check_proxy("fe80::1:2", "fe80::1:2", 1080);
	check_proxy("proxy -X connect", "proxy", 3128);
	check_proxy("proxy:65535 -X connect", "proxy", 65535);
}
END_TEST

static void
check_type(const char *word, int type, int port)
{
	char line[128];
	struct options o;

	snprintf(line, sizeof(line), "-X %s -x p h 1", word);
	o = line_parsed(line);
	ck_assert_msg(o.proxy_type == type, "-X %s is %d", word, o.proxy_type);
	ck_assert_int_eq(o.proxy_port, port);
	options_free(&o);
}

START_TEST(its_type_has_the_words_of_nc_and_ncat)
{
	check_type("4", PROXY_SOCKS4, 1080);
	check_type("socks4", PROXY_SOCKS4, 1080);
	check_type("4a", PROXY_SOCKS4A, 1080);
	check_type("4A", PROXY_SOCKS4A, 1080);
	check_type("socks4a", PROXY_SOCKS4A, 1080);
	check_type("5", PROXY_SOCKS5, 1080);
	check_type("SOCKS5", PROXY_SOCKS5, 1080);
	check_type("connect", PROXY_HTTP, 3128);
	check_type("http", PROXY_HTTP, 3128);
	check_words("-X 6 -x p h 1",
	    "ncx: -X \"6\": expected one of 4 socks4 4a socks4a 5 socks5 "
	    "connect http\n");
	check_complaint("-X  -x p h 1", "-X \"\"");
	check_complaint("-X socks -x p h 1", "-X \"socks\"");
	check_complaint("-X 4=socks4 -x p h 1", "-X \"4=socks4\"");
}
END_TEST

START_TEST(who_looks_up_may_be_said)
{
	struct options o = line_parsed("-x p --proxy-dns local h 1");

	ck_assert_int_eq(o.proxy_dns, PROXY_DNS_LOCAL);
	options_free(&o);
	o = line_parsed("-x p --proxy-dns remote h 1");
	ck_assert_int_eq(o.proxy_dns, PROXY_DNS_REMOTE);
	options_free(&o);
	check_words("-x p --proxy-dns both h 1",
	    "ncx: --proxy-dns \"both\": expected one of local remote\n");
	check_words(
	    "--proxy-dns local h 1", "ncx: must use -x with --proxy-dns\n");
}
END_TEST

static void
check_user(const char *text, const char *user, const char *pass)
{
	char line[128];
	struct options o;

	snprintf(line, sizeof(line), "-x p -P %s h 1", text);
	o = line_parsed(line);
	ck_assert_str_eq(o.proxy_user, user);
	if (pass == NULL)
		ck_assert_ptr_null(o.proxy_pass);
	else
		ck_assert_str_eq(o.proxy_pass, pass);
	options_free(&o);
}

START_TEST(the_user_may_come_with_a_password)
{
	check_user("me", "me", NULL);
	check_user("me:", "me", "");
	check_user("me:secret", "me", "secret");
	check_user("me:se:cr:et", "me", "se:cr:et");
	check_words(
	    "-x p -P  h 1", "ncx: -P: expected a user, or user:password\n");
	check_words("-x p -P :secret h 1",
	    "ncx: -P: expected a user, or user:password\n");
}
END_TEST

START_TEST(a_wrong_address_is_named)
{
	check_words("-x  h 1", "ncx: -x \"\": missing host in proxy\n");
	check_words("-x :99 h 1", "ncx: -x \":99\": missing host in proxy\n");
	check_words("-x p: h 1", "ncx: -x \"p:\": missing port in proxy\n");
	check_words(
	    "-x []:99 h 1", "ncx: -x \"[]:99\": missing host in proxy\n");
	check_words("-x [::1 h 1",
	    "ncx: -x \"[::1\": missing closing bracket in proxy\n");
	check_words("-x [::1]99 h 1",
	    "ncx: -x \"[::1]99\": garbage port delimiter in proxy\n");
	check_words("-x p:0 h 1",
	    "ncx: -x port \"0\": expected a number from 1 to 65535 or the "
	    "name of a service\n");
	check_complaint("-x p:65536 h 1", "-x port \"65536\"");
	check_complaint("-x p:80x h 1", "-x port \"80x\"");
	check_complaint("-x [::1]:-1 h 1", "-x port \"-1\"");
}
END_TEST

/* -x is another option in Ncat. */
START_TEST(a_path_was_meant_for_another_option)
{
	static const char *const paths[] = { "./dump", "/tmp/dump", "a/b:c",
		"dump/" };

	for (size_t i = 0; i < COUNT(paths); i++) {
		char line[128];

		snprintf(line, sizeof(line), "-x %s h 1", paths[i]);
		check_complaint(line, "--hex-dump");
		check_complaint(line, paths[i]);
	}
}
END_TEST

START_TEST(what_a_proxy_cannot_do_is_said_as_by_nc)
{
	check_words("-x p -u h 1", "ncx: no proxy support for UDP mode\n");
	check_words("-x p -Z h 1", "ncx: no proxy support for DCCP mode\n");
	check_words("-x p -l 1", "ncx: no proxy support for listen\n");
	check_words("-x p -U x", "ncx: no proxy support for unix sockets\n");
	check_words("-x p -s 127.0.0.1 h 1",
	    "ncx: no proxy support for local source address\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_a_proxy_there_is_none,
		all_forms_of_its_address_work,
		its_type_has_the_words_of_nc_and_ncat,
		who_looks_up_may_be_said,
		the_user_may_come_with_a_password,
		a_wrong_address_is_named,
		a_path_was_meant_for_another_option,
		what_a_proxy_cannot_do_is_said_as_by_nc,
	};
	int failed = run_tests("options_proxy", tests, COUNT(tests));

	return failed != 0;
}
