/* SPDX-License-Identifier: ISC */
/* test_starttls_smtp.c - STARTTLS of SMTP */
#include "starttls_script.h"

#define HELLO    BYTES("220 mail.example ESMTP\r\n")
#define EHLO     BYTES("EHLO me.example\r\n")
#define OFFER    BYTES("250-mail.example\r\n250-SIZE 9\r\n250 STARTTLS\r\n")
#define STARTTLS BYTES("STARTTLS\r\n")
#define GO       BYTES("220 2.0.0 Ready to start TLS\r\n")
#define NOTHING  BYTES("")

START_TEST(a_yes)
{
	static const struct talk_script scripts[] = {
		{ { { NOTHING, HELLO }, { EHLO, OFFER }, { STARTTLS, GO } },
		    NULL },
		{ { { NOTHING, BYTES("220\n") }, { EHLO, BYTES("250 x\n") } },
		    "the server does not offer STARTTLS" },
		{ { { NOTHING, BYTES("220-a\r\n220-b\r\n220\r\n") },
		      { EHLO, BYTES("250-x\r\n250-StartTLS\r\n250 HELP\r\n") },
		      { STARTTLS, BYTES("220-a\r\n220 b\r\n") } },
		    NULL },
		{ { { NOTHING, HELLO },
		      { EHLO, BYTES("250-x\n250-STARTTLS \n250 HELP\n") },
		      { STARTTLS, BYTES("220\n") } },
		    NULL },
	};

	play_starttls(STARTTLS_SMTP, scripts, COUNT(scripts));
}
END_TEST

START_TEST(a_server_that_does_not_offer_it)
{
	static const struct talk_script scripts[] = {
		{ { { NOTHING, HELLO },
		      { EHLO, BYTES("250-x\r\n250 STARTTLSX\r\n") } },
		    "the server does not offer STARTTLS" },
		{ { { NOTHING, HELLO },
		      { EHLO, BYTES("250-x\r\n250 X STARTTLS\r\n") } },
		    "the server does not offer STARTTLS" },
	};

	play_starttls(STARTTLS_SMTP, scripts, COUNT(scripts));
}
END_TEST

/* The first line of a refusal has the reason. */
START_TEST(a_no)
{
	static const struct talk_script scripts[] = {
		{ { { NOTHING, BYTES("554-5.7.1 You are listed\r\n") } },
		    "the server turns us away: 554-5.7.1 You are listed" },
		{ { { NOTHING, BYTES("421 busy\r\n") } },
		    "the server turns us away: 421 busy" },
		{ { { NOTHING, HELLO },
		      { EHLO, BYTES("502 what?\33[1m\r\n") } },
		    "the server refuses EHLO: 502 what?^[[1m" },
		{ { { NOTHING, HELLO }, { EHLO, OFFER },
		      { STARTTLS, BYTES("454 TLS not available\r\n") } },
		    "the server refuses STARTTLS: 454 TLS not available" },
		{ { { NOTHING, HELLO }, { EHLO, OFFER },
		      { STARTTLS, BYTES("250 not what was asked\r\n") } },
		    "the server refuses STARTTLS: 250 not what was asked" },
	};

	play_starttls(STARTTLS_SMTP, scripts, COUNT(scripts));
}
END_TEST

START_TEST(nonsense)
{
	static const struct talk_script scripts[] = {
		{ { { NOTHING, BYTES("2200 x\r\n") } },
		    "the server does not speak SMTP: it says \"2200 x\"" },
		{ { { NOTHING, BYTES("22\r\n") } },
		    "the server does not speak SMTP: it says \"22\"" },
		{ { { NOTHING, BYTES("-220 x\r\n") } },
		    "the server does not speak SMTP: it says \"-220 x\"" },
		{ { { NOTHING, HELLO }, { EHLO, BYTES("+OK\r\n") } },
		    "the server does not speak SMTP: it says \"+OK\"" },
	};

	play_starttls(STARTTLS_SMTP, scripts, COUNT(scripts));
}
END_TEST

/* What it calls us is a word of the command, and nothing more. */
START_TEST(our_name)
{
	static const char long_name[256 + 1] =
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	static const struct {
		const char *name, *said;
	} cases[] = {
		{ "a-b_c.example", "EHLO a-b_c.example\r\n" },
		{ "[127.0.0.1]", "EHLO [127.0.0.1]\r\n" },
		{ "[IPv6:::1]", "EHLO [IPv6:::1]\r\n" },
		{ NULL, "EHLO localhost\r\n" },
		{ "", "EHLO localhost\r\n" },
		{ "a b", "EHLO localhost\r\n" },
		{ "a\r\nMAIL FROM:<>", "EHLO localhost\r\n" },
		{ "b\303\274cher", "EHLO localhost\r\n" },
		{ long_name, "EHLO localhost\r\n" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct dialogue *d =
		    starttls_dialogue(STARTTLS_SMTP, cases[i].name);
		size_t used;

		hear(d, "220 x\r\n", 7, SIZE_MAX, &used);
		expect_said(d, cases[i].said, strlen(cases[i].said));
		dialogue_free(d);
	}
}
END_TEST

/* It answers what it was not yet asked: both commands wait to be said. */
START_TEST(the_longest_name_fits)
{
	char name[256];
	struct dialogue *d;
	size_t used;

	memset(name, 'a', sizeof(name) - 1);
	name[255] = '\0';
	d = starttls_dialogue(STARTTLS_SMTP, name);
	ck_assert_int_eq(
	    hear(d, "220 x\r\n250 STARTTLS\r\n220 y\r\n", 28, SIZE_MAX, &used),
	    DIALOGUE_DONE);
	ck_assert_uint_eq(d->out.len, 5 + 255 + 2 + strlen("STARTTLS\r\n"));
	dialogue_free(d);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_yes,
		a_server_that_does_not_offer_it,
		a_no,
		nonsense,
		our_name,
		the_longest_name_fits,
	};
	int failed = run_tests("starttls_smtp", tests, COUNT(tests));

	return failed != 0;
}
