/* SPDX-License-Identifier: ISC */
/* tls_report.c - a TLS session in sentences */
#include <stdarg.h>
#include <stdio.h>

#include "tls_report.h"

/* bytes; the longest facts with the words around them */
#define LINE_SIZE (4 * TLS_NAMES_LEN)

static void __attribute__((format(printf, 3, 4)))
say(struct lines *lines, enum line_kind kind, const char *fmt, ...)
{
	char text[LINE_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	lines_add(lines, kind, text);
}

void
tls_report_certificate(struct lines *lines, const struct tls_certificate *c)
{
	if (c->pin[0] == '\0')
		return;
	say(lines, LINE_NOTE, "Certificate of %s, from %s, for %s", c->subject,
	    c->issuer, c->names[0] == '\0' ? "no names" : c->names);
	say(lines, LINE_NOTE, "Certificate valid from %s to %s, %s",
	    c->not_before, c->not_after, c->pin);
}

void
tls_report(struct lines *lines, const struct tls_facts *facts,
    const struct address_text *peer, bool insecure)
{
	char where[ADDRESS_JOINED + sizeof(" port ")];

	snprintf(where, sizeof(where), "%s%s%s", peer->host,
	    peer->port[0] == '\0' ? "" : " port ", peer->port);
	if (insecure)
		say(lines, LINE_ERROR,
		    "certificate of %s not verified (--tls-insecure)", where);
	say(lines, LINE_NOTE, "TLS with %s: %s, %s%s%s", where, facts->version,
	    facts->cipher, facts->alpn[0] == '\0' ? "" : ", ALPN ",
	    facts->alpn);
	tls_report_certificate(lines, &facts->peer);
}
