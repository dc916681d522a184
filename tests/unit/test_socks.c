/* SPDX-License-Identifier: ISC */
/* test_socks.c - SOCKS 4 and 4a, and what all versions have in common */
#include <errno.h>
#include <stdlib.h>

#include "socks_script.h"
#include "xalloc.h"

#define GRANTED4 "\0\x5a\x12\x34\1\2\3\4"
#define OK5      "\5\0\0\1\0\0\0\0\0\0"
#define DONE     .end = DIALOGUE_DONE
#define FAILED   .end = DIALOGUE_FAILED

START_TEST(socks4_asks_for_an_address)
{
	static const struct script scripts[] = {
		{ SOCKS_4, "192.0.2.7", 80, NULL, NULL,
		    { { BYTES("\4\1\0\x50\xc0\0\2\7\0"), BYTES(GRANTED4) } },
		    DONE },
		{ SOCKS_4, "192.0.2.7", 65535, "mufasa", NULL,
		    { { BYTES("\4\1\xff\xff\xc0\0\2\7mufasa\0"),
			BYTES(GRANTED4) } },
		    DONE },
	};

	play_all(scripts, COUNT(scripts));
}
END_TEST

START_TEST(socks4a_asks_for_a_name_too)
{
	static const struct script scripts[] = {
		{ SOCKS_4A, "example.com", 443, NULL, NULL,
		    { { BYTES("\4\1\1\xbb\0\0\0\1\0example.com\0"),
			BYTES(GRANTED4) } },
		    DONE },
		{ SOCKS_4A, "example.com", 443, "me", NULL,
		    { { BYTES("\4\1\1\xbb\0\0\0\1me\0example.com\0"),
			BYTES(GRANTED4) } },
		    DONE },
		{ SOCKS_4A, "192.0.2.7", 80, "me", NULL,
		    { { BYTES("\4\1\0\x50\xc0\0\2\7me\0"), BYTES(GRANTED4) } },
		    DONE },
		{ SOCKS_4A, "2001:db8::1", 80, NULL, NULL,
		    { { BYTES("\4\1\0\x50\0\0\0\1\0"
			      "2001:db8::1\0"),
			BYTES(GRANTED4) } },
		    DONE },
	};

	play_all(scripts, COUNT(scripts));
}
END_TEST

#define ASKED4 BYTES("\4\1\0\x50\xc0\0\2\7\0")

START_TEST(socks4_refusals_have_words)
{
	static const struct {
		struct bytes heard;
		int error_code;
		const char *error;
	} cases[] = {
		{ BYTES("\0\x5b"), ECONNREFUSED, "Request rejected or failed" },
		{ BYTES("\0\x5c"), 0,
		    "Request rejected: no identd on the client" },
		{ BYTES("\0\x5d"), 0,
		    "Request rejected: identd names another user" },
		{ BYTES("\0\x5e"), 0, "unknown reply 0x5e" },
		{ BYTES("\0\x59"), 0, "unknown reply 0x59" },
		{ BYTES("\0\0"), 0, "unknown reply 0x00" },
		{ BYTES("\0\xff"), 0, "unknown reply 0xff" },
		{ BYTES("\4"), 0, "not a SOCKS 4 answer" },
		{ BYTES("\5"), 0, "not a SOCKS 4 answer" },
		{ BYTES("H"), 0, "not a SOCKS 4 answer" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct script script = { SOCKS_4, "192.0.2.7", 80, NULL,
			NULL, { { ASKED4, cases[i].heard } }, FAILED,
			.error_code = cases[i].error_code,
			.error = cases[i].error };

		play_all(&script, 1);
	}
}
END_TEST

/* A text of so many x, to be freed. */
static char *
text_of(size_t len)
{
	char *text = xcalloc(1, len + 1);

	memset(text, 'x', len);
	return text;
}

START_TEST(socks4_says_a_long_user)
{
	char *user = text_of(5000), said[8 + 5001 + 12] = "\4\1\0\x50\0\0\0\1";
	const struct script script = { SOCKS_4A, "example.com", 80, user, NULL,
		{ { { said, sizeof(said) }, BYTES(GRANTED4) } }, DONE };

	memcpy(said + 8, user, 5001);
	memcpy(said + 8 + 5001, "example.com", 12);
	play_all(&script, 1);
	free(user);
}
END_TEST

static void
check_unsaid(enum socks_version version, const char *host, const char *user,
    const char *error)
{
	const struct script script = { version, host, 80, user, NULL,
		.error = error };
	struct socks_rig r;
	size_t used;

	socks_rig_init(&r, &script);
	ck_assert_str_eq(r.d->error, error);
	ck_assert_uint_eq(r.d->out.len, 0);
	ck_assert_int_eq(r.d->error_code, 0);
	ck_assert_int_eq(hear(r.d, OK5, 10, 10, &used), DIALOGUE_FAILED);
	ck_assert_uint_eq(used, 0);
	dialogue_free(r.d);
}

START_TEST(what_cannot_be_said_fails_at_once)
{
	static const char only[] =
	    "SOCKS 4 can only be asked for an IPv4 address";
	char *text = text_of(256);

	check_unsaid(SOCKS_4, "example.com", NULL, only);
	check_unsaid(SOCKS_4, "2001:db8::1", NULL, only);
	check_unsaid(SOCKS_4, "", NULL, "no host is named");
	check_unsaid(SOCKS_4A, "", NULL, "no host is named");
	check_unsaid(SOCKS_5, "", NULL, "no host is named");
	check_unsaid(SOCKS_4A, text, NULL, "a name of more than 255 bytes");
	check_unsaid(SOCKS_5, text, NULL, "a name of more than 255 bytes");
	check_unsaid(SOCKS_5, "x", text, "a user of more than 255 bytes");
	free(text);
}
END_TEST

START_TEST(dialogues_have_names)
{
	static const char *const names[] = { [SOCKS_4] = "socks4",
		[SOCKS_4A] = "socks4a",
		[SOCKS_5] = "socks5" };

	for (size_t i = 0; i < COUNT(names); i++) {
		const struct script script = { .version = (enum socks_version)i,
			.host = "192.0.2.7" };
		struct socks_rig r;

		socks_rig_init(&r, &script);
		ck_assert_str_eq(r.d->ops->name, names[i]);
		dialogue_free(r.d);
	}
}
END_TEST

/* As long as an answer may go on, more is wanted. */
START_TEST(half_an_answer_is_not_enough)
{
	static const char reply[] = "\5\0\5\0\0\3\x9localhost\x12\x34";
	static const struct script script = { .version = SOCKS_5,
		.host = "192.0.2.7" };

	for (size_t len = 1; len < sizeof(reply) - 1; len++) {
		struct socks_rig r;
		size_t used;

		socks_rig_init(&r, &script);
		ck_assert_int_eq(
		    hear(r.d, reply, len, SIZE_MAX, &used), DIALOGUE_MORE);
		dialogue_free(r.d);
	}
}
END_TEST

/* 2 for the method, 2 for the password, 262 for the reply */
#define NOISE_LIMIT (2 + 2 + 262)

START_TEST(noise_always_ends)
{
	static const struct bytes likely = BYTES("\0\0\1\1\2\3\4\5\5\5\x5a");

	for (uint64_t seed = 1; seed <= 6000; seed++) {
		enum socks_version version = (enum socks_version)(seed % 3);
		const struct script script = { .version = version,
			.host = "192.0.2.7",
			.user = seed % 2 ? "mufasa" : NULL,
			.password = seed % 4 > 1 ? "secret" : NULL };
		struct socks_rig r;

		socks_rig_init(&r, &script);
		hear_noise(r.d, seed, likely, NOISE_LIMIT);
		ck_assert_ptr_null(strchr(r.d->error, '\n'));
		dialogue_free(r.d);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		socks4_asks_for_an_address,
		socks4a_asks_for_a_name_too,
		socks4_refusals_have_words,
		socks4_says_a_long_user,
		what_cannot_be_said_fails_at_once,
		dialogues_have_names,
		half_an_answer_is_not_enough,
		noise_always_ends,
	};
	int failed = run_tests("socks", tests, COUNT(tests));

	return failed != 0;
}
