/* SPDX-License-Identifier: ISC */
/* test_endpoint.c - where to connect or listen, and the addresses behind it */
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "endpoint.h"
#include "support.h"

#define PATH_MOST (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

static struct address *
resolved(const char *host, int port, int family)
{
	struct endpoint ep = { .host = host,
		.port = port,
		.family = family,
		.socktype = SOCK_STREAM,
		.numeric = true };
	struct address *list = NULL;
	int error = endpoint_resolve(&ep, &list);

	ck_assert_msg(error == 0, "%s: %s", host, endpoint_strerror(error));
	return list;
}

static int
resolve_error(const char *host, int family)
{
	struct endpoint ep = { .host = host,
		.port = 80,
		.family = family,
		.socktype = SOCK_STREAM,
		.numeric = true };
	struct address *list = NULL;
	int error = endpoint_resolve(&ep, &list);

	ck_assert_ptr_null(list);
	return error;
}

/* One address, which says what it was made from. */
static void
check_numeric(const char *host, int family, const char *want)
{
	struct address *a = resolved(host, 8080, AF_UNSPEC);
	struct address_text text;

	ck_assert_int_eq(a->addr.ss_family, family);
	ck_assert_int_eq(a->socktype, SOCK_STREAM);
	ck_assert_int_eq(address_port(a), 8080);
	ck_assert_ptr_null(a->next);
	address_format(a, true, &text);
	ck_assert_str_eq(text.host, want);
	ck_assert_str_eq(text.port, "8080");
	address_free(a);
}

START_TEST(numbers_are_addresses)
{
	check_numeric("127.0.0.1", AF_INET, "127.0.0.1");
	check_numeric("::1", AF_INET6, "::1");
	check_numeric("2001:DB8:0:0::5", AF_INET6, "2001:db8::5");
	check_numeric("::ffff:1.2.3.4", AF_INET6, "::ffff:1.2.3.4");
}
END_TEST

START_TEST(a_scope_is_kept)
{
	struct address *a = resolved("fe80::1%lo", 1, AF_INET6);

	ck_assert_uint_ne(((struct sockaddr_in6 *)&a->addr)->sin6_scope_id, 0);
	address_free(a);
	check_numeric("fe80::1%lo", AF_INET6, "fe80::1%lo");
	check_numeric("fe80::1%1", AF_INET6, "fe80::1%lo");
}
END_TEST

START_TEST(numeric_takes_no_names)
{
	ck_assert_int_eq(resolve_error("localhost", AF_UNSPEC), EAI_NONAME);
	ck_assert_int_eq(resolve_error("", AF_UNSPEC), EAI_NONAME);
	ck_assert_int_eq(resolve_error("1.2.3.4.5", AF_UNSPEC), EAI_NONAME);
	ck_assert_int_eq(resolve_error("[::1]", AF_UNSPEC), EAI_NONAME);
	ck_assert_int_ne(resolve_error("::1", AF_INET), 0);
	ck_assert_int_ne(resolve_error("127.0.0.1", AF_INET6), 0);
}
END_TEST

START_TEST(an_error_has_words)
{
	errno = ENAMETOOLONG;
	ck_assert_str_eq(endpoint_strerror(EAI_SYSTEM), "File name too long");
	ck_assert_str_eq(
	    endpoint_strerror(EAI_NONAME), "Name or service not known");
}
END_TEST

START_TEST(no_host_to_listen_on_is_any_of_both_families)
{
	struct endpoint ep = { .port = 80,
		.family = AF_UNSPEC,
		.socktype = SOCK_DGRAM,
		.passive = true };
	struct address *list = NULL;
	unsigned v4 = 0, v6 = 0;
	struct address_text text;

	ck_assert_int_eq(endpoint_resolve(&ep, &list), 0);
	for (struct address *a = list; a != NULL; a = a->next) {
		address_format(a, true, &text);
		v4 += strcmp(text.host, "0.0.0.0") == 0;
		v6 += strcmp(text.host, "::") == 0;
	}
	ck_assert_uint_eq(v4, 1);
	ck_assert_uint_eq(v6, 1);
	address_free(list);
}
END_TEST

START_TEST(resolving_appends)
{
	struct endpoint ep = { .host = "127.0.0.1",
		.port = 80,
		.socktype = SOCK_STREAM,
		.numeric = true };
	struct address *list = NULL;

	ck_assert_int_eq(endpoint_resolve(&ep, &list), 0);
	ep.host = "nowhere";
	ck_assert_int_ne(endpoint_resolve(&ep, &list), 0);
	ck_assert_ptr_null(list->next);
	ep.host = "::1";
	ck_assert_int_eq(endpoint_resolve(&ep, &list), 0);
	ck_assert_int_eq(list->addr.ss_family, AF_INET);
	ck_assert_int_eq(list->next->addr.ss_family, AF_INET6);
	ck_assert_ptr_null(list->next->next);
	address_free(list);
	address_free(NULL);
}
END_TEST

START_TEST(a_list_is_copied_for_another_port)
{
	struct address *from = resolved("127.0.0.1", 80, AF_UNSPEC);
	struct address *unix_one = resolved("/x", 0, AF_UNIX), *list = NULL;

	from->next = resolved("::1", 80, AF_UNSPEC);
	address_append_list(&list, from, 81);
	address_append_list(&list, unix_one, 81);
	address_free(from);
	address_free(unix_one);
	ck_assert_int_eq(address_port(list), 81);
	ck_assert_int_eq(list->addr.ss_family, AF_INET);
	ck_assert_int_eq(address_port(list->next), 81);
	ck_assert_int_eq(list->next->addr.ss_family, AF_INET6);
	ck_assert_int_eq(address_port(list->next->next), 0);
	ck_assert_ptr_null(list->next->next->next);
	address_set_port(list->next, 65535);
	ck_assert_int_eq(address_port(list->next), 65535);
	address_free(list);
}
END_TEST

static void
check_unix(const char *path, size_t len)
{
	struct address *a = resolved(path, 0, AF_UNIX);
	struct address_text text;

	ck_assert_int_eq(a->addr.ss_family, AF_UNIX);
	ck_assert_uint_eq(a->len, offsetof(struct sockaddr_un, sun_path) + len);
	ck_assert_int_eq(address_port(a), 0);
	address_format(a, false, &text);
	ck_assert_str_eq(text.host, path);
	ck_assert_str_eq(text.port, "");
	address_free(a);
}

START_TEST(a_path_may_fill_the_address)
{
	char path[PATH_MOST + 2];

	check_unix("/run/x.sock", 12);
	memset(path, 'x', sizeof(path));
	path[PATH_MOST] = '\0';
	check_unix(path, PATH_MOST + 1);
	path[PATH_MOST] = 'x';
	path[PATH_MOST + 1] = '\0';
	ck_assert_int_eq(resolve_error(path, AF_UNIX), EAI_SYSTEM);
	ck_assert_int_eq(errno, ENAMETOOLONG);
	ck_assert_int_eq(resolve_error("", AF_UNIX), EAI_SYSTEM);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(an_abstract_name_has_no_terminator)
{
	char name[PATH_MOST + 1] = "@";

	check_unix("@", 1);
	check_unix("@ncx", 4);
	memset(name + 1, 'x', PATH_MOST - 1);
	check_unix(name, PATH_MOST);
}
END_TEST

/* The system takes paths that fill the address without a terminator. */
START_TEST(a_peer_with_the_longest_path_has_a_name)
{
	struct {
		struct sockaddr_un un;
		char end; /* for valgrind, which looks for a terminator */
	} full = { .un.sun_family = AF_UNIX };
	char folder[32], path[sizeof(full.un.sun_path) + 1];
	struct address_text text;
	struct address a;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	temp_folder_make(folder);
	memset(path, 'x', sizeof(path));
	path[snprintf(path, sizeof(path), "%s/", folder)] = 'x';
	path[sizeof(path) - 1] = '\0';
	memcpy(full.un.sun_path, path, sizeof(full.un.sun_path));
	ck_assert_int_eq(
	    bind(fd, (struct sockaddr *)&full.un, sizeof(full.un)), 0);
	ck_assert_int_eq(address_of_socket(fd, &a), 0);
	address_format(&a, true, &text);
	ck_assert_str_eq(text.host, path);
	close(fd);
	temp_folder_remove(folder);
}
END_TEST

START_TEST(an_unnamed_socket_has_none)
{
	struct address_text text;
	struct address a;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ck_assert_int_eq(address_of_socket(fds[0], &a), 0);
	address_format(&a, true, &text);
	ck_assert_str_eq(text.host, "");
	ck_assert_str_eq(text.port, "");
	close_pair(fds);
}
END_TEST

START_TEST(a_socket_has_the_address_it_is_bound_to)
{
	struct address *a = resolved("127.0.0.1", 0, AF_INET), bound;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct address_text text;

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a->addr, a->len), 0);
	ck_assert_int_eq(address_of_socket(fd, &bound), 0);
	ck_assert_int_ne(address_port(&bound), 0);
	address_format(&bound, true, &text);
	ck_assert_str_eq(text.host, "127.0.0.1");
	ck_assert_int_eq(atoi(text.port), address_port(&bound));
	address_free(a);
	close(fd);
	ck_assert_int_eq(address_of_socket(-1, &bound), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(the_system_knows_whom_it_would_be_for_another)
{
	struct address *v4 = resolved("127.0.0.9", 80, AF_INET), own;
	struct address nobody = { .addr.ss_family = AF_UNIX, .len = 2 };
	struct address_text text;

	ck_assert_int_eq(address_towards(v4, &own), 0);
	address_format(&own, true, &text);
	ck_assert_str_eq(text.host, "127.0.0.1");
	ck_assert_int_eq(address_port(&own), 0);
	ck_assert_int_eq(address_towards(&nobody, &own), -1);
	address_free(v4);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		numbers_are_addresses,
		a_scope_is_kept,
		numeric_takes_no_names,
		an_error_has_words,
		no_host_to_listen_on_is_any_of_both_families,
		resolving_appends,
		a_list_is_copied_for_another_port,
		a_path_may_fill_the_address,
		an_abstract_name_has_no_terminator,
		a_peer_with_the_longest_path_has_a_name,
		an_unnamed_socket_has_none,
		a_socket_has_the_address_it_is_bound_to,
		the_system_knows_whom_it_would_be_for_another,
	};
	int failed = run_tests("endpoint", tests, COUNT(tests));

	return failed != 0;
}
