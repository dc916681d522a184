/* SPDX-License-Identifier: ISC */
/* test_credentials.c - who we are to a proxy */
#include "credentials.h"
#include "support.h"

/* What is asked, and how often. */
struct user {
	const char *password;
	unsigned asked;
};

static const char *
ask(void *arg)
{
	struct user *user = arg;

	user->asked++;
	return user->password;
}

START_TEST(a_password_is_asked_for_once)
{
	struct user user = { .password = "secret" };
	struct credentials who = { .user = "me", .ask = ask, .arg = &user };

	ck_assert_uint_eq(user.asked, 0);
	ck_assert_str_eq(credentials_password(&who), "secret");
	ck_assert_str_eq(credentials_password(&who), "secret");
	ck_assert_uint_eq(user.asked, 1);
}
END_TEST

START_TEST(nobody_is_asked_twice)
{
	struct user user = { .password = NULL };
	struct credentials who = { .user = "me", .ask = ask, .arg = &user };

	ck_assert_ptr_null(credentials_password(&who));
	ck_assert_ptr_null(credentials_password(&who));
	ck_assert_uint_eq(user.asked, 1);
}
END_TEST

START_TEST(a_known_password_is_not_asked_for)
{
	struct user user = { .password = "secret" };
	struct credentials who = {
		.user = "me", .password = "known", .ask = ask, .arg = &user
	};

	ck_assert_str_eq(credentials_password(&who), "known");
	ck_assert_uint_eq(user.asked, 0);
}
END_TEST

START_TEST(there_may_be_nobody_to_ask)
{
	struct credentials who = { .user = "me" };

	ck_assert_ptr_null(credentials_password(&who));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_password_is_asked_for_once,
		nobody_is_asked_twice,
		a_known_password_is_not_asked_for,
		there_may_be_nobody_to_ask,
	};
	int failed = run_tests("credentials", tests, COUNT(tests));

	return failed != 0;
}
