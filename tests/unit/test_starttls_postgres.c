/* SPDX-License-Identifier: ISC */
/* test_starttls_postgres.c - the SSLRequest of PostgreSQL */
#include <stdlib.h>

#include "starttls_script.h"
#include "xalloc.h"

#define ASKED BYTES("\0\0\0\x8\x4\xd2\x16\x2f")

START_TEST(answers)
{
	static const struct talk_script scripts[] = {
		{ { { ASKED, BYTES("S") } }, NULL },
		{ { { ASKED, BYTES("N") } }, "the server does not offer TLS" },
		{ { { ASKED, BYTES("2") } },
		    "the server does not speak PostgreSQL: it says \"2\"" },
		{ { { ASKED, BYTES("\0") } },
		    "the server does not speak PostgreSQL: it says \"\\000\"" },
	};

	play_starttls(STARTTLS_POSTGRES, scripts, COUNT(scripts));
}
END_TEST

START_TEST(an_error_is_told)
{
	static const struct talk_script scripts[] = {
		{ { { ASKED,
		      BYTES("E\0\0\0\x1dSFATAL\0C53300\0Mtoo many\0\0") } },
		    "the server refuses TLS: too many" },
		{ { { ASKED, BYTES("E\0\0\0\x9M\33!\0\0") } },
		    "the server refuses TLS: ^[!" },
		/* of version 2 */
		{ { { ASKED, BYTES("EFATAL:  sorry, too many\n\0") } },
		    "the server refuses TLS: FATAL:  sorry, too many" },
		{ { { ASKED, BYTES("Ea\nb\0") } },
		    "the server refuses TLS: a\\012b" },
	};

	play_starttls(STARTTLS_POSTGRES, scripts, COUNT(scripts));
}
END_TEST

#define STRANGE "the server does not speak PostgreSQL: it says "

START_TEST(an_error_without_a_message_is_strange)
{
	static const struct talk_script scripts[] = {
		{ { { ASKED, BYTES("E\0\0\0\0") } },
		    STRANGE "\"E\\000\\000\\000\\000\"" },
		{ { { ASKED, BYTES("E\0\0\0\4") } },
		    STRANGE "\"E\\000\\000\\000^D\"" },
		{ { { ASKED, BYTES("E\0\0\0\5\0") } },
		    STRANGE "\"E\\000\\000\\000^E\\000\"" },
		{ { { ASKED, BYTES("E\0\0\0\5M") } },
		    STRANGE "\"E\\000\\000\\000^EM\"" },
		{ { { ASKED, BYTES("E\0\0\0\7Mab") } },
		    STRANGE "\"E\\000\\000\\000^GMab\"" },
		{ { { ASKED, BYTES("E\0\0\0\x8Sab\0") } },
		    STRANGE "\"E\\000\\000\\000^HSab\\000\"" },
	};

	play_starttls(STARTTLS_POSTGRES, scripts, COUNT(scripts));
}
END_TEST

#define TOO_LONG "the server gives an answer of more than 4096 bytes"

START_TEST(an_error_has_a_limit)
{
	static const struct talk_script scripts[] = {
		{ { { ASKED, BYTES("E\0\0\x10\0") } }, TOO_LONG },
		{ { { ASKED, BYTES("E\0\xff\xff\xff") } }, TOO_LONG },
	};

	play_starttls(STARTTLS_POSTGRES, scripts, COUNT(scripts));
	check_flood(STARTTLS_POSTGRES, "E", "x", SIZE_MAX, TOO_LONG);
}
END_TEST

START_TEST(the_longest_error_is_told)
{
	struct dialogue *d = starttls_dialogue(STARTTLS_POSTGRES, NULL);
	char *bytes = xcalloc(1, STARTTLS_LINE_MAX);
	size_t used;

	memset(bytes, 'y', STARTTLS_LINE_MAX - 2);
	memcpy(bytes, "E\0\0\x0f\xffM", 6);
	ck_assert_int_eq(
	    hear(d, bytes, STARTTLS_LINE_MAX, 1, &used), DIALOGUE_FAILED);
	ck_assert_uint_eq(used, STARTTLS_LINE_MAX);
	ck_assert_str_eq(d->error + strlen(d->error) - 5, "yy...");
	ck_assert_mem_eq(d->error, "the server refuses TLS: yyy", 27);
	free(bytes);
	dialogue_free(d);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		answers,
		an_error_is_told,
		an_error_without_a_message_is_strange,
		an_error_has_a_limit,
		the_longest_error_is_told,
	};
	int failed = run_tests("starttls_postgres", tests, COUNT(tests));

	return failed != 0;
}
