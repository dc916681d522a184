/* SPDX-License-Identifier: ISC */
/* test_dialogue.c - what is said and heard before bytes may flow */
#include "dialogue.h"
#include "support.h"

static unsigned frees;

static void
count_free(struct dialogue *d)
{
	ck_assert_ptr_null(d->out.data);
	frees++;
}

static const struct dialogue_ops test_ops = {
	.name = "test",
	.free = count_free,
};

START_TEST(a_failure_has_words)
{
	struct dialogue d = { .ops = &test_ops };

	ck_assert_int_eq(dialogue_fail(&d, "%s %d", "no", 7), DIALOGUE_FAILED);
	ck_assert_str_eq(d.error, "no 7");
	ck_assert_int_eq(d.error_code, 0);
}
END_TEST

START_TEST(long_words_are_cut)
{
	struct dialogue d = { .ops = &test_ops };

	dialogue_fail(&d, "%300d", 1);
	ck_assert_uint_eq(strlen(d.error), DIALOGUE_ERROR_LEN - 1);
}
END_TEST

START_TEST(what_was_to_be_said_is_freed)
{
	struct dialogue d = { .ops = &test_ops };

	frees = 0;
	dialogue_free(NULL);
	dialogue_free(&d);
	buffer_init(&d.out, 8);
	dialogue_free(&d);
	buffer_append(&d.out, "secret", 6);
	buffer_consume(&d.out, 6);
	dialogue_free(&d);
	ck_assert_uint_eq(frees, 3);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_failure_has_words,
		long_words_are_cut,
		what_was_to_be_said_is_freed,
	};
	int failed = run_tests("dialogue", tests, COUNT(tests));

	return failed != 0;
}
