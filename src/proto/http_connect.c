/* SPDX-License-Identifier: ISC */
/* http_connect.c - the CONNECT method, as a client speaks it */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_auth.h"
#include "http_connect.h"
#include "http_head.h"
#include "printable.h"
#include "xalloc.h"

/* bytes; a name has no more (RFC 1035 section 2.3.4) */
#define HOST_MAX 255
/* bytes; "[host]:65535" and its NUL */
#define TARGET_SIZE (HOST_MAX + sizeof("[]:65535"))
/* bytes; the request with two targets, an answer and all between them */
#define REQUEST_MAX (2 * TARGET_SIZE + HTTP_AUTH_MAX + 128)
/* bytes; of a status line in a message */
#define LINE_SHOWN 64
/* bytes; against chosen plaintext, RFC 7616 section 5.12 */
#define CNONCE_LEN 16

/* RFC 9110 section 15 */
enum http_status {
	HTTP_SWITCHING = 101,
	HTTP_NOT_FOUND = 404,
	HTTP_PROXY_AUTH = 407,
	HTTP_BAD_GATEWAY = 502,
	HTTP_UNAVAILABLE = 503,
	HTTP_GATEWAY_TIMEOUT = 504,
};

struct http_connect {
	struct dialogue dialogue; /* first: it is a dialogue */
	struct credentials *credentials;
	struct http_head head;
	char target[TARGET_SIZE]; /* host and port */
	int interim;              /* heads of status 1xx so far */
	bool answered;            /* a challenge */
	bool renewed;             /* the answer, for a newer nonce */
};

/* The status line, and why that is the end. */
static enum dialogue_result
refused(struct http_connect *c, const char *why)
{
	const char *line = c->head.line;
	char shown[LINE_SHOWN + 1];

	printable_text(shown, sizeof(shown), line, strlen(line));
	return dialogue_fail(
	    &c->dialogue, "\"%s\"%s%s", shown, why[0] == '\0' ? "" : ": ", why);
}

static void
say(struct http_connect *c, const char *text)
{
	buffer_append(&c->dialogue.out, text, strlen(text));
}

/* RFC 9110 section 9.3.6; authorization NULL: none */
static void
say_request(struct http_connect *c, const char *authorization)
{
	buffer_consume(&c->dialogue.out, c->dialogue.out.len);
	say(c, "CONNECT ");
	say(c, c->target);
	say(c, " HTTP/1.1\r\nHost: ");
	say(c, c->target);
	if (authorization != NULL) {
		say(c, "\r\nProxy-Authorization: ");
		say(c, authorization);
	}
	say(c, "\r\n\r\n");
}

static void
make_cnonce(char text[static 2 * CNONCE_LEN + 1])
{
	uint8_t random[CNONCE_LEN];

	arc4random_buf(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(text + 2 * i, 3, "%02x", random[i]);
}

/* Over a new connection, for this one may be closed behind the refusal. */
static enum dialogue_result
answer(struct http_connect *c, const struct http_challenge *challenge)
{
	char text[HTTP_AUTH_MAX], cnonce[2 * CNONCE_LEN + 1];
	const struct http_auth_request request = {
		.method = "CONNECT", .uri = c->target, .cnonce = cnonce
	};
	int result;

	make_cnonce(cnonce);
	result = http_auth_answer(text, challenge, c->credentials, &request);
	if (result == 0)
		say_request(c, text);
	explicit_bzero(text, sizeof(text));
	if (result == -1)
		return refused(c, "user or password cannot be said in HTTP");
	c->renewed = c->answered;
	c->answered = true;
	http_head_free(&c->head);
	return DIALOGUE_RECONNECT;
}

/* Nothing that the proxy asks for can be answered. */
static enum dialogue_result
unknown_challenge(
    struct http_connect *c, const struct http_challenge *challenge)
{
	char why[DIALOGUE_ERROR_LEN];

	if (challenge->others[0] == '\0')
		return refused(c, "it names no scheme");
	snprintf(why, sizeof(why), "%s cannot be answered", challenge->others);
	return refused(c, why);
}

static enum dialogue_result
challenged(struct http_connect *c)
{
	struct http_challenge challenge = { 0 };
	const char *field = NULL;

	while ((field = http_head_field(
		    &c->head, "Proxy-Authenticate", field)) != NULL)
		http_challenge_read(&challenge, field);
	if (c->renewed || (c->answered && !challenge.stale))
		return refused(c, "user or password refused");
	if (challenge.auth == HTTP_AUTH_NONE)
		return unknown_challenge(c, &challenge);
	if (c->credentials->user == NULL)
		return refused(c, "a user is needed (--proxy-auth)");
	if (credentials_password(c->credentials) == NULL)
		return refused(c, "a password is needed, and none was given");
	return answer(c, &challenge);
}

/* What the status says about the target, as an errno; 0: nothing */
static int
status_error(int status)
{
	switch (status) {
	case HTTP_NOT_FOUND:
		return EHOSTUNREACH;
	case HTTP_BAD_GATEWAY:
	case HTTP_UNAVAILABLE:
		return ECONNREFUSED;
	case HTTP_GATEWAY_TIMEOUT:
		return ETIMEDOUT;
	default:
		return 0;
	}
}

/* RFC 9110 section 15.2: more than one may come before the answer. */
static enum dialogue_result
passed_over(struct http_connect *c)
{
	if (++c->interim > HTTP_INTERIM_MAX)
		return refused(c, "too many of these");
	http_head_free(&c->head);
	return DIALOGUE_MORE;
}

static enum dialogue_result
take_head(struct http_connect *c)
{
	int status = c->head.status;

	if (status / 100 == 2)
		return DIALOGUE_DONE;
	if (status / 100 == 1 && status != HTTP_SWITCHING)
		return passed_over(c);
	if (status == HTTP_PROXY_AUTH)
		return challenged(c);
	c->dialogue.error_code = status_error(status);
	return refused(c, "");
}

static enum dialogue_result
take_bytes(struct http_connect *c, const uint8_t *bytes, size_t n, size_t *used)
{
	switch (http_head_feed(&c->head, bytes, n, used)) {
	case HTTP_HEAD_DONE:
		return take_head(c);
	case HTTP_HEAD_LARGE:
		return dialogue_fail(
		    &c->dialogue, "head of more than %d bytes", HTTP_HEAD_MAX);
	case HTTP_HEAD_BAD:
		return dialogue_fail(&c->dialogue, "not an HTTP answer");
	default:
		return DIALOGUE_MORE;
	}
}

static enum dialogue_result
http_connect_hear(
    struct dialogue *d, const uint8_t *bytes, size_t n, size_t *used)
{
	struct http_connect *c = (struct http_connect *)d;
	enum dialogue_result result = DIALOGUE_MORE;
	size_t taken;

	*used = 0;
	if (d->error[0] != '\0')
		return DIALOGUE_FAILED;
	while (*used < n && result == DIALOGUE_MORE) {
		result = take_bytes(c, bytes + *used, n - *used, &taken);
		*used += taken;
	}
	return result;
}

static void
http_connect_free(struct dialogue *d)
{
	struct http_connect *c = (struct http_connect *)d;

	http_head_free(&c->head);
	free(c);
}

static const struct dialogue_ops http_connect_ops = {
	.name = "http",
	.hear = http_connect_hear,
	.free = http_connect_free,
};

/* The "uri-host" of RFC 9112 section 3.2.3, as far as a name goes. */
static bool
is_name(const char *host)
{
	for (; *host != '\0'; host++) {
		if (!isgraph((unsigned char)*host) ||
		    strchr("/@[]:?#\\\"<>", *host) != NULL)
			return false;
	}
	return true;
}

/* Why a host cannot stand in a request; NULL: it can */
static const char *
host_error(const char *host, bool ipv6)
{
	if (host[0] == '\0')
		return "no host is named";
	if (strlen(host) > HOST_MAX)
		return "a name of more than 255 bytes";
	if (!ipv6 && !is_name(host))
		return "a name that cannot be said in HTTP";
	return NULL;
}

struct dialogue *
http_connect_dialogue(const struct http_connect_request *r)
{
	struct http_connect *c = xcalloc(1, sizeof(*c));
	struct in6_addr address;
	bool ipv6 = inet_pton(AF_INET6, r->host, &address) == 1;
	const char *wrong = host_error(r->host, ipv6);

	c->dialogue.ops = &http_connect_ops;
	c->credentials = r->credentials;
	if (wrong != NULL) {
		dialogue_fail(&c->dialogue, "%s", wrong);
		return &c->dialogue;
	}
	snprintf(c->target, sizeof(c->target), ipv6 ? "[%s]:%d" : "%s:%d",
	    r->host, r->port);
	buffer_init(&c->dialogue.out, REQUEST_MAX);
	say_request(c, NULL);
	return &c->dialogue;
}
