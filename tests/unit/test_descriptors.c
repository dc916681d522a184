/* SPDX-License-Identifier: ISC */
/* test_descriptors.c - how many descriptors there are to use */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "descriptors.h"
#include "network.h"
#include "support.h"

/* Each test is a process of its own, so that a limit ends with it. */
static void
set_limit(rlim_t soft, rlim_t hard)
{
	struct rlimit limit = { .rlim_cur = soft, .rlim_max = hard };

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static rlim_t
soft_limit(void)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	return limit.rlim_cur;
}

START_TEST(where_there_is_room_all_can_be_done)
{
	set_limit(256, 256);
	ck_assert_uint_eq(descriptors_for(50, 1), 50);
	ck_assert_uint_eq(descriptors_for(50, 3), 50);
	ck_assert_uint_eq(descriptors_for(1, 1), 1);
	ck_assert_int_eq(soft_limit(), 256);
}
END_TEST

START_TEST(the_soft_limit_is_raised_where_that_helps)
{
	set_limit(64, 256);
	ck_assert_uint_eq(descriptors_for(20, 1), 20);
	ck_assert_int_eq(soft_limit(), 64);
	ck_assert_uint_eq(descriptors_for(100, 1), 100);
	ck_assert_int_ge(soft_limit(), 100);
	ck_assert_int_lt(soft_limit(), 256);
	ck_assert_uint_lt(descriptors_for(1000, 1), 256);
	ck_assert_int_eq(soft_limit(), 256);
}
END_TEST

START_TEST(where_there_is_less_as_many_as_fit)
{
	size_t one, three;

	set_limit(200, 200);
	one = descriptors_for(512, 1);
	three = descriptors_for(512, 3);
	ck_assert_uint_gt(one, 100);
	ck_assert_uint_lt(one, 200);
	ck_assert_uint_ge(three, one / 3);
	ck_assert_uint_le(three, one / 3 + 1);
}
END_TEST

/* So many can be opened, and a few are left for other needs. */
START_TEST(what_is_promised_is_there)
{
	size_t count;

	set_limit(100, 100);
	count = descriptors_for(512, 1);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_ne(dup(STDIN_FILENO), -1);
	for (int i = 0; i < 4; i++)
		ck_assert_int_ne(dup(STDIN_FILENO), -1);
}
END_TEST

START_TEST(those_we_were_started_with_do_not_count)
{
	size_t before, after;

	set_limit(200, 200);
	before = descriptors_for(512, 1);
	for (int i = 0; i < 50; i++)
		ck_assert_int_ne(dup(STDIN_FILENO), -1);
	after = descriptors_for(512, 1);
	ck_assert_uint_le(after, before - 50);
	ck_assert_uint_gt(after, before - 60); /* there may have been gaps */
}
END_TEST

START_TEST(one_can_always_be_tried)
{
	int free = free_descriptor();

	set_limit((rlim_t)free + 2, 256);
	set_limit(soft_limit(), soft_limit());
	ck_assert_uint_eq(descriptors_for(512, 1), 1);
	ck_assert_uint_eq(descriptors_for(512, 100), 1);
	while (dup(STDIN_FILENO) != -1)
		;
	ck_assert_int_eq(errno, EMFILE);
	ck_assert_uint_ge(descriptors_for(512, 1), 1);
	closefrom(free);
}
END_TEST

START_TEST(the_errors_of_none_left_are_known)
{
	ck_assert(no_descriptor(EMFILE));
	ck_assert(no_descriptor(ENFILE));
	ck_assert(!no_descriptor(0));
	ck_assert(!no_descriptor(ECONNREFUSED));
	ck_assert(!no_descriptor(ENOBUFS));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		where_there_is_room_all_can_be_done,
		the_soft_limit_is_raised_where_that_helps,
		where_there_is_less_as_many_as_fit,
		what_is_promised_is_there,
		those_we_were_started_with_do_not_count,
		one_can_always_be_tried,
		the_errors_of_none_left_are_known,
	};
	int failed = run_tests("descriptors", tests, COUNT(tests));

	return failed != 0;
}
