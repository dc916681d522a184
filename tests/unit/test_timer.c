/* SPDX-License-Identifier: ISC */
/* test_timer.c - a task that waits for a point in time */
#include "clock.h"
#include "support.h"
#include "timer.h"

/* What has expired, in order, and when. */
struct story {
	struct loop loop;
	char log[8];
	int64_t at_ms[8];
};

struct one {
	struct story *story;
	char name;
};

static void
note(void *arg)
{
	struct one *one = arg;
	struct story *s = one->story;
	size_t n = strlen(s->log);

	s->at_ms[n] = clock_ms();
	s->log[n] = one->name;
}

static int64_t
time_of(const struct story *s, char name)
{
	const char *found = strchr(s->log, name);

	ck_assert_ptr_nonnull(found);
	return s->at_ms[found - s->log];
}

START_TEST(it_comes_once_and_not_before)
{
	struct story s = { .log = "" };
	struct one a = { &s, 'a' };
	int64_t at_ms;

	ck_assert_int_eq(loop_init(&s.loop), 0);
	at_ms = clock_ms() + 30;
	timer_start(&s.loop, at_ms, note, &a);
	ck_assert_int_eq(drive(&s.loop), 0);
	ck_assert_str_eq(s.log, "a");
	ck_assert_int_ge(s.at_ms[0], at_ms);
}
END_TEST

START_TEST(each_comes_at_its_own_time)
{
	struct story s = { .log = "" };
	struct one a = { &s, 'a' }, b = { &s, 'b' }, c = { &s, 'c' };
	int64_t now_ms;

	ck_assert_int_eq(loop_init(&s.loop), 0);
	now_ms = clock_ms();
	timer_start(&s.loop, now_ms + 40, note, &c);
	timer_start(&s.loop, now_ms + 20, note, &b);
	timer_start(&s.loop, 0, note, &a); /* long ago */
	ck_assert_int_eq(drive(&s.loop), 0);
	ck_assert_uint_eq(strlen(s.log), 3);
	ck_assert_int_ge(time_of(&s, 'a'), now_ms);
	ck_assert_int_ge(time_of(&s, 'b'), now_ms + 20);
	ck_assert_int_ge(time_of(&s, 'c'), now_ms + 40);
}
END_TEST

static void
start_another(void *arg)
{
	struct one *one = arg;

	note(arg);
	if (strlen(one->story->log) < 3)
		timer_start(
		    &one->story->loop, clock_ms() + 1, start_another, arg);
}

START_TEST(one_may_start_another)
{
	struct story s = { .log = "" };
	struct one a = { &s, 'a' };

	ck_assert_int_eq(loop_init(&s.loop), 0);
	timer_start(&s.loop, clock_ms(), start_another, &a);
	ck_assert_int_eq(drive(&s.loop), 0);
	ck_assert_str_eq(s.log, "aaa");
}
END_TEST

START_TEST(one_that_never_comes_is_freed)
{
	struct story s = { .log = "" };
	struct one a = { &s, 'a' };

	ck_assert_int_eq(loop_init(&s.loop), 0);
	timer_start(&s.loop, CLOCK_NEVER, note, &a);
	loop_free(&s.loop);
	ck_assert_str_eq(s.log, "");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_comes_once_and_not_before,
		each_comes_at_its_own_time,
		one_may_start_another,
		one_that_never_comes_is_freed,
	};
	int failed = run_tests("timer", tests, COUNT(tests));

	return failed != 0;
}
