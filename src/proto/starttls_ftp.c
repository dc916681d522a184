/* SPDX-License-Identifier: ISC */
/* starttls_ftp.c - AUTH TLS of FTP (RFC 4217 section 4) */
#include "starttls_talk.h"

/* RFC 959 section 4.2.2, RFC 2228 section 5.1 */
#define FTP_READY 220
#define FTP_AUTH  234

static enum dialogue_result
take_line(struct starttls_talk *t)
{
	return starttls_take_reply(t, t->step == 0 ? FTP_READY : FTP_AUTH);
}

const struct starttls_server starttls_ftp = {
	.ops = { .name = "ftp", .hear = starttls_hear, .free = starttls_free },
	.title = "FTP",
	.commands = { { .tag = "", .word = "AUTH TLS" } },
	.take_line = take_line,
};
