/* SPDX-License-Identifier: ISC */
/* starttls_imap.c - STARTTLS of IMAP (RFC 3501 section 6.2.1) */
#include "starttls_talk.h"

/* RFC 3501 section 7.1 */
static enum dialogue_result
take_greeting(struct starttls_talk *t)
{
	char shown[STARTTLS_SHOWN];

	if (starttls_line_begins(t, "* OK"))
		return DIALOGUE_DONE;
	if (starttls_line_begins(t, "* BYE"))
		return starttls_refused(t);
	if (!starttls_line_begins(t, "* PREAUTH"))
		return starttls_strange(t);
	return dialogue_fail(&t->dialogue,
	    "the server has logged us in without TLS: %s",
	    starttls_show(shown, t->heard, t->len));
}

static enum dialogue_result
take_line(struct starttls_talk *t)
{
	if (t->step == 0)
		return take_greeting(t);
	if (starttls_line_begins(t, "a OK"))
		return DIALOGUE_DONE;
	if (starttls_line_begins(t, "a NO") ||
	    starttls_line_begins(t, "a BAD") ||
	    starttls_line_begins(t, "* BYE"))
		return starttls_refused(t);
	return starttls_line_begins(t, "*") ? DIALOGUE_MORE :
					      starttls_strange(t);
}

const struct starttls_server starttls_imap = {
	.ops = { .name = "imap", .hear = starttls_hear, .free = starttls_free },
	.title = "IMAP",
	.commands = { { .tag = "a ", .word = "STARTTLS" } },
	.take_line = take_line,
};
