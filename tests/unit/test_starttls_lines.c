/* SPDX-License-Identifier: ISC */
/* test_starttls_lines.c - STARTTLS of IMAP, STLS of POP3, AUTH TLS of FTP */
#include "starttls_script.h"

#define NOTHING BYTES("")

#define IMAP_HELLO BYTES("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n")
#define IMAP_ASKED BYTES("a STARTTLS\r\n")
#define POP3_HELLO BYTES("+OK ready <1.2@pop.example>\r\n")
#define POP3_ASKED BYTES("STLS\r\n")
#define FTP_HELLO  BYTES("220 (vsFTPd 3.0.3)\r\n")
#define FTP_ASKED  BYTES("AUTH TLS\r\n")

START_TEST(imap_says_yes)
{
	static const struct talk_script scripts[] = {
		{ { { NOTHING, IMAP_HELLO },
		      { IMAP_ASKED, BYTES("a OK Begin TLS\r\n") } },
		    NULL },
		{ { { NOTHING, BYTES("* ok\n") },
		      { IMAP_ASKED, BYTES("a ok\n") } },
		    NULL },
		{ { { NOTHING, IMAP_HELLO },
		      { IMAP_ASKED,
			  BYTES(
			      "* CAPABILITY IMAP4rev1\r\n* OK still here\r\n"
			      "* NO not so\r\n* PREAUTH\r\n*\r\na OK\r\n") } },
		    NULL },
	};

	play_starttls(STARTTLS_IMAP, scripts, COUNT(scripts));
}
END_TEST

START_TEST(imap_says_no)
{
	static const struct talk_script scripts[] = {
		{ { { NOTHING, BYTES("* BYE too many\r\n") } },
		    "the server turns us away: * BYE too many" },
		{ { { NOTHING, BYTES("* PREAUTH as \33root\r\n") } },
		    "the server has logged us in without TLS: "
		    "* PREAUTH as ^[root" },
		{ { { NOTHING, IMAP_HELLO },
		      { IMAP_ASKED, BYTES("a NO not here\r\n") } },
		    "the server refuses STARTTLS: a NO not here" },
		{ { { NOTHING, IMAP_HELLO },
		      { IMAP_ASKED, BYTES("* OK\r\na BAD unknown\r\n") } },
		    "the server refuses STARTTLS: a BAD unknown" },
		{ { { NOTHING, IMAP_HELLO },
		      { IMAP_ASKED, BYTES("* BYE leaving\r\n") } },
		    "the server refuses STARTTLS: * BYE leaving" },
	};

	play_starttls(STARTTLS_IMAP, scripts, COUNT(scripts));
}
END_TEST

START_TEST(imap_says_nonsense)
{
	static const struct talk_script scripts[] = {
		{ { { NOTHING, BYTES("* OKAY\r\n") } },
		    "the server does not speak IMAP: it says \"* OKAY\"" },
		{ { { NOTHING, BYTES("a OK\r\n") } },
		    "the server does not speak IMAP: it says \"a OK\"" },
		{ { { NOTHING, IMAP_HELLO },
		      { IMAP_ASKED, BYTES("b OK\r\n") } },
		    "the server does not speak IMAP: it says \"b OK\"" },
		{ { { NOTHING, IMAP_HELLO },
		      { IMAP_ASKED, BYTES("+ ok\r\n") } },
		    "the server does not speak IMAP: it says \"+ ok\"" },
	};

	play_starttls(STARTTLS_IMAP, scripts, COUNT(scripts));
}
END_TEST

START_TEST(pop3)
{
	static const struct talk_script scripts[] = {
		{ { { NOTHING, POP3_HELLO },
		      { POP3_ASKED, BYTES("+OK Begin TLS negotiation\r\n") } },
		    NULL },
		{ { { NOTHING, BYTES("+OK\n") },
		      { POP3_ASKED, BYTES("+OK\n") } },
		    NULL },
		{ { { NOTHING, BYTES("-ERR [SYS/TEMP] busy\r\n") } },
		    "the server turns us away: -ERR [SYS/TEMP] busy" },
		{ { { NOTHING, POP3_HELLO },
		      { POP3_ASKED, BYTES("-ERR TLS is not for you\t\r\n") } },
		    "the server refuses STLS: -ERR TLS is not for you\\011" },
		{ { { NOTHING, BYTES("+OKAY\r\n") } },
		    "the server does not speak POP3: it says \"+OKAY\"" },
		{ { { NOTHING, POP3_HELLO },
		      { POP3_ASKED, BYTES("220 x\r\n") } },
		    "the server does not speak POP3: it says \"220 x\"" },
	};

	play_starttls(STARTTLS_POP3, scripts, COUNT(scripts));
}
END_TEST

START_TEST(ftp_says_yes)
{
	static const struct talk_script scripts[] = {
		{ { { NOTHING, FTP_HELLO },
		      { FTP_ASKED,
			  BYTES("234 Proceed with negotiation.\r\n") } },
		    NULL },
		{ { { NOTHING,
			BYTES("220-Welcome\r\n  230 no code\r\n"
			      "230 nor this one\r\n\r\n220-nor this\r\n"
			      "220 End\r\n") },
		      { FTP_ASKED, BYTES("234-a\r\nb\r\n234\r\n") } },
		    NULL },
	};

	play_starttls(STARTTLS_FTP, scripts, COUNT(scripts));
}
END_TEST

START_TEST(ftp_says_no)
{
	static const struct talk_script scripts[] = {
		{ { { NOTHING, BYTES("421 There are too many users.\r\n") } },
		    "the server turns us away: 421 There are too many users." },
		{ { { NOTHING, FTP_HELLO },
		      { FTP_ASKED, BYTES("530 Please login.\r\n") } },
		    "the server refuses AUTH TLS: 530 Please login." },
		{ { { NOTHING, FTP_HELLO },
		      { FTP_ASKED, BYTES("334 more\r\n") } },
		    "the server refuses AUTH TLS: 334 more" },
		{ { { NOTHING, FTP_HELLO }, { FTP_ASKED, BYTES("yes\r\n") } },
		    "the server does not speak FTP: it says \"yes\"" },
	};

	play_starttls(STARTTLS_FTP, scripts, COUNT(scripts));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		imap_says_yes,
		imap_says_no,
		imap_says_nonsense,
		pop3,
		ftp_says_yes,
		ftp_says_no,
	};
	int failed = run_tests("starttls_lines", tests, COUNT(tests));

	return failed != 0;
}
