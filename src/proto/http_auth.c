/* SPDX-License-Identifier: ISC */
/* http_auth.c - the answer to what a proxy asks for */
#include <sys/types.h>

#include <ctype.h>
#include <md5.h>
#include <netinet/in.h>
#include <resolv.h>
#include <sha2.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "http_auth.h"

/* bytes; the longest hash in hexadecimal digits */
#define HASH_HEX SHA256_DIGEST_STRING_LENGTH
/* a nonce is answered once only; RFC 7616 section 3.4 */
#define NONCE_COUNT "00000001"

/* Text that grows up to HTTP_AUTH_MAX. */
struct writer {
	char *text;
	size_t len;
	bool full;
};

static void add(struct writer *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

static void
add(struct writer *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->text + w->len, HTTP_AUTH_MAX - w->len, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= HTTP_AUTH_MAX - w->len)
		w->full = true;
	else
		w->len += (size_t)n;
}

static void
add_quoted(struct writer *w, const char *name, const char *value)
{
	add(w, "%s=\"", name);
	for (; *value != '\0'; value++)
		add(w, "%s%c", strchr("\"\\", *value) == NULL ? "" : "\\",
		    *value);
	add(w, "\", ");
}

/* The hash of the parts, joined by colons, in hexadecimal.  -1: too long */
static int
hash(const struct http_challenge *ch, char hex[static HASH_HEX],
    const char *const *parts, size_t count)
{
	char joined[HTTP_AUTH_MAX];
	struct writer w = { .text = joined };

	for (size_t i = 0; i < count; i++)
		add(&w, "%s%s", i == 0 ? "" : ":", parts[i]);
	if (ch->auth == HTTP_AUTH_DIGEST_MD5)
		MD5Data((const uint8_t *)joined, w.len, hex);
	else
		SHA256Data((const uint8_t *)joined, w.len, hex);
	explicit_bzero(joined, sizeof(joined));
	return w.full ? -1 : 0;
}

/* Control characters cannot stand in a field, nor in a password (RFC 7617
 * section 2). */
static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++) {
		if (iscntrl((unsigned char)*text))
			return true;
	}
	return false;
}

static int
answer_basic(char text[static HTTP_AUTH_MAX], const struct credentials *who)
{
	static const char scheme[] = "Basic ";
	char joined[HTTP_AUTH_MAX];
	struct writer w = { .text = joined };
	int n = -1;

	if (strchr(who->user, ':') != NULL)
		return -1;
	add(&w, "%s:%s", who->user, who->password);
	strlcpy(text, scheme, HTTP_AUTH_MAX);
	if (!w.full)
		n = b64_ntop((const uint8_t *)joined, w.len,
		    text + strlen(scheme), HTTP_AUTH_MAX - strlen(scheme));
	explicit_bzero(joined, sizeof(joined));
	return n == -1 ? -1 : 0;
}

/* What answers a Digest challenge, in hexadecimal. */
struct response {
	char user[HASH_HEX]; /* RFC 7616 section 3.4.4 */
	char a1[HASH_HEX];   /* sections 3.4.2 and 3.4.3 */
	char a2[HASH_HEX];
	char value[HASH_HEX]; /* section 3.4.1 */
};

/* -1: something is too long */
static int
respond(struct response *r, const struct http_challenge *ch,
    const struct credentials *who, const struct http_auth_request *request)
{
	const char *const user[] = { who->user, ch->realm, who->password };
	const char *const session[] = { r->a1, ch->nonce, request->cnonce };
	const char *const asked[] = { request->method, request->uri };
	const char *const with_qop[] = { r->a1, ch->nonce, NONCE_COUNT,
		request->cnonce, "auth", r->a2 };
	const char *const without[] = { r->a1, ch->nonce, r->a2 };

	if (hash(ch, r->user, user, 2) == -1 || hash(ch, r->a1, user, 3) == -1)
		return -1;
	if (ch->session && hash(ch, r->a1, session, 3) == -1)
		return -1;
	if (hash(ch, r->a2, asked, 2) == -1)
		return -1;
	return ch->qop_auth ? hash(ch, r->value, with_qop, 6) :
			      hash(ch, r->value, without, 3);
}

/* RFC 7616 section 3.4 says what is quoted and what is not. */
static int
answer_digest(char text[static HTTP_AUTH_MAX], const struct http_challenge *ch,
    const struct credentials *who, const struct http_auth_request *request)
{
	struct writer w = { .text = text };
	struct response r;

	if (respond(&r, ch, who, request) == -1)
		return -1;
	add(&w, "Digest ");
	add_quoted(&w, "username", ch->userhash ? r.user : who->user);
	add_quoted(&w, "realm", ch->realm);
	add_quoted(&w, "nonce", ch->nonce);
	add_quoted(&w, "uri", request->uri);
	if (ch->algorithm != NULL)
		add(&w, "algorithm=%s, ", ch->algorithm);
	if (ch->qop_auth)
		add(&w, "qop=auth, nc=%s, cnonce=\"%s\", ", NONCE_COUNT,
		    request->cnonce);
	if (ch->has_opaque)
		add_quoted(&w, "opaque", ch->opaque);
	if (ch->userhash)
		add(&w, "userhash=true, ");
	add(&w, "response=\"%s\"", r.value);
	explicit_bzero(&r, sizeof(r));
	return w.full ? -1 : 0;
}

int
http_auth_answer(char text[HTTP_AUTH_MAX], const struct http_challenge *ch,
    const struct credentials *who, const struct http_auth_request *request)
{
	if (has_control(who->user) || has_control(who->password))
		return -1;
	if (ch->auth == HTTP_AUTH_BASIC)
		return answer_basic(text, who);
	return answer_digest(text, ch, who, request);
}
