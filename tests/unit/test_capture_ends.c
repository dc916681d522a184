/* SPDX-License-Identifier: ISC */
/* test_capture_ends.c - addresses as packets have them */
#include <string.h>
#include <sys/socket.h>

#include "capture_ends.h"
#include "support.h"

static const struct address unknown;

/* Without a host: an address of a Unix socket. */
static struct address
address_at(const char *host, int port)
{
	struct endpoint ep = { .host = host == NULL ? "/tmp/x" : host,
		.port = host == NULL ? 0 : port,
		.family = host == NULL ? AF_UNIX : AF_UNSPEC,
		.socktype = SOCK_STREAM,
		.numeric = true };
	struct address *list = NULL, found;

	ck_assert_int_eq(endpoint_resolve(&ep, &list), 0);
	found = *list;
	address_free(list);
	found.next = NULL;
	return found;
}

static void
expect_party(const struct packet_end *end, const void *address, size_t len,
    unsigned port)
{
	ck_assert_mem_eq(end->address, address, len);
	ck_assert_uint_eq(end->port, port);
}

static struct conversation
set(bool accepted, const struct address *ours, const struct address *theirs,
    unsigned number, int service_port)
{
	struct conversation c = { .accepted = accepted };
	struct capture_ends ends = { ours, theirs, number, service_port };

	capture_ends_set(&c, &ends);
	return c;
}

START_TEST(ip_addresses_are_taken_over)
{
	static const uint8_t loopback6[16] = { [15] = 1 };
	struct address ours = address_at("192.0.2.1", 4000);
	struct address theirs = address_at("198.51.100.7", 80);
	struct conversation c = set(false, &ours, &theirs, 1, 0);

	ck_assert(!c.ipv6);
	expect_party(&c.end[CONVERSATION_OURS], "\xc0\0\2\1", 4, 4000);
	expect_party(&c.end[CONVERSATION_THEIRS], "\xc6\x33\x64\7", 4, 80);
	ours = address_at("::1", 1);
	theirs = address_at("2001:db8::2", 2);
	c = set(false, &ours, &theirs, 1, 0);
	ck_assert(c.ipv6);
	expect_party(&c.end[CONVERSATION_OURS], loopback6, 16, 1);
	expect_party(&c.end[CONVERSATION_THEIRS], "\x20\1\xd\xb8", 4, 2);
}
END_TEST

START_TEST(ipv4_in_ipv6_is_ipv4)
{
	struct address any = address_at("::", 5000);
	struct address mapped = address_at("::ffff:192.0.2.1", 4000);
	struct conversation c = set(true, &mapped, &mapped, 1, 0);

	ck_assert(!c.ipv6);
	expect_party(&c.end[CONVERSATION_OURS], "\xc0\0\2\1", 4, 4000);
	c = set(true, &any, &mapped, 1, 0);
	ck_assert(!c.ipv6);
	expect_party(&c.end[CONVERSATION_OURS], "\0\0\0", 4, 5000);
	expect_party(&c.end[CONVERSATION_THEIRS], "\xc0\0\2\1", 4, 4000);
}
END_TEST

START_TEST(who_is_not_known_has_no_address)
{
	struct address v6 = address_at("2001:db8::2", 2);
	struct conversation c = set(true, &v6, &unknown, 1, 0);

	ck_assert(c.ipv6);
	expect_party(&c.end[CONVERSATION_THEIRS], "\0\0\0", 4, 0);
	c = set(true, &unknown, &unknown, 1, 0);
	ck_assert(!c.ipv6);
}
END_TEST

START_TEST(unix_sockets_get_addresses)
{
	struct address path = address_at(NULL, 0);
	struct conversation c = set(false, &unknown, &path, 1, 0);

	ck_assert(!c.ipv6);
	expect_party(&c.end[CONVERSATION_OURS], "\x7f\0\0\1", 4, 1);
	expect_party(&c.end[CONVERSATION_THEIRS], "\x7f\0\0\2", 4, 2);
	c = set(true, &path, &unknown, 3, 0);
	expect_party(&c.end[CONVERSATION_OURS], "\x7f\0\0\2", 4, 2);
	expect_party(&c.end[CONVERSATION_THEIRS], "\x7f\0\0\1", 4, 3);
	c = set(true, &path, &unknown, 65536, 0);
	expect_party(&c.end[CONVERSATION_THEIRS], "\x7f\0\0\1", 4, 1);
}
END_TEST

START_TEST(the_port_of_the_service_can_be_another)
{
	struct address ours = address_at("192.0.2.1", 4000);
	struct address theirs = address_at("198.51.100.7", 8443);
	struct address path = address_at(NULL, 0);
	struct conversation c = set(false, &ours, &theirs, 1, 80);

	ck_assert_uint_eq(c.end[CONVERSATION_OURS].port, 4000);
	ck_assert_uint_eq(c.end[CONVERSATION_THEIRS].port, 80);
	c = set(true, &ours, &theirs, 1, 80);
	ck_assert_uint_eq(c.end[CONVERSATION_OURS].port, 80);
	ck_assert_uint_eq(c.end[CONVERSATION_THEIRS].port, 8443);
	c = set(true, &path, &unknown, 1, 80);
	ck_assert_uint_eq(c.end[CONVERSATION_OURS].port, 80);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		ip_addresses_are_taken_over,
		ipv4_in_ipv6_is_ipv4,
		who_is_not_known_has_no_address,
		unix_sockets_get_addresses,
		the_port_of_the_service_can_be_another,
	};
	int failed = run_tests("capture_ends", tests, COUNT(tests));

	return failed != 0;
}
