/* SPDX-License-Identifier: ISC */
/* test_starttls.c - what all ways to ask for TLS have in common */
#include <stdio.h>

#include "starttls_script.h"

static const struct {
	enum starttls_protocol protocol;
	const char *name, *title;
} all[] = {
	{ STARTTLS_SMTP, "smtp", "SMTP" },
	{ STARTTLS_IMAP, "imap", "IMAP" },
	{ STARTTLS_POP3, "pop3", "POP3" },
	{ STARTTLS_FTP, "ftp", "FTP" },
	{ STARTTLS_POSTGRES, "postgres", "PostgreSQL" },
};

START_TEST(each_has_its_name)
{
	for (size_t i = 0; i < COUNT(all); i++) {
		struct dialogue *d = starttls_dialogue(all[i].protocol, NULL);

		ck_assert_int_eq(all[i].protocol, (int)i);
		ck_assert_str_eq(d->ops->name, all[i].name);
		dialogue_free(d);
	}
}
END_TEST

static void
check_strange(size_t i, struct bytes heard, const char *shown)
{
	char error[DIALOGUE_ERROR_LEN];
	const struct talk_script script = { .turns = { { BYTES(""), heard } },
		.error = error };

	snprintf(error, sizeof(error),
	    "the server does not speak %s: it says \"%s\"", all[i].title,
	    shown);
	play_starttls(all[i].protocol, &script, 1);
}

START_TEST(another_protocol_is_quoted)
{
	for (size_t i = 0; i < STARTTLS_POSTGRES; i++) {
		check_strange(i,
		    (struct bytes)BYTES("HTTP/1.1 400 Bad Request\r\n"),
		    "HTTP/1.1 400 Bad Request");
		check_strange(
		    i, (struct bytes)BYTES("SSH-2.0-x\n"), "SSH-2.0-x");
		check_strange(i, (struct bytes)BYTES("\r\n"), "");
		check_strange(i, (struct bytes)BYTES("\n"), "");
		check_strange(
		    i, (struct bytes)BYTES("\33[2J\r\r\n"), "^[[2J^M");
	}
}
END_TEST

/* Of a line with a NUL, what is compared would not be what is shown. */
START_TEST(a_line_with_a_nul_is_refused)
{
	static const struct bytes lines[] = { BYTES("220\0 x\r\n"),
		BYTES("* OK\0 x\r\n"), BYTES("+OK\0 x\r\n"),
		BYTES("220\0 x\r\n") };
	static const char *const shown[] = { "220\\000 x", "* OK\\000 x",
		"+OK\\000 x", "220\\000 x" };

	for (size_t i = 0; i < COUNT(lines); i++)
		check_strange(i, lines[i], shown[i]);
}
END_TEST

START_TEST(a_long_line_is_refused)
{
	char error[DIALOGUE_ERROR_LEN];

	snprintf(error, sizeof(error),
	    "the server gives an answer of more than %d bytes",
	    STARTTLS_LINE_MAX);
	for (size_t i = 0; i < STARTTLS_POSTGRES; i++)
		check_flood(all[i].protocol, "", "x", SIZE_MAX, error);
}
END_TEST

/* The longest line, and not a byte more. */
START_TEST(a_line_has_a_limit)
{
	char line[STARTTLS_LINE_MAX + 1] = "+OK ";
	size_t used;

	for (size_t len = STARTTLS_LINE_MAX - 1; len <= STARTTLS_LINE_MAX;
	     len++) {
		struct dialogue *d = starttls_dialogue(STARTTLS_POP3, NULL);
		bool fits = len < STARTTLS_LINE_MAX;

		memset(line + 4, 'x', len - 4);
		line[len] = '\n';
		ck_assert_int_eq(hear(d, line, len + 1, SIZE_MAX, &used),
		    fits ? DIALOGUE_MORE : DIALOGUE_FAILED);
		ck_assert_uint_eq(d->out.len, fits ? strlen("STLS\r\n") : 0);
		dialogue_free(d);
	}
}
END_TEST

START_TEST(all_that_is_said_has_a_limit)
{
	char error[DIALOGUE_ERROR_LEN];

	snprintf(error, sizeof(error),
	    "the server says more than %d bytes before TLS", STARTTLS_ALL_MAX);
	check_flood(STARTTLS_SMTP, "", "220-x\r\n", SIZE_MAX, error);
	check_flood(STARTTLS_SMTP, "220 x\r\n", "250-x\r\n", SIZE_MAX, error);
	check_flood(STARTTLS_IMAP, "* OK x\r\n", "* x\r\n", SIZE_MAX, error);
	check_flood(STARTTLS_FTP, "220-x\r\n", "x\r\n", SIZE_MAX, error);
}
END_TEST

/* So many bytes, and not one more. */
START_TEST(all_ends_with_the_byte_behind_the_limit)
{
	struct dialogue *d = starttls_dialogue(STARTTLS_FTP, NULL);
	size_t heard = strlen("220-\n"), used;

	ck_assert_int_eq(
	    hear(d, "220-\n", heard, SIZE_MAX, &used), DIALOGUE_MORE);
	for (; heard < STARTTLS_ALL_MAX; heard++)
		if (hear(d, "\n", 1, 1, &used) != DIALOGUE_MORE)
			ck_abort_msg("refused after %zu bytes", heard);
	ck_assert_int_eq(hear(d, "\n", 1, 1, &used), DIALOGUE_FAILED);
	dialogue_free(d);
}
END_TEST

START_TEST(noise_ends)
{
	check_noise(STARTTLS_SMTP, (struct bytes)BYTES("22050 -\r\n"));
	check_noise(STARTTLS_IMAP, (struct bytes)BYTES("* OKa\r\n"));
	check_noise(STARTTLS_POP3, (struct bytes)BYTES("+OK \r\n"));
	check_noise(STARTTLS_FTP, (struct bytes)BYTES("2340 -\r\n"));
	check_noise(STARTTLS_POSTGRES, (struct bytes)BYTES("EEEM\0"));
}
END_TEST

START_TEST(what_has_failed_stays_so)
{
	for (size_t i = 0; i < COUNT(all); i++) {
		struct dialogue *d = starttls_dialogue(all[i].protocol, NULL);
		size_t used;

		ck_assert_int_eq(
		    hear(d, "?\n", 2, SIZE_MAX, &used), DIALOGUE_FAILED);
		ck_assert_int_eq(hear(d, "S", 1, 1, &used), DIALOGUE_FAILED);
		ck_assert_uint_eq(used, 0);
		dialogue_free(d);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_has_its_name,
		another_protocol_is_quoted,
		a_line_with_a_nul_is_refused,
		a_long_line_is_refused,
		a_line_has_a_limit,
		all_that_is_said_has_a_limit,
		all_ends_with_the_byte_behind_the_limit,
		noise_ends,
		what_has_failed_stays_so,
	};
	int failed = run_tests("starttls", tests, COUNT(tests));

	return failed != 0;
}
