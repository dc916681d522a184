/* SPDX-License-Identifier: ISC */
/* test_http_auth.c - the answer to what a proxy asks for */
#include <stdio.h>
#include <stdlib.h>

#include "http_auth.h"
#include "support.h"
#include "xalloc.h"

/* RFC 7616 section 3.9.1 */
#define REALM  "http-auth@example.org"
#define NONCE  "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define OPAQUE "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
#define CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
#define USER   "Mufasa"
#define SECRET "Circle of Life"
#define URI    "/dir/index.html"

#define DIGEST "Digest realm=\"" REALM "\", nonce=\"" NONCE "\""
#define ANSWERED                                                            \
	"Digest username=\"" USER "\", realm=\"" REALM "\", nonce=\"" NONCE \
	"\", uri=\"" URI "\", "
#define COUNTED "qop=auth, nc=00000001, cnonce=\"" CNONCE "\", "

/* What the user answers to a challenge; NULL: nothing can be answered */
static const char *
answer_of(const char *field, const char *user, const char *password)
{
	static char text[HTTP_AUTH_MAX];
	const struct http_auth_request request = { "GET", URI, CNONCE };
	struct credentials who = { .user = user, .password = password };
	struct http_challenge challenge = { 0 };

	http_challenge_read(&challenge, field);
	ck_assert_int_ne(challenge.auth, HTTP_AUTH_NONE);
	return http_auth_answer(text, &challenge, &who, &request) == 0 ? text :
									 NULL;
}

static void
check_answer(const char *field, const char *want)
{
	ck_assert_str_eq(answer_of(field, USER, SECRET), want);
}

START_TEST(the_examples_of_rfc_7616)
{
	check_answer(DIGEST ", qop=\"auth, auth-int\", algorithm=MD5, "
			    "opaque=\"" OPAQUE "\"",
	    ANSWERED "algorithm=MD5, " COUNTED "opaque=\"" OPAQUE "\", "
		     "response=\"8ca523f5e9506fed4657c9700eebdbec\"");
	check_answer(DIGEST ", qop=\"auth, auth-int\", algorithm=SHA-256, "
			    "opaque=\"" OPAQUE "\"",
	    ANSWERED "algorithm=SHA-256, " COUNTED "opaque=\"" OPAQUE "\", "
		     "response=\"753927fa0e85d155564e2e272a28d180"
		     "2ca10daf4496794697cf8db5856cb6c1\"");
}
END_TEST

/* RFC 2069 has an example, which its erratum 749 corrects. */
START_TEST(without_qop_it_is_rfc_2069)
{
	check_answer(
	    DIGEST, ANSWERED "response=\"7b2cc3b30e75b4777ea31027084363fd\"");
	check_answer(DIGEST ", algorithm=SHA-256",
	    ANSWERED "algorithm=SHA-256, "
		     "response=\"a1306b0595a6c7fe96c448631fb5cfbd"
		     "5107bd1fe1da729d978dd7446b812363\"");
	ck_assert_str_eq(
	    answer_of("Digest realm=\"testrealm@host.com\", "
		      "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
		      "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
		USER, "CircleOfLife"),
	    "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "
	    "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
	    "uri=\"/dir/index.html\", "
	    "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", "
	    "response=\"1949323746fe6a43ef61f9606e7febea\"");
}
END_TEST

START_TEST(a_session_hashes_the_nonces_too)
{
	check_answer(DIGEST ", qop=auth, algorithm=md5-SESS",
	    ANSWERED "algorithm=MD5-sess, " COUNTED
		     "response=\"e783283f46242139c486a698fec7211d\"");
	check_answer(DIGEST ", qop=auth, algorithm=\"SHA-256-sess\"",
	    ANSWERED "algorithm=SHA-256-sess, " COUNTED
		     "response=\"2fd51b3a77ad75bad6afad6003e818d7"
		     "67133c46d9e2749e7f5232ae1ea3efd7\"");
}
END_TEST

START_TEST(a_user_may_be_hashed)
{
	const char *answer = answer_of(
	    DIGEST ", qop=auth, algorithm=MD5, userhash=true", USER, SECRET);

	ck_assert_ptr_nonnull(
	    strstr(answer, "username=\"4238f3a16167373febb9bc4d43db9cc4\", "));
	ck_assert_ptr_nonnull(strstr(answer, "userhash=true, "));
	ck_assert_ptr_nonnull(
	    strstr(answer, "response=\"8ca523f5e9506fed4657c9700eebdbec\""));
	answer =
	    answer_of(DIGEST ", qop=auth, algorithm=SHA-256, userhash=True",
		USER, SECRET);
	ck_assert_ptr_nonnull(strstr(answer,
	    "username=\"a947aad205e80e429958a387394944c6"
	    "b496301e79f89d35a4cc23b6ee12b5b6\", "));
	answer = answer_of(DIGEST ", userhash=false", USER, SECRET);
	ck_assert_ptr_nonnull(strstr(answer, "username=\"Mufasa\", "));
	ck_assert_ptr_null(strstr(answer, "userhash"));
}
END_TEST

/* The hash is that of the words without their escapes. */
START_TEST(quotes_and_backslashes_are_escaped)
{
	ck_assert_str_eq(
	    answer_of("Digest realm=\"r\\\"\\\\\", nonce=\"\\n\\\"n\", "
		      "opaque=\"\\\"\\o\"",
		"a\"b\\c", "p:w"),
	    "Digest username=\"a\\\"b\\\\c\", realm=\"r\\\"\\\\\", "
	    "nonce=\"n\\\"n\", uri=\"/dir/index.html\", opaque=\"\\\"o\", "
	    "response=\"d6c7cd327df12491adfc222b0d8091f5\"");
}
END_TEST

START_TEST(basic_is_base64)
{
	static const struct {
		const char *user, *password, *want;
	} cases[] = {
		/* RFC 7617 sections 2 and 2.1 */
		{ "Aladdin", "open sesame",
		    "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" },
		{ "test", "123\302\243", "Basic dGVzdDoxMjPCow==" },
		{ "u", "p:q\"\\", "Basic dTpwOnEiXA==" },
		{ "", "", "Basic Og==" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		ck_assert_str_eq(answer_of("Basic realm=\"x\"", cases[i].user,
				     cases[i].password),
		    cases[i].want);
}
END_TEST

START_TEST(some_users_cannot_be_named)
{
	ck_assert_ptr_null(answer_of("Basic realm=x", "a:b", "c"));
	ck_assert_ptr_null(answer_of("Basic realm=x", "a\nb", "c"));
	ck_assert_ptr_null(answer_of("Basic realm=x", "a", "b\r\nX: y"));
	ck_assert_ptr_null(answer_of("Basic realm=x", "a\177", "c"));
	ck_assert_ptr_null(answer_of(DIGEST, "a\tb", "c"));
	ck_assert_ptr_null(answer_of(DIGEST, "a", "\033"));
	ck_assert_ptr_nonnull(answer_of(DIGEST, "a:b", "c"));
}
END_TEST

START_TEST(what_is_too_long_is_not_answered)
{
	static const size_t lengths[] = { 3200, 4000, 4090, 4096, 5000, 70000 };

	for (size_t i = 0; i < COUNT(lengths); i++) {
		char *text = xcalloc(1, lengths[i] + 1);

		memset(text, '"', lengths[i]);
		ck_assert_ptr_null(answer_of(DIGEST, text, "p"));
		ck_assert_ptr_null(answer_of("Basic realm=x", text, "p"));
		ck_assert_ptr_null(answer_of("Basic realm=x", "u", text));
		free(text);
	}
}
END_TEST

START_TEST(an_answer_has_a_largest_size)
{
	/* in Basic, three bytes make four */
	static const size_t longest = (HTTP_AUTH_MAX - 1 - 6) / 4 * 3;
	char *text = xcalloc(1, HTTP_AUTH_MAX);

	memset(text, 'x', longest - 2);
	ck_assert_ptr_nonnull(answer_of("Basic realm=x", "u", text));
	text[longest - 2] = 'x';
	ck_assert_ptr_null(answer_of("Basic realm=x", "u", text));
	free(text);
}
END_TEST

/* All of it, or nothing. */
START_TEST(an_answer_is_never_cut)
{
	size_t longest = 0, shortest = SIZE_MAX;

	for (size_t len = 3700; len < HTTP_AUTH_MAX; len++) {
		char user[HTTP_AUTH_MAX] = "";
		const char *answer;

		memset(user, 'x', len);
		answer = answer_of(DIGEST, user, "p");
		if (answer == NULL && len < shortest)
			shortest = len;
		if (answer == NULL)
			continue;
		longest = len;
		if (answer[strlen(answer) - 1] != '"')
			ck_abort_msg("%zu: %s", len, answer);
	}
	ck_assert_uint_gt(longest, 3700);
	ck_assert_uint_eq(shortest, longest + 1);
}
END_TEST

START_TEST(a_password_is_never_cut)
{
	char password[HTTP_AUTH_MAX + 2] = "";

	memset(password, 'x', HTTP_AUTH_MAX + 1);
	ck_assert_ptr_null(answer_of(DIGEST, USER, password));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_examples_of_rfc_7616,
		without_qop_it_is_rfc_2069,
		a_session_hashes_the_nonces_too,
		a_user_may_be_hashed,
		quotes_and_backslashes_are_escaped,
		basic_is_base64,
		some_users_cannot_be_named,
		what_is_too_long_is_not_answered,
		an_answer_has_a_largest_size,
		an_answer_is_never_cut,
		a_password_is_never_cut,
	};
	int failed = run_tests("http_auth", tests, COUNT(tests));

	return failed != 0;
}
