/* SPDX-License-Identifier: ISC */
/* test_http_connect.c - the CONNECT method, as a client speaks it */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "http_head.h"
#include "proxy_rig.h"
#include "xalloc.h"

static void
check_done(const char *answer)
{
	check_answer(NULL, answer, DIALOGUE_DONE, 0, "");
}

static void
check_failed(const char *answer, int error_code, const char *error)
{
	check_answer(NULL, answer, DIALOGUE_FAILED, error_code, error);
}

START_TEST(any_2xx_is_a_yes)
{
	check_done(PROXY_OK);
	check_done("HTTP/1.0 200 Connection established\r\n\r\n");
	check_done("HTTP/1.1 201 Created\r\nVia: x\r\n\r\n");
	check_done("HTTP/1.1 299\n\n");
	/* no content follows; RFC 9110 section 9.3.6 */
	check_done("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
	check_done("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
}
END_TEST

START_TEST(interim_answers_are_passed_over)
{
	check_done("HTTP/1.1 100 Continue\r\n\r\n" PROXY_OK);
	check_done("HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
		   "HTTP/1.1 199\r\n\r\n" PROXY_OK);
	check_failed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 No\r\n\r\n", 0,
	    "\"HTTP/1.1 403 No\"");
	check_failed("HTTP/1.1 101 Switching Protocols\r\n\r\n", 0,
	    "\"HTTP/1.1 101 Switching Protocols\"");
}
END_TEST

START_TEST(interim_answers_have_a_limit)
{
	static const char interim[] = "HTTP/1.1 102 Wait\r\n\r\n";
	char answer[1024] = "";

	for (int i = 0; i < HTTP_INTERIM_MAX; i++)
		strlcat(answer, interim, sizeof(answer));
	strlcat(answer, PROXY_OK, sizeof(answer));
	check_done(answer);
	strlcpy(answer + HTTP_INTERIM_MAX * strlen(interim), interim, 100);
	check_failed(answer, 0, "\"HTTP/1.1 102 Wait\": too many of these");
}
END_TEST

START_TEST(a_refusal_is_its_status_line)
{
	static const struct {
		const char *line;
		int error_code;
	} cases[] = {
		{ "HTTP/1.1 300 Choices", 0 },
		{ "HTTP/1.1 302 Found", 0 },
		{ "HTTP/1.1 400 Bad Request", 0 },
		{ "HTTP/1.1 401 Unauthorized", 0 },
		{ "HTTP/1.1 403 Forbidden", 0 },
		{ "HTTP/1.0 404 Not Found", EHOSTUNREACH },
		{ "HTTP/1.1 405 Method Not Allowed", 0 },
		{ "HTTP/1.1 500 Oops", 0 },
		{ "HTTP/1.1 502 Bad Gateway", ECONNREFUSED },
		{ "HTTP/1.1 503 Service Unavailable", ECONNREFUSED },
		{ "HTTP/1.1 504 Gateway Timeout", ETIMEDOUT },
		{ "HTTP/1.1 599", 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char answer[128], error[128];

		snprintf(answer, sizeof(answer), "%s\r\nVia: x\r\n\r\n",
		    cases[i].line);
		snprintf(error, sizeof(error), "\"%s\"", cases[i].line);
		check_failed(answer, cases[i].error_code, error);
	}
}
END_TEST

/* The line is the network's, and goes to the user's terminal. */
START_TEST(a_status_line_is_made_visible)
{
	char answer[HTTP_HEAD_MAX] = "HTTP/1.1 403 a\tb\\\302\233", error[128];
	size_t len = strlen(answer);

	strlcat(answer, "\r\n\r\n", sizeof(answer));
	check_failed(answer, 0, "\"HTTP/1.1 403 a\\011b\\M-BM^[\"");
	memset(answer + len, 'x', 10000);
	strlcpy(answer + len + 10000, "\r\n\r\n", 5);
	snprintf(error, sizeof(error), "\"HTTP/1.1 403 a\\011b\\M-BM^[%s\"",
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...");
	check_failed(answer, 0, error);
}
END_TEST

START_TEST(what_is_no_http_is_refused)
{
	static const char *const answers[] = { "S", "\5", "\r\n", "HTTP/2",
		"HTTP/1.1 20\r\n", "HTTP/1.1 200 OK\r\nA: \033", "<",
		"HTTP/1.1 100 Continue\r\n\r\nx",
		"HTTP/1.1 200 OK\r\nfield\r\n" };

	for (size_t i = 0; i < COUNT(answers); i++)
		check_failed(answers[i], 0, "not an HTTP answer");
}
END_TEST

START_TEST(a_nul_is_refused)
{
	struct proxy_rig r;
	size_t used;

	proxy_rig_open(&r, NULL, NULL);
	ck_assert_int_eq(
	    hear(r.d, "HTTP/1.1 200 O\0K\r\n\r\n", 20, SIZE_MAX, &used),
	    DIALOGUE_FAILED);
	ck_assert_str_eq(r.d->error, "not an HTTP answer");
	dialogue_free(r.d);
}
END_TEST

START_TEST(a_large_head_is_refused)
{
	static const size_t steps[] = { 1, 1000, SIZE_MAX };
	size_t size = 65536, used;
	char *bytes = xcalloc(1, size);

	memset(bytes, 'x', size);
	memcpy(bytes, "HTTP/1.1 200 OK\r\nA: ", 20);
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct proxy_rig r;

		proxy_rig_open(&r, NULL, NULL);
		ck_assert_int_eq(
		    hear(r.d, bytes, size, steps[i], &used), DIALOGUE_FAILED);
		ck_assert_str_eq(r.d->error, "head of more than 16384 bytes");
		ck_assert_uint_eq(used, HTTP_HEAD_MAX);
		ck_assert_int_eq(r.d->error_code, 0);
		dialogue_free(r.d);
	}
	free(bytes);
}
END_TEST

static struct dialogue *
dialogue_to(struct credentials *who, const char *host, int port)
{
	const struct http_connect_request request = { host, port, who };

	return http_connect_dialogue(&request);
}

START_TEST(the_target_may_be_an_address)
{
	static const struct {
		const char *host;
		int port;
		const char *target;
	} cases[] = {
		{ "192.0.2.7", 1, "192.0.2.7:1" },
		{ "2001:db8::1", 65535, "[2001:db8::1]:65535" },
		{ "::1", 80, "[::1]:80" },
		{ "xn--bcher-kva.example", 80, "xn--bcher-kva.example:80" },
		{ "under_score.", 80, "under_score.:80" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct credentials who = { .user = NULL };
		struct dialogue *d =
		    dialogue_to(&who, cases[i].host, cases[i].port);
		char text[256];

		ck_assert_str_eq(d->ops->name, "http");
		snprintf(text, sizeof(text),
		    "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", cases[i].target,
		    cases[i].target);
		expect_said(d, text, strlen(text));
		dialogue_free(d);
	}
}
END_TEST

static void
check_unsaid(const char *host, const char *error)
{
	struct credentials who = { .user = NULL };
	struct dialogue *d = dialogue_to(&who, host, 80);
	size_t used;

	ck_assert_str_eq(d->error, error);
	ck_assert_uint_eq(d->out.len, 0);
	ck_assert_int_eq(hear(d, PROXY_OK, 5, 5, &used), DIALOGUE_FAILED);
	ck_assert_uint_eq(used, 0);
	dialogue_free(d);
}

START_TEST(some_hosts_cannot_be_named)
{
	static const char *const hosts[] = { "a b", " ", "a\r\nX: y", "a/b",
		"a@b", "[::1]", "a]", "a:b", "::g", "a\tb", "a\177", "a?b",
		"a#b", "\303\274", "a\"b", "fe80::1%eth0" };
	char *name = xcalloc(1, 257);

	for (size_t i = 0; i < COUNT(hosts); i++)
		check_unsaid(hosts[i], "a name that cannot be said in HTTP");
	check_unsaid("", "no host is named");
	memset(name, 'x', 256);
	check_unsaid(name, "a name of more than 255 bytes");
	free(name);
}
END_TEST

/* Everything as long as it may be. */
START_TEST(the_longest_request_has_room)
{
	char name[256] = "", user[3000] = "", challenge[600];
	struct credentials who = { .user = user, .password = "x" };
	struct dialogue *d;

	memset(name, 'x', 255);
	memset(user, 'x', sizeof(user) - 1);
	memset(challenge, 'x', sizeof(challenge));
	memcpy(challenge, PROXY_ASKS "Digest nonce=n,realm=",
	    strlen(PROXY_ASKS "Digest nonce=n,realm="));
	strlcpy(challenge + 550, "\r\n\r\n", 5);
	d = dialogue_to(&who, name, 65535);
	ck_assert_int_eq(tell(d, challenge, SIZE_MAX), DIALOGUE_RECONNECT);
	ck_assert_uint_gt(d->out.len, 4000);
	dialogue_free(d);
}
END_TEST

/* A dialogue with a proxy that may ask twice: noise, until it ends. */
START_TEST(noise_always_ends)
{
	static const struct bytes likely = BYTES(
	    "\r\n\n\nAB: x,\"\\=\t \r\nProxy-Authenticate: Basic realm=\"x\"");
	static const char *const starts[] = { "", PROXY_ASKS "Digest ",
		PROXY_ASKS "Basic\r\n", "HTTP/1.1 200 OK\r\n",
		"HTTP/1.1 100 Continue\r\n", "HTTP/1.1 500 " };

	for (uint64_t seed = 1; seed <= 4000; seed++) {
		const char *start = starts[seed % COUNT(starts)];
		struct proxy_rig r;
		size_t used;

		proxy_rig_open(&r, seed % 2 ? "mufasa" : NULL, "secret");
		hear(r.d, start, strlen(start), 3, &used);
		hear_noise(r.d, seed, likely,
		    (size_t)HTTP_HEAD_MAX * (HTTP_INTERIM_MAX + 1));
		ck_assert_ptr_null(strpbrk(r.d->error, "\r\n"));
		ck_assert_ptr_null(strstr(r.d->error, "secret"));
		dialogue_free(r.d);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		any_2xx_is_a_yes,
		interim_answers_are_passed_over,
		interim_answers_have_a_limit,
		a_refusal_is_its_status_line,
		a_status_line_is_made_visible,
		what_is_no_http_is_refused,
		a_nul_is_refused,
		a_large_head_is_refused,
		the_target_may_be_an_address,
		some_hosts_cannot_be_named,
		the_longest_request_has_room,
		noise_always_ends,
	};
	int failed = run_tests("http_connect", tests, COUNT(tests));

	return failed != 0;
}
