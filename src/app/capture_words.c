/* SPDX-License-Identifier: ISC */
/* capture_words.c - what the comments of a capture say */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "capture_words.h"
#include "printable.h"
#include "report.h"
#include "tls_facts.h"

const char capture_is_made_up[] =
    "made from the data of sockets: headers, handshakes and segments are not "
    "from the wire";

const char *
capture_command(const struct options *o, char text[static CAPTURE_WORDS])
{
	printable_text(text, CAPTURE_WORDS, o->command, strlen(o->command));
	return text;
}

/* Whatever the text is: it may be a path, or what a peer says. */
static void
comment(struct conversation *c, const char *text)
{
	char shown[CAPTURE_WORDS];

	printable_text(shown, sizeof(shown), text, strlen(text));
	conversation_comment(c, shown);
}

static void
describe_way(struct conversation *c, const struct session *s)
{
	const struct options *o = s->options;
	char text[CAPTURE_WORDS];

	if (o->listen && o->relay != NULL) {
		snprintf(text, sizeof(text), "relayed to %s", o->relay);
		comment(c, text);
	}
	if (o->listen || o->proxy == NULL)
		return;
	snprintf(text, sizeof(text),
	    "to %s port %d through the proxy %s port %d", o->host,
	    s->target_port, o->proxy_host, o->proxy_port);
	comment(c, text);
}

static void
describe_path(struct conversation *c, const struct session *s,
    const struct address *ours, const struct address *theirs)
{
	const struct address *service = s->accepted ? ours : theirs;
	struct address_text path;
	char text[CAPTURE_WORDS];

	if (service->len == 0 || service->addr.ss_family != AF_UNIX)
		return;
	address_format(service, true, &path);
	snprintf(text, sizeof(text), "Unix socket %s%s", path.host,
	    s->options->seqpacket ? " (seqpacket)" :
		s->options->udp   ? " (datagrams)" :
				    "");
	comment(c, text);
}

void
capture_describe(struct conversation *c, const struct session *s,
    const struct address *ours, const struct address *theirs)
{
	char text[CAPTURE_WORDS];

	if (s->number > 1) {
		snprintf(text, sizeof(text), "session %u", s->number);
		comment(c, text);
	}
	describe_way(c, s);
	describe_path(c, s, ours, theirs);
	if (s->tls == NULL)
		return;
	snprintf(text, sizeof(text), "%s plaintext, %s", s->tls->version,
	    s->tls->cipher);
	comment(c, text);
}

void
capture_report(struct conversation *c, const struct session *s)
{
	char *text = report_json_text(s);

	conversation_comment(c, text);
	free(text);
}
