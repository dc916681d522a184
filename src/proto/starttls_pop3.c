/* SPDX-License-Identifier: ISC */
/* starttls_pop3.c - STLS of POP3 (RFC 2595 section 4) */
#include "starttls_talk.h"

/* RFC 1939 section 3 */
static enum dialogue_result
take_line(struct starttls_talk *t)
{
	if (starttls_line_begins(t, "+OK"))
		return DIALOGUE_DONE;
	return starttls_line_begins(t, "-ERR") ? starttls_refused(t) :
						 starttls_strange(t);
}

const struct starttls_server starttls_pop3 = {
	.ops = { .name = "pop3", .hear = starttls_hear, .free = starttls_free },
	.title = "POP3",
	.commands = { { .tag = "", .word = "STLS" } },
	.take_line = take_line,
};
