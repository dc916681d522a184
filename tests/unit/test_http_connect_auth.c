/* SPDX-License-Identifier: ISC */
/* test_http_connect_auth.c - CONNECT with a proxy that asks who we are */
#include <errno.h>
#include <stdio.h>

#include "http_auth.h"
#include "proxy_rig.h"

#define BASIC   "Proxy-Authorization: Basic bXVmYXNhOnNlY3JldA==\r\n"
#define REFUSED "\"" PROXY_407 "\": "

static void
check_failed(const char *answer, int error_code, const char *error)
{
	check_answer(NULL, answer, DIALOGUE_FAILED, error_code, error);
}

START_TEST(without_a_user_a_challenge_is_the_end)
{
	check_failed(PROXY_ASKS "Basic realm=\"x\"\r\n\r\n", 0,
	    REFUSED "a user is needed (--proxy-auth)");
}
END_TEST

START_TEST(some_challenges_are_the_end)
{
	for (int i = 0; i < 2; i++) {
		const char *user = i == 0 ? NULL : "mufasa";

		check_answer(user, PROXY_ASKS "NTLM\r\n\r\n", DIALOGUE_FAILED,
		    0, REFUSED "NTLM cannot be answered");
		check_answer(user,
		    PROXY_ASKS "Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n",
		    DIALOGUE_FAILED, 0,
		    REFUSED "Negotiate, NTLM cannot be answered");
		check_answer(user, PROXY_407 "\r\n\r\n", DIALOGUE_FAILED, 0,
		    REFUSED "it names no scheme");
		/* that is the target's, not the proxy's */
		check_answer(user,
		    PROXY_407 "\r\nWWW-Authenticate: Basic\r\n\r\n",
		    DIALOGUE_FAILED, 0, REFUSED "it names no scheme");
	}
}
END_TEST

/* The longest words of both still have room in a message. */
START_TEST(a_long_challenge_makes_a_whole_message)
{
	check_failed("HTTP/1.1 407 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"
		     "Proxy-Authenticate: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,"
		     "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n\r\n",
	    0,
	    "\"HTTP/1.1 407 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxx...\": aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbb "
	    "cannot be answered");
}
END_TEST

/* Up to the second request. */
static void
rig_challenged(struct proxy_rig *r, const char *answer, size_t step)
{
	proxy_rig_open(r, "mufasa", "secret");
	expect_request(r->d, "");
	ck_assert_int_eq(tell(r->d, answer, step), DIALOGUE_RECONNECT);
	ck_assert_uint_eq(r->asked, 1);
}

START_TEST(basic_is_answered_over_a_new_connection)
{
	static const size_t steps[] = { 1, 3, SIZE_MAX };

	for (size_t i = 0; i < COUNT(steps); i++) {
		struct proxy_rig r;

		rig_challenged(
		    &r, PROXY_ASKS "Basic realm=\"x\"\r\n\r\n", steps[i]);
		expect_request(r.d, BASIC);
		ck_assert_int_eq(tell(r.d, PROXY_OK, steps[i]), DIALOGUE_DONE);
		ck_assert_uint_eq(r.d->out.len, 0);
		dialogue_free(r.d);
	}
}
END_TEST

START_TEST(what_was_not_sent_is_not_said_again)
{
	struct proxy_rig r;

	proxy_rig_open(&r, "mufasa", "secret");
	ck_assert_int_eq(tell(r.d, PROXY_ASKS "Basic\r\n\r\n", SIZE_MAX),
	    DIALOGUE_RECONNECT);
	expect_request(r.d, BASIC);
	dialogue_free(r.d);
}
END_TEST

START_TEST(an_answer_may_be_refused)
{
	static const char *const again[] = { PROXY_ASKS
		"Basic realm=\"x\"\r\n\r\n",
		PROXY_ASKS "NTLM\r\n\r\n", PROXY_407 "\r\n\r\n",
		PROXY_ASKS "Digest realm=x, nonce=y\r\n\r\n" };

	for (size_t i = 0; i < COUNT(again); i++) {
		struct proxy_rig r;

		rig_challenged(&r, PROXY_ASKS "Basic realm=\"x\"\r\n\r\n", 1);
		expect_request(r.d, BASIC);
		ck_assert_int_eq(tell(r.d, again[i], 1), DIALOGUE_FAILED);
		ck_assert_str_eq(
		    r.d->error, REFUSED "user or password refused");
		ck_assert_uint_eq(r.d->out.len, 0);
		dialogue_free(r.d);
	}
}
END_TEST

START_TEST(there_may_be_no_password)
{
	struct proxy_rig r;

	proxy_rig_open(&r, "mufasa", NULL);
	expect_request(r.d, "");
	ck_assert_int_eq(
	    tell(r.d, PROXY_ASKS "Basic\r\n\r\n", SIZE_MAX), DIALOGUE_FAILED);
	ck_assert_str_eq(
	    r.d->error, REFUSED "a password is needed, and none was given");
	dialogue_free(r.d);
}
END_TEST

START_TEST(some_users_cannot_be_named)
{
	static const char *const users[] = { "mu:fasa", "mufasa\r\nX: y" };

	for (size_t i = 0; i < COUNT(users); i++) {
		struct proxy_rig r;

		proxy_rig_open(&r, users[i], "secret");
		expect_request(r.d, "");
		ck_assert_int_eq(
		    tell(r.d, PROXY_ASKS "Basic\r\n\r\n", SIZE_MAX),
		    DIALOGUE_FAILED);
		ck_assert_str_eq(r.d->error,
		    REFUSED "user or password cannot be said in HTTP");
		ck_assert_uint_eq(r.d->out.len, 0);
		dialogue_free(r.d);
	}
}
END_TEST

/* The text between two others in what is said next. */
static void
said_between(const struct dialogue *d, const char *before, const char *after,
    char text[static 512])
{
	char said[8192];
	const char *from, *to;

	snprintf(said, sizeof(said), "%.*s", (int)d->out.len,
	    (const char *)buffer_head(&d->out));
	from = strstr(said, before);
	ck_assert_ptr_nonnull(from);
	from += strlen(before);
	to = strstr(from, after);
	ck_assert_ptr_nonnull(to);
	snprintf(text, 512, "%.*s", (int)(to - from), from);
}

#define DIGEST "Digest realm=\"r\", nonce=\"one\", algorithm=SHA-256, qop=auth"

/* The nonce of the client is random, so the rest is computed from it. */
static void
expect_digest(struct dialogue *d, const char *challenge_text, char cnonce[512])
{
	struct credentials who = { .user = "mufasa", .password = "secret" };
	struct http_challenge challenge = { 0 };
	const struct http_auth_request request = { "CONNECT", PROXY_TARGET,
		cnonce };
	char text[HTTP_AUTH_MAX], field[HTTP_AUTH_MAX + 64];

	said_between(d, "cnonce=\"", "\"", cnonce);
	ck_assert_uint_eq(strlen(cnonce), 32);
	ck_assert_uint_eq(strspn(cnonce, "0123456789abcdef"), 32);
	http_challenge_read(&challenge, challenge_text);
	ck_assert_int_eq(http_auth_answer(text, &challenge, &who, &request), 0);
	snprintf(field, sizeof(field), "Proxy-Authorization: %s\r\n", text);
	expect_request(d, field);
}

START_TEST(digest_is_answered_with_a_nonce_of_ours)
{
	char first[512], second[512];
	struct proxy_rig r;

	for (int i = 0; i < 2; i++) {
		rig_challenged(&r,
		    PROXY_ASKS "Basic realm=\"b\"\r\nVia: x\r\n"
			       "proxy-authenticate:" DIGEST "\r\n\r\n",
		    7);
		expect_digest(r.d, DIGEST, i == 0 ? first : second);
		ck_assert_int_eq(tell(r.d, PROXY_OK, 7), DIALOGUE_DONE);
		dialogue_free(r.d);
	}
	ck_assert_str_ne(first, second);
}
END_TEST

/* The response is md5sum(1)'s. */
START_TEST(digest_hashes_the_method_and_the_target)
{
	struct proxy_rig r;

	rig_challenged(
	    &r, PROXY_ASKS "Digest realm=\"r\", nonce=\"n\"\r\n\r\n", 1);
	expect_request(r.d,
	    "Proxy-Authorization: Digest username=\"mufasa\", realm=\"r\", "
	    "nonce=\"n\", uri=\"example.com:443\", "
	    "response=\"6a163129934030ece8a62935db2f431e\"\r\n");
	dialogue_free(r.d);
}
END_TEST

#define STALE "Digest realm=r, nonce=two, stale=true, qop=auth, algorithm=MD5"

START_TEST(a_stale_nonce_is_answered_once_more)
{
	char cnonce[512];
	struct proxy_rig r;

	rig_challenged(&r, PROXY_ASKS DIGEST "\r\n\r\n", 1);
	expect_digest(r.d, DIGEST, cnonce);
	ck_assert_int_eq(
	    tell(r.d, PROXY_ASKS STALE "\r\n\r\n", 1), DIALOGUE_RECONNECT);
	expect_digest(r.d, STALE, cnonce);
	ck_assert_uint_eq(r.asked, 1);
	ck_assert_int_eq(
	    tell(r.d, PROXY_ASKS STALE "\r\n\r\n", 1), DIALOGUE_FAILED);
	ck_assert_str_eq(r.d->error, REFUSED "user or password refused");
	dialogue_free(r.d);
}
END_TEST

/* To the first request nothing can be stale. */
START_TEST(the_first_nonce_is_not_stale)
{
	char cnonce[512];
	struct proxy_rig r;

	rig_challenged(&r, PROXY_ASKS STALE "\r\n\r\n", 1);
	expect_digest(r.d, STALE, cnonce);
	ck_assert_int_eq(
	    tell(r.d, PROXY_ASKS STALE "\r\n\r\n", 1), DIALOGUE_RECONNECT);
	expect_digest(r.d, STALE, cnonce);
	ck_assert_int_eq(tell(r.d, PROXY_OK, 1), DIALOGUE_DONE);
	dialogue_free(r.d);
}
END_TEST

START_TEST(other_refusals_may_follow_an_answer)
{
	struct proxy_rig r;

	rig_challenged(&r, PROXY_ASKS "Basic\r\n\r\n", 1);
	expect_request(r.d, BASIC);
	ck_assert_int_eq(
	    tell(r.d, "HTTP/1.1 502 Bad Gateway\r\n\r\n", 1), DIALOGUE_FAILED);
	ck_assert_str_eq(r.d->error, "\"HTTP/1.1 502 Bad Gateway\"");
	ck_assert_int_eq(r.d->error_code, ECONNREFUSED);
	dialogue_free(r.d);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_a_user_a_challenge_is_the_end,
		some_challenges_are_the_end,
		a_long_challenge_makes_a_whole_message,
		basic_is_answered_over_a_new_connection,
		what_was_not_sent_is_not_said_again,
		an_answer_may_be_refused,
		there_may_be_no_password,
		some_users_cannot_be_named,
		digest_is_answered_with_a_nonce_of_ours,
		digest_hashes_the_method_and_the_target,
		a_stale_nonce_is_answered_once_more,
		the_first_nonce_is_not_stale,
		other_refusals_may_follow_an_answer,
	};
	int failed = run_tests("http_connect_auth", tests, COUNT(tests));

	return failed != 0;
}
