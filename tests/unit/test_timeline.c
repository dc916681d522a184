/* SPDX-License-Identifier: ISC */
/* test_timeline.c - what happened on the way to a session */
#include <errno.h>

#include "network.h"
#include "timeline.h"

static void
add(struct timeline *t, const char *what, int error, int64_t at_ns)
{
	struct connect_attempt attempt = { .what = what,
		.error = error,
		.start_ns = at_ns,
		.end_ns = at_ns + 1 };
	struct address *to = NULL;

	address_add(&to, "192.0.2.1", 80, SOCK_STREAM);
	attempt.to = to;
	attempt.local = *to;
	timeline_add_attempt(t, &attempt);
	address_free(to);
}

START_TEST(a_zeroed_one_is_empty)
{
	struct timeline t = { 0 };

	timeline_free(&t);
	ck_assert_uint_eq(t.attempt_count, 0);
}
END_TEST

/* It has copies: what it was told of is gone. */
START_TEST(attempts_are_kept_in_their_order)
{
	struct timeline t = { 0 };

	add(&t, "connect", ECONNREFUSED, 10);
	add(&t, "connect", 0, 30);
	add(&t, "connect", ECANCELED, 20);
	ck_assert_uint_eq(t.attempt_count, 3);
	ck_assert_int_eq(t.attempts[0].error, ECONNREFUSED);
	ck_assert_int_eq(t.attempts[1].error, 0);
	ck_assert_int_eq(t.attempts[1].start_ns, 30);
	ck_assert_int_eq(t.attempts[1].end_ns, 31);
	ck_assert_int_eq(t.attempts[2].error, ECANCELED);
	ck_assert_int_eq(address_port(&t.attempts[2].to), 80);
	ck_assert_int_eq(address_port(&t.attempts[2].local), 80);
	timeline_free(&t);
	ck_assert_ptr_null(t.attempts);
}
END_TEST

START_TEST(only_connecting_counts)
{
	struct timeline t = { 0 };

	add(&t, "bind", EADDRINUSE, 1);
	add(&t, "set --ttl", EINVAL, 1);
	ck_assert_uint_eq(t.attempt_count, 0);
	ck_assert_uint_eq(t.attempts_dropped, 0);
}
END_TEST

START_TEST(they_have_a_limit_and_the_rest_is_counted)
{
	struct timeline t = { 0 };

	for (int i = 0; i < TIMELINE_ATTEMPTS + 5; i++)
		add(&t, "connect", ECONNREFUSED, i);
	ck_assert_uint_eq(t.attempt_count, TIMELINE_ATTEMPTS);
	ck_assert_uint_eq(t.attempts_dropped, 5);
	ck_assert_int_eq(
	    t.attempts[TIMELINE_ATTEMPTS - 1].start_ns, TIMELINE_ATTEMPTS - 1);
	timeline_free(&t);
	ck_assert_uint_eq(t.attempts_dropped, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_zeroed_one_is_empty,
		attempts_are_kept_in_their_order,
		only_connecting_counts,
		they_have_a_limit_and_the_rest_is_counted,
	};
	int failed = run_tests("timeline", tests, COUNT(tests));

	return failed != 0;
}
