/* SPDX-License-Identifier: ISC */
/* http_challenge.c - what a proxy asks for (http_auth.h) */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "http_auth.h"

/* bytes; a longer token is none that we know */
#define TOKEN_MAX 32

/* RFC 7616 section 6.1 */
struct algorithm {
	const char *name;
	enum http_auth auth;
	bool session;
};

static const struct algorithm algorithms[] = {
	{ "MD5", HTTP_AUTH_DIGEST_MD5, false },
	{ "MD5-sess", HTTP_AUTH_DIGEST_MD5, true },
	{ "SHA-256", HTTP_AUTH_DIGEST_SHA256, false },
	{ "SHA-256-sess", HTTP_AUTH_DIGEST_SHA256, true },
};

/* A challenge while it is read. */
struct candidate {
	struct http_challenge challenge;
	char scheme[TOKEN_MAX]; /* "": there is none */
	const struct algorithm *algorithm;
	bool has_realm, has_nonce, has_qop;
	bool bad; /* a value is too long, or has no end */
};

static const char *
skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* RFC 9110 section 5.6.2; where it ends.  What does not fit is cut. */
static const char *
read_token(const char *at, char token[static TOKEN_MAX])
{
	size_t len = 0;

	while (isalnum((unsigned char)at[len]) ||
	    (at[len] != '\0' && strchr("!#$%&'*+-.^_`|~", at[len]) != NULL))
		len++;
	snprintf(token, TOKEN_MAX, "%.*s", (int)len, at);
	return at + len;
}

/* A quoted string without its quotes and escapes (RFC 9110 section 5.6.4), or
 * what stands there up to a blank or comma.  False: too long, or no end */
static bool
read_value(const char *at, char value[static HTTP_AUTH_VALUE])
{
	bool quoted = *at == '"';
	size_t len = 0;

	for (at += quoted; *at != (quoted ? '"' : ','); at++) {
		if (!quoted && (*at == '\0' || *at == ' ' || *at == '\t'))
			break;
		if (quoted && *at == '\\')
			at++;
		if (*at == '\0' || len == HTTP_AUTH_VALUE - 1)
			return false;
		value[len++] = *at;
	}
	value[len] = '\0';
	return true;
}

/* The next item of a list; a comma in a quoted string does not end one. */
static const char *
next_item(const char *at)
{
	bool quoted = false;

	for (; *at != '\0' && (quoted || *at != ','); at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (quoted && at[0] == '\\' && at[1] != '\0')
			at++;
	}
	return at + strspn(at, ", \t");
}

static const struct algorithm *
find_algorithm(const char *name)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]);
	     i++) {
		if (strcasecmp(name, algorithms[i].name) == 0)
			return &algorithms[i];
	}
	return NULL;
}

/* A list of words, as "auth,auth-int" */
static bool
has_word(const char *list, const char *word)
{
	while (*list != '\0') {
		size_t len = strcspn(list, ", \t");

		if (len == strlen(word) && strncasecmp(list, word, len) == 0)
			return true;
		list += len;
		list += strspn(list, ", \t");
	}
	return false;
}

/* RFC 7616 section 3.3; others are passed over */
static void
take_parameter(struct candidate *c, const char *name, const char *value)
{
	struct http_challenge *ch = &c->challenge;

	if (strcasecmp(name, "realm") == 0) {
		c->has_realm = true;
		strlcpy(ch->realm, value, sizeof(ch->realm));
	} else if (strcasecmp(name, "nonce") == 0) {
		c->has_nonce = true;
		strlcpy(ch->nonce, value, sizeof(ch->nonce));
	} else if (strcasecmp(name, "opaque") == 0) {
		ch->has_opaque = true;
		strlcpy(ch->opaque, value, sizeof(ch->opaque));
	} else if (strcasecmp(name, "algorithm") == 0) {
		c->algorithm = find_algorithm(value);
		ch->algorithm =
		    c->algorithm == NULL ? NULL : c->algorithm->name;
		ch->session = c->algorithm != NULL && c->algorithm->session;
	} else if (strcasecmp(name, "qop") == 0) {
		c->has_qop = true;
		ch->qop_auth = has_word(value, "auth");
	} else if (strcasecmp(name, "stale") == 0) {
		ch->stale = strcasecmp(value, "true") == 0;
	} else if (strcasecmp(name, "userhash") == 0) {
		ch->userhash = strcasecmp(value, "true") == 0;
	}
}

static void
candidate_begin(struct candidate *c, const char *scheme)
{
	*c = (struct candidate){ .algorithm = find_algorithm("MD5") };
	strlcpy(c->scheme, scheme, sizeof(c->scheme));
}

/* With -sess the proxy needs the client's nonce, which is only said together
 * with a quality of protection. */
static enum http_auth
candidate_auth(const struct candidate *c)
{
	const struct algorithm *a = c->algorithm;

	if (c->bad)
		return HTTP_AUTH_NONE;
	if (strcasecmp(c->scheme, "Basic") == 0)
		return HTTP_AUTH_BASIC;
	if (strcasecmp(c->scheme, "Digest") != 0 || a == NULL)
		return HTTP_AUTH_NONE;
	if (!c->has_realm || !c->has_nonce)
		return HTTP_AUTH_NONE;
	if (!c->challenge.qop_auth && (c->has_qop || a->session))
		return HTTP_AUTH_NONE;
	return a->auth;
}

static void
candidate_end(struct candidate *c, struct http_challenge *best)
{
	enum http_auth auth = candidate_auth(c);

	if (c->scheme[0] == '\0')
		return;
	if (auth == HTTP_AUTH_NONE) {
		if (best->others[0] != '\0')
			strlcat(best->others, ", ", sizeof(best->others));
		strlcat(best->others, c->scheme, sizeof(best->others));
	}
	if (auth <= best->auth)
		return;
	c->challenge.auth = auth;
	*best = c->challenge;
}

/* An item is a scheme, a parameter, or a scheme and its first parameter.  In
 * place of that one may be a "token68", which ends in "=" at most. */
static void
read_item(const char *at, struct candidate *c, struct http_challenge *best)
{
	char name[TOKEN_MAX], value[HTTP_AUTH_VALUE];

	at = skip_blanks(read_token(at, name));
	if (*at != '=' && name[0] != '\0') {
		candidate_end(c, best);
		candidate_begin(c, name);
		at = skip_blanks(read_token(at, name));
	}
	if (*at != '=')
		return;
	if (read_value(skip_blanks(at + 1), value))
		take_parameter(c, name, value);
	else
		c->bad = true;
}

void
http_challenge_read(struct http_challenge *best, const char *field)
{
	struct candidate c = { .scheme = "" };

	for (field += strspn(field, ", \t"); *field != '\0';
	     field = next_item(field))
		read_item(field, &c, best);
	candidate_end(&c, best);
}
