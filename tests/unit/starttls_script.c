/* SPDX-License-Identifier: ISC */
/* starttls_script.c - what we and a server say to each other before TLS */
#include "starttls_script.h"

#define TOO_MUCH "the server says more than its answer before TLS"

static void
check_end(
    const struct dialogue *d, const char *error, enum dialogue_result result)
{
	ck_assert_str_eq(d->error, error == NULL ? "" : error);
	ck_assert_int_eq(
	    result, error == NULL ? DIALOGUE_DONE : DIALOGUE_FAILED);
	ck_assert_int_eq(d->error_code, 0);
}

/* Each answer for itself, as the server gives it. */
static void
play(enum starttls_protocol protocol, const struct talk_script *s, size_t step)
{
	struct dialogue *d = starttls_dialogue(protocol, "me.example");
	enum dialogue_result result = DIALOGUE_MORE;
	size_t used;

	for (size_t i = 0; i < COUNT(s->turns) && s->turns[i].heard.at; i++) {
		struct bytes heard = s->turns[i].heard;

		ck_assert_int_eq(result, DIALOGUE_MORE);
		expect_said(d, s->turns[i].said.at, s->turns[i].said.len);
		result = hear(d, heard.at, heard.len, step, &used);
		ck_assert_uint_eq(used, heard.len);
	}
	check_end(d, s->error, result);
	ck_assert_uint_eq(d->out.len, 0);
	dialogue_free(d);
}

/* All answers at once, and what comes behind them. */
static void
play_at_once(enum starttls_protocol protocol, const struct talk_script *s,
    const char *behind, size_t step)
{
	struct dialogue *d = starttls_dialogue(protocol, "me.example");
	const char *error = s->error;
	size_t len = 0, used;
	char bytes[1024];

	for (size_t i = 0; i < COUNT(s->turns) && s->turns[i].heard.at; i++) {
		memcpy(
		    bytes + len, s->turns[i].heard.at, s->turns[i].heard.len);
		len += s->turns[i].heard.len;
	}
	memcpy(bytes + len, behind, strlen(behind));
	/* it comes in the same read, unless the yes ends one */
	if (error == NULL && behind[0] != '\0' && len % step != 0)
		error = TOO_MUCH;
	check_end(d, error, hear(d, bytes, len + strlen(behind), step, &used));
	ck_assert_uint_eq(used, len);
	dialogue_free(d);
}

static void
play_in_all_ways(
    enum starttls_protocol protocol, const struct talk_script *s, size_t step)
{
	play(protocol, s, step);
	play_at_once(protocol, s, "", step);
	play_at_once(protocol, s, "250 injected\r\n", step);
}

void
play_starttls(enum starttls_protocol protocol,
    const struct talk_script *scripts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t step = 1; step <= 12; step++)
			play_in_all_ways(protocol, &scripts[i], step);
		play_in_all_ways(protocol, &scripts[i], SIZE_MAX);
	}
}

void
check_flood(enum starttls_protocol protocol, const char *answers,
    const char *piece, size_t count, const char *error)
{
	struct dialogue *d = starttls_dialogue(protocol, NULL);
	enum dialogue_result result = DIALOGUE_MORE;
	size_t used;

	hear(d, answers, strlen(answers), SIZE_MAX, &used);
	for (size_t i = 0; i < count && result == DIALOGUE_MORE; i++)
		result = hear(d, piece, strlen(piece), SIZE_MAX, &used);
	check_end(d, error, result);
	dialogue_free(d);
}

void
check_noise(enum starttls_protocol protocol, struct bytes likely)
{
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct dialogue *d = starttls_dialogue(protocol, NULL);

		hear_noise(d, seed, likely, STARTTLS_ALL_MAX + 1);
		dialogue_free(d);
	}
}
