/* SPDX-License-Identifier: ISC */
/* test_resolver.c - lookups of names, by a child process */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "names.h"
#include "network.h"
#include "resolver.h"

/* Sleeps until there is news. */
static void
await(const struct resolver *r)
{
	struct pollfd pfd = { .fd = resolver_fd(r), .events = POLLIN };

	ck_assert_int_eq(poll(&pfd, 1, PATIENCE_MS), 1);
}

/* The answer; nothing of the lookup is left. */
static int
addresses_of(const struct endpoint *ep, struct address **found)
{
	struct resolver *r = resolver_addresses(ep);
	int code, error;

	ck_assert_ptr_nonnull(r);
	while ((code = resolver_finish_addresses(r, found)) == RESOLVER_WAIT)
		await(r);
	error = errno;
	resolver_free(r);
	ck_assert(!has_children());
	errno = error;
	return code;
}

static struct endpoint
tcp_endpoint(const char *host)
{
	return (struct endpoint){ .host = host,
		.port = 80,
		.family = AF_UNSPEC,
		.socktype = SOCK_STREAM };
}

/* The same answer as without a child. */
static void
check_same(const char *host)
{
	struct endpoint ep = tcp_endpoint(host);
	struct address *want = NULL, *got = NULL, *a, *b;

	ck_assert_int_eq(addresses_of(&ep, &got), endpoint_resolve(&ep, &want));
	for (a = want, b = got; a != NULL; a = a->next, b = b->next) {
		ck_assert_ptr_nonnull(b);
		ck_assert_int_eq(b->socktype, a->socktype);
		ck_assert_uint_eq(b->len, a->len);
		ck_assert_mem_eq(&b->addr, &a->addr, a->len);
	}
	ck_assert_ptr_null(b);
	address_free(want);
	address_free(got);
}

START_TEST(the_answer_is_the_same_as_without_a_child)
{
	check_same("127.0.0.1");
	check_same("::1");
	check_same("localhost");
	check_same(NAME_HERE);
	check_same("");
}
END_TEST

/* Without a network there may be nobody to ask. */
START_TEST(a_name_that_does_not_exist_is_none)
{
	struct endpoint ep = tcp_endpoint("nosuch.invalid");
	struct address *found = NULL;
	int code;

	code = addresses_of(&ep, &found);
	ck_assert_ptr_null(found);
	ck_assert_msg(
	    code == EAI_NONAME || code == EAI_AGAIN || code == EAI_FAIL, "%d",
	    code);
}
END_TEST

START_TEST(an_error_of_the_system_comes_with_its_number)
{
	struct endpoint ep = { .family = AF_UNIX, .socktype = SOCK_STREAM };
	struct address *found = NULL;
	char path[200];

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ep.host = path;
	errno = 0;
	ck_assert_int_eq(addresses_of(&ep, &found), EAI_SYSTEM);
	ck_assert_int_eq(errno, ENAMETOOLONG);
	ck_assert_ptr_null(found);
}
END_TEST

START_TEST(the_addresses_are_appended)
{
	struct endpoint ep = tcp_endpoint(NAME_HERE);
	struct address *found = NULL;

	address_add(&found, "127.0.0.2", 1, SOCK_STREAM);
	ck_assert_int_eq(addresses_of(&ep, &found), 0);
	ck_assert_int_eq(address_port(found), 1);
	ck_assert_int_eq(address_port(found->next), 80);
	ck_assert_ptr_null(found->next->next);
	address_free(found);
}
END_TEST

START_TEST(of_very_many_addresses_the_first_are_enough)
{
	struct endpoint ep = tcp_endpoint(NAME_MANY);
	struct address *found = NULL, *last;
	struct address_text text;
	int count = 1;

	ck_assert_int_eq(addresses_of(&ep, &found), 0);
	for (last = found; last->next != NULL; last = last->next)
		count++;
	ck_assert_int_eq(count, 64);
	address_format(last, true, &text);
	ck_assert_str_eq(text.host, "127.0.0.64");
	address_free(found);
}
END_TEST

START_TEST(a_child_that_dies_is_a_failure)
{
	struct endpoint ep = tcp_endpoint(NAME_DEAD);
	struct address *found = NULL, a = { .len = 0 };
	struct address_text text = { "before", "" };
	struct resolver *r;
	int code;

	ck_assert_int_eq(addresses_of(&ep, &found), EAI_FAIL);
	ck_assert_ptr_null(found);
	address_add(&found, NUMBER_DEAD, 1, SOCK_STREAM);
	a = *found;
	r = resolver_name(&a);
	while ((code = resolver_finish_name(r, &text)) == RESOLVER_WAIT)
		await(r);
	ck_assert_int_eq(code, EAI_FAIL);
	ck_assert_str_eq(text.host, "before");
	resolver_free(r);
	ck_assert(!has_children());
	address_free(found);
}
END_TEST

static void
check_name(const char *number, const char *want)
{
	struct address *a = NULL;
	struct address_text text, expected;
	struct resolver *r;
	int code;

	address_add(&a, number, 80, SOCK_STREAM);
	r = resolver_name(a);
	while ((code = resolver_finish_name(r, &text)) == RESOLVER_WAIT)
		await(r);
	resolver_free(r);
	ck_assert_int_eq(code, 0);
	address_format(a, false, &expected);
	ck_assert_str_eq(text.host, want == NULL ? expected.host : want);
	ck_assert_str_eq(text.port, expected.port);
	address_free(a);
}

START_TEST(an_address_has_a_name)
{
	check_name(NUMBER_NAMED, NUMBER_NAME);
	check_name("127.0.0.1", NULL);
	check_name("@abstract", NULL);
}
END_TEST

START_TEST(freeing_it_in_the_middle_ends_the_child)
{
	struct endpoint ep = tcp_endpoint(NAME_SLOW);
	struct address *found = NULL;
	int before = free_descriptor();
	struct resolver *r = resolver_addresses(&ep);

	ck_assert_int_eq(resolver_finish_addresses(r, &found), RESOLVER_WAIT);
	ck_assert(has_children());
	resolver_free(r);
	ck_assert(!has_children());
	ck_assert_int_eq(free_descriptor(), before);
	resolver_free(NULL);
}
END_TEST

/* Or somebody would wait for an end that does not come. */
START_TEST(the_child_keeps_nothing_of_ours_open)
{
	struct endpoint ep = tcp_endpoint(NAME_SLOW);
	struct resolver *r;
	int fds[2];

	pipe_pair(fds);
	r = resolver_addresses(&ep);
	close(fds[1]);
	expect_end(fds[0]);
	resolver_free(r);
	close(fds[0]);
}
END_TEST

/* We ignore SIGPIPE, and block what the loop reads from its signalfd. */
START_TEST(the_child_has_the_usual_signals)
{
	struct endpoint ep = tcp_endpoint(NAME_STATE);
	struct address *found = NULL;
	struct loop loop;

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(loop_init(&loop), 0);
	ck_assert_int_eq(addresses_of(&ep, &found), EAI_AGAIN);
	loop_free(&loop);
}
END_TEST

START_TEST(several_are_asked_at_the_same_time)
{
	struct endpoint slow = tcp_endpoint(NAME_SLOW);
	struct resolver *others[3];
	struct address *found = NULL;
	struct endpoint ep = tcp_endpoint(NAME_HERE);

	for (size_t i = 0; i < COUNT(others); i++)
		others[i] = resolver_addresses(&slow);
	struct resolver *r = resolver_addresses(&ep);

	while (resolver_finish_addresses(r, &found) == RESOLVER_WAIT)
		await(r);
	ck_assert_ptr_nonnull(found);
	resolver_free(r);
	for (size_t i = 0; i < COUNT(others); i++)
		resolver_free(others[i]);
	ck_assert(!has_children());
	address_free(found);
}
END_TEST

START_TEST(without_a_descriptor_it_cannot_be_asked)
{
	struct endpoint ep = tcp_endpoint(NAME_HERE);
	struct rlimit limit = { 1, 1 }, before;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit.rlim_cur = (rlim_t)free_descriptor();
	limit.rlim_max = before.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_ptr_null(resolver_addresses(&ep));
	ck_assert_int_eq(errno, EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	ck_assert(!has_children());
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_answer_is_the_same_as_without_a_child,
		a_name_that_does_not_exist_is_none,
		an_error_of_the_system_comes_with_its_number,
		the_addresses_are_appended,
		of_very_many_addresses_the_first_are_enough,
		a_child_that_dies_is_a_failure,
		an_address_has_a_name,
		freeing_it_in_the_middle_ends_the_child,
		the_child_keeps_nothing_of_ours_open,
		the_child_has_the_usual_signals,
		several_are_asked_at_the_same_time,
		without_a_descriptor_it_cannot_be_asked,
	};
	int failed;

	/* should there be a server that does not answer */
	setenv("RES_OPTIONS", "timeout:1 attempts:1", 1);
	failed = run_tests("resolver", tests, COUNT(tests));

	return failed != 0;
}
