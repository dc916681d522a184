/* SPDX-License-Identifier: ISC */
/* starttls.c - how a server is asked to speak TLS from now on */
#include <stdlib.h>
#include <string.h>

#include "starttls_talk.h"
#include "xalloc.h"

/* bytes; a name has no more (RFC 5321 section 4.5.3.1.2) */
#define NAME_MAX_LEN 255
/* bytes; both commands, with a name */
#define SAID_MAX (NAME_MAX_LEN + 64)

/* A Domain or an address-literal of RFC 5321 section 4.1.2; "_" is common. */
#define NAME_CHARS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_[:]"

static const struct starttls_server *const servers[] = {
	[STARTTLS_SMTP] = &starttls_smtp,
	[STARTTLS_IMAP] = &starttls_imap,
	[STARTTLS_POP3] = &starttls_pop3,
	[STARTTLS_FTP] = &starttls_ftp,
	[STARTTLS_POSTGRES] = &starttls_postgres,
};

static bool
can_be_said(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAME_MAX_LEN &&
	    strspn(name, NAME_CHARS) == len;
}

struct dialogue *
starttls_dialogue(enum starttls_protocol protocol, const char *our_name)
{
	struct starttls_talk *t = xcalloc(1, sizeof(*t));

	if (our_name == NULL || !can_be_said(our_name))
		our_name = "localhost";
	t->server = servers[protocol];
	t->dialogue.ops = &t->server->ops;
	t->our_name = our_name;
	buffer_init(&t->dialogue.out, SAID_MAX);
	if (t->server->open != NULL)
		t->server->open(t);
	return &t->dialogue;
}
