/* SPDX-License-Identifier: ISC */
/* socks_script.c - what a SOCKS client and its proxy say to each other */
#include "socks_script.h"

static const char *
ask(void *arg)
{
	struct socks_rig *r = arg;

	r->asked++;
	return r->password;
}

void
socks_rig_init(struct socks_rig *r, const struct script *s)
{
	struct socks_request request = { s->version, s->host, s->port,
		&r->who };

	r->who = (struct credentials){ .user = s->user, .ask = ask, .arg = r };
	r->password = s->password;
	r->asked = 0;
	r->d = socks_dialogue(&request);
}

static void
check_end(const struct dialogue *d, const struct script *s,
    enum dialogue_result result)
{
	ck_assert_int_eq(result, s->end);
	ck_assert_str_eq(d->error, s->error == NULL ? "" : s->error);
	ck_assert_int_eq(d->error_code, s->error_code);
}

/* Each answer for itself, as the proxy gives it. */
static void
play(const struct script *s, size_t step)
{
	enum dialogue_result result = DIALOGUE_MORE;
	struct socks_rig r;

	socks_rig_init(&r, s);
	for (size_t i = 0; i < COUNT(s->turns) && s->turns[i].heard.at; i++) {
		struct bytes said = s->turns[i].said;
		struct bytes heard = s->turns[i].heard;
		size_t used;

		ck_assert_int_eq(result, DIALOGUE_MORE);
		expect_said(r.d, said.at, said.len);
		result = hear(r.d, heard.at, heard.len, step, &used);
		ck_assert_uint_eq(used, heard.len);
	}
	check_end(r.d, s, result);
	ck_assert_uint_eq(r.d->out.len, 0);
	dialogue_free(r.d);
}

/* All answers at once, and the session behind them. */
static void
play_at_once(const struct script *s, size_t step)
{
	char bytes[1024];
	size_t len = 0, used;
	struct socks_rig r;

	socks_rig_init(&r, s);
	for (size_t i = 0; i < COUNT(s->turns) && s->turns[i].heard.at; i++) {
		memcpy(
		    bytes + len, s->turns[i].heard.at, s->turns[i].heard.len);
		len += s->turns[i].heard.len;
	}
	memcpy(bytes + len, SESSION, sizeof(SESSION));
	check_end(r.d, s, hear(r.d, bytes, len + strlen(SESSION), step, &used));
	ck_assert_uint_eq(used, len);
	dialogue_free(r.d);
}

void
play_all(const struct script *scripts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t step = 1; step <= 12; step++) {
			play(&scripts[i], step);
			play_at_once(&scripts[i], step);
		}
		play(&scripts[i], SIZE_MAX);
		play_at_once(&scripts[i], SIZE_MAX);
	}
}
