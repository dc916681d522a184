/* SPDX-License-Identifier: ISC */
/* test_ports.c - port arguments: numbers, service names, ranges and lists */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "ports.h"
#include "support.h"

static void
check_list(const char *text, const int *want, size_t count)
{
	struct ports ports = { 0 };
	char *bad = NULL;
	int result = ports_parse(&ports, text, "tcp", &bad);

	ck_assert_msg(result == 0, "\"%s\" is refused: \"%s\"", text, bad);
	ck_assert_msg(ports.count == count, "\"%s\": %zu", text, ports.count);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(ports.list[i], want[i]);
	ports_free(&ports);
	ck_assert_uint_eq(ports.count, 0);
	ck_assert_ptr_null(ports.list);
}

static void
check_bad(const char *text, const char *member)
{
	struct ports ports = { 0 };
	char *bad = NULL;

	ck_assert_msg(ports_parse(&ports, text, "tcp", &bad) == -1,
	    "\"%s\" is accepted", text);
	ck_assert_str_eq(bad, member);
	free(bad);
	ports_free(&ports);
}

START_TEST(one_port_is_a_number_in_its_range)
{
	ck_assert_int_eq(port_parse("80", "tcp", 1), 80);
	ck_assert_int_eq(port_parse("080", "tcp", 1), 80);
	ck_assert_int_eq(port_parse("65535", "tcp", 1), 65535);
	ck_assert_int_eq(port_parse("0", "tcp", 0), 0);
	ck_assert_int_eq(port_parse("0", "tcp", 1), -1);
	ck_assert_int_eq(port_parse("65536", "tcp", 0), -1);
	ck_assert_int_eq(port_parse("70000", "tcp", 0), -1);
	ck_assert_int_eq(port_parse("99999999999", "tcp", 0), -1);
}
END_TEST

START_TEST(one_port_is_nothing_else)
{
	static const char *const bad[] = { "", " ", "-1", "+80", " 80", "80 ",
		"80x", "x80", "0x50", "8.0", "80,", "no-such-service-here",
		"80-81", "\n80" };

	for (size_t i = 0; i < COUNT(bad); i++)
		ck_assert_msg(port_parse(bad[i], "tcp", 0) == -1,
		    "\"%s\" is accepted", bad[i]);
}
END_TEST

START_TEST(a_service_belongs_to_its_protocol)
{
	ck_assert_int_eq(port_parse("ssh", "tcp", 1), 22);
	ck_assert_int_eq(port_parse("domain", "udp", 1), 53);
	ck_assert_int_eq(port_parse("tftp", "udp", 1), 69);
	ck_assert_int_eq(port_parse("tftp", "tcp", 1), -1);
	ck_assert_int_eq(port_parse("ftp-data", "tcp", 1), 20);
}
END_TEST

START_TEST(a_range_may_stand_in_either_order)
{
	static const int want[] = { 8000, 8001, 8002, 8003 };

	check_list("8000-8003", want, 4);
	check_list("8003-8000", want, 4);
	check_list("8000-8000", want, 1);
}
END_TEST

START_TEST(a_range_ends_at_the_last_port)
{
	static const int want[] = { 65533, 65534, 65535 };
	struct ports ports = { 0 };
	char *bad;

	check_list("65533-65535", want, 3);
	ck_assert_int_eq(ports_parse(&ports, "1-65535", "tcp", &bad), 0);
	ck_assert_uint_eq(ports.count, 65535);
	ck_assert_int_eq(ports.list[0], 1);
	ck_assert_int_eq(ports.list[65534], 65535);
	ports_free(&ports);
}
END_TEST

START_TEST(a_list_keeps_its_order)
{
	static const int want[] = { 443, 22, 8000, 8001, 8002, 22 };

	check_list("443,22,8000-8002,22", want, 6);
	check_list("443", want, 1);
}
END_TEST

START_TEST(services_may_be_ends_and_have_dashes)
{
	static const int want[] = { 20, 21, 22, 23 };

	check_list("ftp-data", want, 1);
	check_list("ftp-data,ftp", want, 2);
	check_list("ftp-telnet", want + 1, 3);
	check_list("20-ssh", want, 3);
	check_list("23-ftp-data", want, 4);
}
END_TEST

START_TEST(several_arguments_are_appended)
{
	struct ports ports = { 0 };
	char *bad;

	ck_assert_int_eq(ports_parse(&ports, "5,6", "tcp", &bad), 0);
	ck_assert_int_eq(ports_parse(&ports, "1-2", "tcp", &bad), 0);
	ck_assert_uint_eq(ports.count, 4);
	ck_assert_int_eq(ports.list[1], 6);
	ck_assert_int_eq(ports.list[2], 1);
	ck_assert_int_eq(ports.list[3], 2);
	ports_free(&ports);
}
END_TEST

START_TEST(the_member_that_is_wrong_is_named)
{
	check_bad("", "");
	check_bad(",", "");
	check_bad("80,", "");
	check_bad(",80", "");
	check_bad("80,,81", "");
	check_bad("80,70000,81", "70000");
	check_bad("80x", "80x");
	check_bad("0", "0");
	check_bad("0-5", "0-5");
	check_bad("22,5-70000", "5-70000");
	check_bad("-", "-");
	check_bad("-1", "-1");
	check_bad("1-", "1-");
	check_bad("1-2-3", "1-2-3");
	check_bad("1--3", "1--3");
	check_bad("1 - 3", "1 - 3");
	check_bad("80, 81", " 81");
	check_bad("ssh-nowhere", "ssh-nowhere");
	check_bad("99999999999", "99999999999");
}
END_TEST

START_TEST(a_port_has_a_name_or_a_star)
{
	ck_assert_str_eq(port_service(22, "tcp"), "ssh");
	ck_assert_str_eq(port_service(53, "udp"), "domain");
	ck_assert_str_eq(port_service(69, "tcp"), "*");
	ck_assert_str_eq(port_service(60999, "tcp"), "*");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		one_port_is_a_number_in_its_range,
		one_port_is_nothing_else,
		a_service_belongs_to_its_protocol,
		a_range_may_stand_in_either_order,
		a_range_ends_at_the_last_port,
		a_list_keeps_its_order,
		services_may_be_ends_and_have_dashes,
		several_arguments_are_appended,
		the_member_that_is_wrong_is_named,
		a_port_has_a_name_or_a_star,
	};
	int failed = run_tests("ports", tests, COUNT(tests));

	return failed != 0;
}
