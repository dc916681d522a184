/* SPDX-License-Identifier: ISC */
/* proxy_rig.c - a dialogue with an HTTP proxy that knows mufasa's secret */
#include <stdio.h>
#include <stdlib.h>

#include "proxy_rig.h"
#include "xalloc.h"

#define REQUEST \
	"CONNECT " PROXY_TARGET " HTTP/1.1\r\nHost: " PROXY_TARGET "\r\n"

static const char *
ask(void *arg)
{
	struct proxy_rig *r = arg;

	r->asked++;
	return r->password;
}

void
proxy_rig_open(struct proxy_rig *r, const char *user, const char *password)
{
	const struct http_connect_request request = { "example.com", 443,
		&r->who };

	r->who = (struct credentials){ .user = user, .ask = ask, .arg = r };
	r->password = password;
	r->asked = 0;
	r->d = http_connect_dialogue(&request);
}

void
expect_request(struct dialogue *d, const char *fields)
{
	char text[8192];

	snprintf(text, sizeof(text), "%s%s\r\n", REQUEST, fields);
	expect_said(d, text, strlen(text));
}

enum dialogue_result
tell(struct dialogue *d, const char *answer, size_t step)
{
	size_t len = strlen(answer), size = len + sizeof(SESSION), used;
	char *bytes = xcalloc(1, size);
	enum dialogue_result result;

	snprintf(bytes, size, "%s%s", answer, SESSION);
	result = hear(d, bytes, size - 1, step, &used);
	if (used != len)
		ck_abort_msg("%s: %zu taken", answer, used);
	free(bytes);
	return result;
}

void
check_answer(const char *user, const char *answer, enum dialogue_result end,
    int error_code, const char *error)
{
	static const size_t steps[] = { 1, 2, 5, SIZE_MAX };

	for (size_t i = 0; i < COUNT(steps); i++) {
		struct proxy_rig r;

		proxy_rig_open(&r, user, "secret");
		expect_request(r.d, "");
		ck_assert_int_eq(tell(r.d, answer, steps[i]), end);
		ck_assert_str_eq(r.d->error, error);
		ck_assert_int_eq(r.d->error_code, error_code);
		ck_assert_uint_eq(r.d->out.len, 0);
		ck_assert_uint_eq(r.asked, 0);
		dialogue_free(r.d);
	}
}
