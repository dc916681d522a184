/* SPDX-License-Identifier: ISC */
/* test_clock.c - the monotonic clock and its deadlines */
#include "clock.h"
#include "support.h"

START_TEST(time_is_never_zero_and_never_goes_back)
{
	int64_t last = clock_ms();
	int backwards = 0;

	ck_assert_int_gt(last, 0);
	for (int i = 0; i < 10000; i++) {
		int64_t now = clock_ms();

		backwards += now < last;
		last = now;
	}
	ck_assert_int_eq(backwards, 0);
}
END_TEST

START_TEST(a_deadline_is_only_lowered)
{
	int64_t deadline = CLOCK_NEVER;

	clock_lower(&deadline, CLOCK_NEVER);
	ck_assert_int_eq(deadline, CLOCK_NEVER);
	clock_lower(&deadline, 20);
	ck_assert_int_eq(deadline, 20);
	clock_lower(&deadline, 30);
	ck_assert_int_eq(deadline, 20);
	clock_lower(&deadline, 0);
	ck_assert_int_eq(deadline, 0);
}
END_TEST

START_TEST(a_negative_length_is_never)
{
	ck_assert_int_eq(clock_after(5, -1), CLOCK_NEVER);
	ck_assert_int_eq(clock_after(5, INT64_MIN), CLOCK_NEVER);
}
END_TEST

START_TEST(a_length_is_added_and_does_not_overflow)
{
	ck_assert_int_eq(clock_after(5, 0), 5);
	ck_assert_int_eq(clock_after(5, 7), 12);
	ck_assert_int_eq(clock_after(5, CLOCK_NEVER - 5), CLOCK_NEVER);
	ck_assert_int_eq(clock_after(5, CLOCK_NEVER - 4), CLOCK_NEVER);
	ck_assert_int_eq(clock_after(5, CLOCK_NEVER), CLOCK_NEVER);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		time_is_never_zero_and_never_goes_back,
		a_deadline_is_only_lowered,
		a_negative_length_is_never,
		a_length_is_added_and_does_not_overflow,
	};
	int failed = run_tests("clock", tests, COUNT(tests));

	return failed != 0;
}
