/* SPDX-License-Identifier: ISC */
/* test_socks5.c - SOCKS 5, as a client speaks it */
#include <errno.h>
#include <stdlib.h>

#include "socks_script.h"
#include "xalloc.h"

#define OK5    "\5\0\0\1\0\0\0\0\0\0"
#define DONE   .end = DIALOGUE_DONE
#define FAILED .end = DIALOGUE_FAILED

#define OFFERED5 BYTES("\5\1\0")
#define OPEN5    BYTES("\5\0")
#define ASKED5   BYTES("\5\1\0\1\xc0\0\2\7\0\x50")

START_TEST(socks5_asks_for_an_address_or_a_name)
{
	static const struct script scripts[] = {
		{ SOCKS_5, "192.0.2.7", 80, NULL, NULL,
		    { { OFFERED5, OPEN5 }, { ASKED5, BYTES(OK5) } }, DONE },
		{ SOCKS_5, "2001:db8::1", 80, NULL, NULL,
		    { { OFFERED5, OPEN5 },
			{ BYTES("\5\1\0\4\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
				"\0\x50"),
			    BYTES(OK5) } },
		    DONE },
		{ SOCKS_5, "example.com", 40000, NULL, NULL,
		    { { OFFERED5, OPEN5 },
			{ BYTES("\5\1\0\3\x0b"
				"example.com\x9c\x40"),
			    BYTES(OK5) } },
		    DONE },
		{ SOCKS_5, "127.1", 1, NULL, NULL,
		    { { OFFERED5, OPEN5 },
			{ BYTES("\5\1\0\3\5"
				"127.1\0\1"),
			    BYTES(OK5) } },
		    DONE },
	};

	play_all(scripts, COUNT(scripts));
}
END_TEST

/* nc takes a name there for nonsense. */
START_TEST(socks5_takes_every_kind_of_bound_address)
{
	static const struct bytes replies[] = {
		BYTES("\5\0\0\1\x7f\0\0\1\x12\x34"),
		BYTES("\5\0\xff\1\5\0\0\1\5\0"),
		BYTES("\5\0\0\4\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf\1\2"),
		BYTES("\5\0\0\3\x9localhost\x12\x34"),
		BYTES("\5\0\0\3\1x\0\0"),
		BYTES("\5\0\0\3\0\x12\x34"),
	};

	for (size_t i = 0; i < COUNT(replies); i++) {
		const struct script script = { SOCKS_5, "192.0.2.7", 80, NULL,
			NULL, { { OFFERED5, OPEN5 }, { ASKED5, replies[i] } },
			DONE };

		play_all(&script, 1);
	}
}
END_TEST

START_TEST(socks5_takes_the_longest_bound_name)
{
	char reply[262] = "\5\0\0\3\xff";
	const struct script script = { SOCKS_5, "192.0.2.7", 80, NULL, NULL,
		{ { OFFERED5, OPEN5 }, { ASKED5, { reply, sizeof(reply) } } },
		DONE };

	play_all(&script, 1);
}
END_TEST

START_TEST(socks5_refusals_have_words)
{
	static const struct {
		struct bytes heard;
		int error_code;
		const char *error;
	} cases[] = {
		{ BYTES("\5\1"), 0, "General SOCKS server failure" },
		{ BYTES("\5\2"), 0, "Connection not allowed by ruleset" },
		{ BYTES("\5\3"), ENETUNREACH, "Network unreachable" },
		{ BYTES("\5\4"), EHOSTUNREACH, "Host unreachable" },
		{ BYTES("\5\5"), ECONNREFUSED, "Connection refused" },
		{ BYTES("\5\6"), ETIMEDOUT, "TTL expired" },
		{ BYTES("\5\7"), 0, "Command not supported" },
		{ BYTES("\5\x8"), 0, "Address type not supported" },
		{ BYTES("\5\x9"), 0, "unknown reply 0x09" },
		{ BYTES("\5\x2a"), 0, "unknown reply 0x2a" },
		{ BYTES("\5\xff"), 0, "unknown reply 0xff" },
		{ BYTES("\4"), 0, "not a SOCKS 5 answer" },
		{ BYTES("\0"), 0, "not a SOCKS 5 answer" },
		{ BYTES("\5\0\0\0"), 0,
		    "unknown address type 0x00 in the answer" },
		{ BYTES("\5\0\0\2"), 0,
		    "unknown address type 0x02 in the answer" },
		{ BYTES("\5\0\0\xfe"), 0,
		    "unknown address type 0xfe in the answer" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct script script = { SOCKS_5, "192.0.2.7", 80, NULL,
			NULL,
			{ { OFFERED5, OPEN5 }, { ASKED5, cases[i].heard } },
			FAILED, .error_code = cases[i].error_code,
			.error = cases[i].error };

		play_all(&script, 1);
	}
}
END_TEST

START_TEST(socks5_methods_must_be_offered)
{
	static const struct script scripts[] = {
		{ SOCKS_5, "192.0.2.7", 80, NULL, NULL,
		    { { OFFERED5, BYTES("\5\xff") } }, FAILED,
		    .error = "no authentication method is acceptable to the "
			     "proxy" },
		{ SOCKS_5, "192.0.2.7", 80, NULL, "secret",
		    { { OFFERED5, BYTES("\5\2") } }, FAILED,
		    .error = "it chose authentication method 0x02, which was "
			     "not offered" },
		{ SOCKS_5, "192.0.2.7", 80, "mufasa", "secret",
		    { { BYTES("\5\2\0\2"), BYTES("\5\1") } }, FAILED,
		    .error = "it chose authentication method 0x01, which was "
			     "not offered" },
		{ SOCKS_5, "192.0.2.7", 80, "mufasa", "secret",
		    { { BYTES("\5\2\0\2"), BYTES("\5\xff") } }, FAILED,
		    .error = "no authentication method is acceptable to the "
			     "proxy" },
		{ SOCKS_5, "192.0.2.7", 80, NULL, NULL,
		    { { OFFERED5, BYTES("\4") } }, FAILED,
		    .error = "not a SOCKS 5 answer" },
		{ SOCKS_5, "192.0.2.7", 80, NULL, NULL,
		    { { OFFERED5, BYTES("H") } }, FAILED,
		    .error = "not a SOCKS 5 answer" },
	};

	play_all(scripts, COUNT(scripts));
}
END_TEST

#define OFFERED5_BOTH BYTES("\5\2\0\2")
#define LOGIN         BYTES("\1\6mufasa\6secret")

START_TEST(socks5_logs_in_when_the_proxy_wants_it)
{
	static const struct script scripts[] = {
		{ SOCKS_5, "192.0.2.7", 80, "mufasa", "secret",
		    { { OFFERED5_BOTH, BYTES("\5\2") },
			{ LOGIN, BYTES("\1\0") }, { ASKED5, BYTES(OK5) } },
		    DONE },
		{ SOCKS_5, "192.0.2.7", 80, "mufasa", "",
		    { { OFFERED5_BOTH, BYTES("\5\2") },
			{ BYTES("\1\6mufasa\0"), BYTES("\1\0") },
			{ ASKED5, BYTES(OK5) } },
		    DONE },
		{ SOCKS_5, "192.0.2.7", 80, "mufasa", "secret",
		    { { OFFERED5_BOTH, BYTES("\5\2") },
			{ LOGIN, BYTES("\1\0") }, { ASKED5, BYTES("\5\5") } },
		    FAILED, .error_code = ECONNREFUSED,
		    .error = "Connection refused" },
		{ SOCKS_5, "192.0.2.7", 80, "mufasa", "secret",
		    { { OFFERED5_BOTH, BYTES("\5\2") },
			{ LOGIN, BYTES("\1\1") } },
		    FAILED, .error = "user or password refused" },
		{ SOCKS_5, "192.0.2.7", 80, "mufasa", "secret",
		    { { OFFERED5_BOTH, BYTES("\5\2") },
			{ LOGIN, BYTES("\5") } },
		    FAILED,
		    .error = "not an answer to user and password (RFC 1929)" },
		{ SOCKS_5, "192.0.2.7", 80, "mufasa", NULL,
		    { { OFFERED5_BOTH, BYTES("\5\2") } }, FAILED,
		    .error = "it wants a password, and none was given" },
	};

	play_all(scripts, COUNT(scripts));
}
END_TEST

START_TEST(socks5_asks_for_no_password_in_vain)
{
	static const struct script script = { .version = SOCKS_5,
		.host = "192.0.2.7",
		.user = "mufasa",
		.password = "secret" };
	struct socks_rig r;
	size_t used;

	socks_rig_init(&r, &script);
	hear(r.d, "\5\0" OK5, 12, 1, &used);
	ck_assert_uint_eq(r.asked, 0);
	dialogue_free(r.d);
	socks_rig_init(&r, &script);
	hear(r.d, "\5\2", 2, 1, &used);
	ck_assert_uint_eq(r.asked, 1);
	dialogue_free(r.d);
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

START_TEST(socks5_says_the_longest_fields)
{
	char *longest = text_of(255);
	char login[1 + 2 * 256], request[4 + 256 + 2] = "\5\1\0\3";
	const struct script script = { SOCKS_5, longest, 0x1234, longest,
		longest,
		{ { OFFERED5_BOTH, BYTES("\5\2") },
		    { { login, sizeof(login) }, BYTES("\1\0") },
		    { { request, sizeof(request) }, BYTES(OK5) } },
		DONE };

	memset(login, 'x', sizeof(login));
	login[0] = 1;
	login[1] = login[257] = (char)255;
	request[4] = (char)255;
	memset(request + 5, 'x', 255);
	memcpy(request + 260, "\x12\x34", 2);
	play_all(&script, 1);
	free(longest);
}
END_TEST

START_TEST(socks5_does_not_cut_a_password)
{
	char *password = text_of(256);
	const struct script script = { SOCKS_5, "192.0.2.7", 80, "mufasa",
		password, { { OFFERED5_BOTH, BYTES("\5\2") } }, FAILED,
		.error = "a password of more than 255 bytes" };

	play_all(&script, 1);
	free(password);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		socks5_asks_for_an_address_or_a_name,
		socks5_takes_every_kind_of_bound_address,
		socks5_takes_the_longest_bound_name,
		socks5_refusals_have_words,
		socks5_methods_must_be_offered,
		socks5_logs_in_when_the_proxy_wants_it,
		socks5_asks_for_no_password_in_vain,
		socks5_says_the_longest_fields,
		socks5_does_not_cut_a_password,
	};
	int failed = run_tests("socks5", tests, COUNT(tests));

	return failed != 0;
}
