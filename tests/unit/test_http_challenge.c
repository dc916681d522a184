/* SPDX-License-Identifier: ISC */
/* test_http_challenge.c - what a proxy asks for */
#include <stdio.h>
#include <stdlib.h>

#include "http_auth.h"
#include "support.h"
#include "xalloc.h"

/* What is kept of one or two fields. */
struct choice {
	const char *fields[2];
	enum http_auth auth;
	const char *realm, *others;
};

static void
check_choices(const struct choice *choices, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct choice *c = &choices[i];
		struct http_challenge challenge = { 0 };

		for (size_t k = 0; k < 2 && c->fields[k] != NULL; k++) {
			char *copy = xstrdup(c->fields[k]);

			http_challenge_read(&challenge, copy);
			free(copy);
		}
		if (challenge.auth != c->auth)
			ck_abort_msg("%s: %d", c->fields[0], challenge.auth);
		ck_assert_str_eq(
		    challenge.realm, c->realm == NULL ? "" : c->realm);
		if (c->auth == HTTP_AUTH_NONE)
			ck_assert_str_eq(challenge.others,
			    c->others == NULL ? "" : c->others);
	}
}

#define D5  "Digest realm=five, nonce=n"
#define D2  "Digest algorithm=SHA-256, realm=two, nonce=\"n\""
#define ALL D5 ", Basic realm=basic, " D2

START_TEST(the_best_is_kept)
{
	static const struct choice choices[] = {
		{ { ALL }, HTTP_AUTH_DIGEST_SHA256, "two", NULL },
		{ { "Basic realm=basic," D5 }, HTTP_AUTH_DIGEST_MD5, "five",
		    NULL },
		{ { D5 ",Basic realm=basic" }, HTTP_AUTH_DIGEST_MD5, "five",
		    NULL },
		{ { D2, D5 }, HTTP_AUTH_DIGEST_SHA256, "two", NULL },
		{ { D5, D2 }, HTTP_AUTH_DIGEST_SHA256, "two", NULL },
		{ { "NTLM", "Basic realm=basic" }, HTTP_AUTH_BASIC, "basic",
		    NULL },
		{ { "Basic realm=one", "Basic realm=two" }, HTTP_AUTH_BASIC,
		    "one", NULL },
		{ { "Negotiate, NTLM, Basic realm=\"b\", Bearer" },
		    HTTP_AUTH_BASIC, "b", NULL },
	};

	check_choices(choices, COUNT(choices));
}
END_TEST

/* RFC 9110 section 11.6.1: commas stand between challenges and between their
 * parameters. */
START_TEST(lists_are_read_as_they_are_written)
{
	static const struct choice choices[] = {
		{ { "Basic" }, HTTP_AUTH_BASIC, NULL, NULL },
		{ { "basic realm=x" }, HTTP_AUTH_BASIC, "x", NULL },
		{ { ", ,\tBASIC \t Realm = \"x\" , ,, charset=\"UTF-8\"," },
		    HTTP_AUTH_BASIC, "x", NULL },
		{ { "Basic realm=\"a, Digest realm=b, nonce=c\"" },
		    HTTP_AUTH_BASIC, "a, Digest realm=b, nonce=c", NULL },
		{ { "Basic realm=\"a\\\", Digest realm=b, nonce=c\"" },
		    HTTP_AUTH_BASIC, "a\", Digest realm=b, nonce=c", NULL },
		{ { "Basic x=\"\\\\\", realm=\"y\"" }, HTTP_AUTH_BASIC, "y",
		    NULL },
		{ { "Negotiate YII/+abc==, Basic realm=\"x\"" },
		    HTTP_AUTH_BASIC, "x", NULL },
		{ { "Negotiate YII= , Basic realm=\"x\"" }, HTTP_AUTH_BASIC,
		    "x", NULL },
		{ { "NewAuth realm=\"apps\", type=1, title=\"Login to "
		    "\\\"apps\\\"\", Basic realm=\"simple\"" },
		    HTTP_AUTH_BASIC, "simple", NULL },
		{ { "Digest nonce=\"n\", realm=\"\"" }, HTTP_AUTH_DIGEST_MD5,
		    "", NULL },
		{ { "Digest nonce=a/b+c==, realm=x" }, HTTP_AUTH_DIGEST_MD5,
		    "x", NULL },
		{ { "Basic algorithm=none, realm=x" }, HTTP_AUTH_BASIC, "x",
		    NULL },
		{ { "Basic, \"?\", realm=x" }, HTTP_AUTH_BASIC, "x", NULL },
		{ { "realm=x, Basic" }, HTTP_AUTH_BASIC, NULL, NULL },
	};

	check_choices(choices, COUNT(choices));
}
END_TEST

START_TEST(some_challenges_cannot_be_answered)
{
	static const struct choice choices[] = {
		{ { "" }, HTTP_AUTH_NONE, NULL, NULL },
		{ { " , ,\t" }, HTTP_AUTH_NONE, NULL, NULL },
		{ { "=" }, HTTP_AUTH_NONE, NULL, NULL },
		{ { "\"Basic\"" }, HTTP_AUTH_NONE, NULL, NULL },
		{ { "realm=\"x\"" }, HTTP_AUTH_NONE, NULL, NULL },
		{ { "NTLM" }, HTTP_AUTH_NONE, NULL, "NTLM" },
		{ { "NTLM", "Negotiate abc=" }, HTTP_AUTH_NONE, NULL,
		    "NTLM, Negotiate" },
		{ { "Negotiate,NTLM" }, HTTP_AUTH_NONE, NULL,
		    "Negotiate, NTLM" },
		{ { "Basic realm=\"x" }, HTTP_AUTH_NONE, NULL, "Basic" },
		{ { "Basic realm=\"x\\" }, HTTP_AUTH_NONE, NULL, "Basic" },
		{ { "Digest realm=x" }, HTTP_AUTH_NONE, NULL, "Digest" },
		{ { "Digest nonce=x" }, HTTP_AUTH_NONE, NULL, "Digest" },
		{ { D5 ", qop=auth-int" }, HTTP_AUTH_NONE, NULL, "Digest" },
		{ { D5 ", qop=au" }, HTTP_AUTH_NONE, NULL, "Digest" },
		{ { D5 ", qop=\"\"" }, HTTP_AUTH_NONE, NULL, "Digest" },
		{ { D5 ", qop=\"auth-int author\"" }, HTTP_AUTH_NONE, NULL,
		    "Digest" },
		{ { D5 ", algorithm=SHA-512-256, qop=auth" }, HTTP_AUTH_NONE,
		    NULL, "Digest" },
		{ { D5 ", algorithm=MD5-sess" }, HTTP_AUTH_NONE, NULL,
		    "Digest" },
		{ { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		      "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" },
		    HTTP_AUTH_NONE, NULL,
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbb" },
	};

	check_choices(choices, COUNT(choices));
}
END_TEST

START_TEST(a_long_value_takes_its_challenge_away)
{
	for (size_t len = HTTP_AUTH_VALUE - 2; len < HTTP_AUTH_VALUE + 3;
	     len++) {
		char field[2 * HTTP_AUTH_VALUE];
		bool fits = len < HTTP_AUTH_VALUE;
		struct choice choice = { { field }, .realm = "basic" };

		memset(field, 'x', sizeof(field));
		memcpy(field, "Digest realm=five, nonce=\"", 26);
		snprintf(field + 26 + len, sizeof(field) - 26 - len,
		    "\", Basic realm=basic");
		choice.auth = fits ? HTTP_AUTH_DIGEST_MD5 : HTTP_AUTH_BASIC;
		choice.realm = fits ? "five" : "basic";
		check_choices(&choice, 1);
	}
}
END_TEST

START_TEST(a_nonce_may_be_stale)
{
	static const struct {
		const char *field;
		bool stale;
	} cases[] = {
		{ D5, false },
		{ D5 ", stale=true", true },
		{ D5 ", stale=\"TRUE\"", true },
		{ D5 ", stale=false", false },
		{ D5 ", stale=truely", false },
		{ D5 ", stale=true, Basic realm=x, stale=false", true },
		{ D5 ", Basic realm=x, stale=true", false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_challenge challenge = { 0 };

		http_challenge_read(&challenge, cases[i].field);
		ck_assert_int_eq(challenge.stale, cases[i].stale);
	}
}
END_TEST

/* From memory of its own, so that a sanitizer sees who reads behind it. */
START_TEST(noise_is_read_to_its_end)
{
	static const char *const words[] = { "Basic", "Digest", "NTLM", " ",
		"\t", ",", "=", "\"", "\\", "realm=", "nonce=", "qop=auth",
		"algorithm=", "MD5-sess", "SHA-256", "opaque=", "\"x\"", "/",
		"==", "\377", "stale=true", "userhash=true", ", " };
	const struct http_auth_request request = { "GET", "/", "0" };
	const struct credentials who = { .user = "u", .password = "p" };

	for (uint64_t seed = 1; seed <= 20000; seed++) {
		struct http_challenge challenge = { 0 };
		struct rng rng = rng_of(seed);
		char text[HTTP_AUTH_MAX], noise[512] = "";
		char *copy;

		for (size_t n = rng_below(&rng, 60); n > 0; n--)
			strlcat(noise, words[rng_below(&rng, COUNT(words))],
			    sizeof(noise));
		copy = xstrdup(noise);
		http_challenge_read(&challenge, copy);
		free(copy);
		if (challenge.auth == HTTP_AUTH_NONE)
			continue;
		if (http_auth_answer(text, &challenge, &who, &request) != 0 ||
		    strpbrk(text, "\r\n") != NULL)
			ck_abort_msg("seed %llu", (unsigned long long)seed);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_best_is_kept,
		lists_are_read_as_they_are_written,
		some_challenges_cannot_be_answered,
		a_long_value_takes_its_challenge_away,
		a_nonce_may_be_stale,
		noise_is_read_to_its_end,
	};
	int failed = run_tests("http_challenge", tests, COUNT(tests));

	return failed != 0;
}
