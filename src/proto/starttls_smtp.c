/* SPDX-License-Identifier: ISC */
/* starttls_smtp.c - STARTTLS of SMTP (RFC 3207) */
#include "starttls_talk.h"

/* RFC 5321 section 4.2.3 */
#define SMTP_READY 220
#define SMTP_OK    250

enum step { GREETING, EHLO, STARTTLS };

static enum dialogue_result
take_line(struct starttls_talk *t)
{
	enum dialogue_result result =
	    starttls_take_reply(t, t->step == EHLO ? SMTP_OK : SMTP_READY);

	if (result == DIALOGUE_FAILED || t->step != EHLO)
		return result;
	/* RFC 5321 section 4.1.1.1 */
	if (starttls_line_begins(t, "250-STARTTLS") ||
	    starttls_line_begins(t, "250 STARTTLS"))
		t->offered = true;
	if (result == DIALOGUE_DONE && !t->offered)
		return dialogue_fail(
		    &t->dialogue, "the server does not offer STARTTLS");
	return result;
}

const struct starttls_server starttls_smtp = {
	.ops = { .name = "smtp", .hear = starttls_hear, .free = starttls_free },
	.title = "SMTP",
	.commands = { { .tag = "", .word = "EHLO", .named = true },
	    { .tag = "", .word = "STARTTLS" } },
	.take_line = take_line,
};
