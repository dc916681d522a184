/* SPDX-License-Identifier: ISC */
/* test_own_names.c - what this machine is called */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "own_names.h"
#include "support.h"

#define HOST_MAX       300
#define INTERFACES_MAX 200

/* A machine of our choice: what stands here before the system's functions */
static struct machine {
	const char *host, *domain; /* NULL: it fails */
	bool no_interfaces;
	size_t count;
	struct ifaddrs interface[INTERFACES_MAX];
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} address[INTERFACES_MAX];
} machine;

static int
give(const char *from, char *to, size_t size)
{
	if (from != NULL && strlcpy(to, from, size) < size)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int
gethostname(char *name, size_t size)
{
	return give(machine.host, name, size);
}

int
getdomainname(char *name, size_t size)
{
	return give(machine.domain, name, size);
}

int
getifaddrs(struct ifaddrs **all)
{
	*all = machine.count == 0 ? NULL : machine.interface;
	errno = EACCES;
	return machine.no_interfaces ? -1 : 0;
}

void
freeifaddrs(struct ifaddrs *all)
{
	ck_assert(all == NULL || all == machine.interface);
}

static void
machine_init(const char *host, const char *domain)
{
	machine = (struct machine){ .host = host, .domain = domain };
}

static struct ifaddrs *
plug(unsigned flags)
{
	size_t n = machine.count++;
	struct ifaddrs *i = &machine.interface[n];

	ck_assert_uint_lt(n, INTERFACES_MAX);
	*i = (struct ifaddrs){ .ifa_flags = flags,
		.ifa_addr = &machine.address[n].any };
	if (n > 0)
		machine.interface[n - 1].ifa_next = i;
	return i;
}

static void
plug_in(const char *text, unsigned flags)
{
	size_t n = machine.count;

	plug(flags)->ifa_addr->sa_family = AF_INET;
	ck_assert_int_eq(
	    inet_pton(AF_INET, text, &machine.address[n].in.sin_addr), 1);
}

static void
plug_in6(const char *text, unsigned flags, uint32_t scope)
{
	size_t n = machine.count;

	plug(flags)->ifa_addr->sa_family = AF_INET6;
	machine.address[n].in6.sin6_scope_id = scope;
	ck_assert_int_eq(
	    inet_pton(AF_INET6, text, &machine.address[n].in6.sin6_addr), 1);
}

static void
check(const char *extra, const char *want)
{
	struct own_names names;
	char all[4096] = "";

	own_names_find(&names, extra);
	for (size_t i = 0; i < names.count; i++) {
		strlcat(all, i == 0 ? "" : " ", sizeof(all));
		strlcat(all, names.list[i], sizeof(all));
	}
	ck_assert_str_eq(all, want);
	own_names_free(&names);
	ck_assert_uint_eq(names.count, 0);
}

START_TEST(a_host_has_a_name)
{
	machine_init("web", "(none)");
	check(NULL, "web localhost");
	machine_init("web", "");
	check(NULL, "web localhost");
	machine_init("web", NULL);
	check(NULL, "web localhost");
	machine_init("web", "a.example");
	check(NULL, "web.a.example web localhost");
	machine_init("web.b.example", "a.example");
	check(NULL, "web.b.example web localhost");
	machine_init("localhost", "(none)");
	check(NULL, "localhost");
}
END_TEST

START_TEST(a_host_need_not_have_a_name)
{
	char long_name[HOST_MAX];

	machine_init(NULL, NULL);
	check(NULL, "localhost");
	machine_init("", "a.example");
	check(NULL, "localhost");
	machine_init("a b", "(none)");
	check(NULL, "localhost");
	machine_init("b\xc3\xbc"
		     "cher",
	    "(none)");
	check(NULL, "localhost");
	memset(long_name, 'a', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = '\0';
	machine_init(long_name, "(none)");
	check(long_name, "localhost");
}
END_TEST

START_TEST(what_the_user_said_is_a_name_too)
{
	machine_init("web", "(none)");
	check("a.example", "web a.example localhost");
	check("WEB", "web localhost");
	check("LocalHost", "web LocalHost");
	check("192.0.2.1", "web 192.0.2.1 localhost");
	check("2001:0DB8:0::1", "web 2001:db8::1 localhost");
	check("fe80::1%eth0", "web fe80::1 localhost");
	check("my_host", "web my_host localhost");
}
END_TEST

START_TEST(what_is_no_name_is_left_out)
{
	static const char *const none[] = { "", "0.0.0.0", "::", "::%eth0",
		"0::0", "*", "a b", "a,b", "a\n", ".a", "/tmp/socket", "@name",
		"a:b", "a:1", "%eth0" };

	machine_init("web", "(none)");
	for (size_t i = 0; i < COUNT(none); i++)
		check(none[i], "web localhost");
}
END_TEST

START_TEST(addresses_of_what_is_up_are_names)
{
	machine_init("web", "(none)");
	plug_in("127.0.0.1", IFF_UP | IFF_LOOPBACK);
	plug_in("192.0.2.1", IFF_UP | IFF_RUNNING);
	plug_in("192.0.2.2", IFF_RUNNING);
	plug_in("192.0.2.1", IFF_UP);
	plug_in("0.0.0.0", IFF_UP);
	plug(IFF_UP)->ifa_addr->sa_family = AF_PACKET;
	plug(IFF_UP)->ifa_addr = NULL;
	plug_in6("::1", IFF_UP, 0);
	plug_in6("2001:db8::1", IFF_UP, 0);
	plug_in6("fe80::1", IFF_UP, 2);
	plug_in6("fe80::1", IFF_UP, 3);
	check("192.0.2.1",
	    "web 192.0.2.1 localhost 127.0.0.1 ::1 2001:db8::1 fe80::1");
}
END_TEST

START_TEST(a_machine_without_interfaces_has_names)
{
	machine_init("web", "(none)");
	check(NULL, "web localhost");
	machine.no_interfaces = true;
	plug_in("127.0.0.1", IFF_UP);
	check(NULL, "web localhost");
}
END_TEST

START_TEST(there_are_not_too_many)
{
	struct own_names names;
	char text[INET6_ADDRSTRLEN];

	machine_init("web", "a.example");
	for (int i = 0; i < INTERFACES_MAX; i++) {
		snprintf(text, sizeof(text), "10.0.0.%d", i);
		plug_in(text, IFF_UP);
	}
	own_names_find(&names, "b.example");
	ck_assert_uint_eq(names.count, OWN_NAMES_MAX);
	ck_assert_str_eq(names.list[OWN_NAMES_MAX - 1], "10.0.0.63");
	own_names_free(&names);
	machine.domain = "";
	own_names_find(&names, NULL);
	ck_assert_uint_eq(names.count, 2 + OWN_ADDRESSES_MAX);
	own_names_free(&names);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_host_has_a_name,
		a_host_need_not_have_a_name,
		what_the_user_said_is_a_name_too,
		what_is_no_name_is_left_out,
		addresses_of_what_is_up_are_names,
		a_machine_without_interfaces_has_names,
		there_are_not_too_many,
	};
	int failed = run_tests("own_names", tests, COUNT(tests));

	return failed != 0;
}
