/* SPDX-License-Identifier: ISC */
/* socks.c - SOCKS 4, 4a and 5, as a client speaks them */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "socks.h"
#include "xalloc.h"

/* "1) CONNECT" of SOCKS 4, RFC 1928 section 4 */
#define SOCKS_CONNECT 1
/* bytes; what fits in a field whose length is a byte */
#define SOCKS_FIELD_MAX 255
/* bytes; more than all that we say in a dialogue, but the user of SOCKS 4 */
#define SOCKS_SAID_MAX 1024

/* "2) BIND": the reply has the form of the request */
#define SOCKS4_REPLY_LEN     8
#define SOCKS4_REPLY_VERSION 0
#define SOCKS4_GRANTED       90

#define SOCKS5_VERSION   5
#define SOCKS5_SUCCEEDED 0 /* RFC 1928 section 6 */
/* bytes; a reply up to where its length is known, RFC 1928 section 6 */
#define SOCKS5_REPLY_HEAD 5
#define SOCKS5_REPLY_REST 6 /* its head but for the address, and its port */

#define PASSWORD_VERSION 1 /* RFC 1929 section 2 */

/* RFC 1928 section 3 */
enum method {
	METHOD_OPEN = 0,
	METHOD_PASSWORD = 2,
	METHOD_NONE = 0xff,
};

/* RFC 1928 section 5 */
enum address_type {
	ADDRESS_IPV4 = 1,
	ADDRESS_NAME = 3,
	ADDRESS_IPV6 = 4,
};

/* What a code of refusal means. */
struct refusal {
	int error_code;
	const char *words;
};

struct socks {
	struct dialogue dialogue; /* first: it is a dialogue */
	struct credentials *credentials;
	struct buffer request; /* SOCKS 5: to be said when we are let in */
	/* Looks at the message that is heard, after each of its bytes. */
	enum dialogue_result (*check)(struct socks *);
	uint8_t heard[SOCKS5_REPLY_HEAD]; /* its first bytes, else 0 */
	size_t len;                       /* bytes of it that were heard */
};

/* "2) BIND" of SOCKS 4; from 91 on */
static const struct refusal refusals4[] = {
	{ ECONNREFUSED, "Request rejected or failed" },
	{ 0, "Request rejected: no identd on the client" },
	{ 0, "Request rejected: identd names another user" },
};

/* RFC 1928 section 6; from 1 on */
static const struct refusal refusals5[] = {
	{ 0, "General SOCKS server failure" },
	{ 0, "Connection not allowed by ruleset" },
	{ ENETUNREACH, "Network unreachable" },
	{ EHOSTUNREACH, "Host unreachable" },
	{ ECONNREFUSED, "Connection refused" },
	{ ETIMEDOUT, "TTL expired" },
	{ 0, "Command not supported" },
	{ 0, "Address type not supported" },
};

static void
append_byte(struct buffer *b, int byte)
{
	buffer_append(b, &(uint8_t){ (uint8_t)byte }, 1);
}

/* In front of it its length, which fits in a byte. */
static void
append_field(struct buffer *b, const char *text)
{
	append_byte(b, (int)strlen(text));
	buffer_append(b, text, strlen(text));
}

static void
append_port(struct buffer *b, int port)
{
	in_port_t number = htons((in_port_t)port);

	buffer_append(b, &number, sizeof(number));
}

/* The code of the reply, in the words of a list that begins at `first`. */
static enum dialogue_result
refused(struct socks *s, const struct refusal *list, size_t count, int first)
{
	int code = s->heard[1];

	if (code < first || (size_t)(code - first) >= count)
		return dialogue_fail(
		    &s->dialogue, "unknown reply 0x%02x", (unsigned)code);
	s->dialogue.error_code = list[code - first].error_code;
	return dialogue_fail(&s->dialogue, "%s", list[code - first].words);
}

static enum dialogue_result
check_reply4(struct socks *s)
{
	if (s->heard[0] != SOCKS4_REPLY_VERSION)
		return dialogue_fail(&s->dialogue, "not a SOCKS 4 answer");
	if (s->len >= 2 && s->heard[1] != SOCKS4_GRANTED)
		return refused(s, refusals4,
		    sizeof(refusals4) / sizeof(refusals4[0]),
		    SOCKS4_GRANTED + 1);
	return s->len < SOCKS4_REPLY_LEN ? DIALOGUE_MORE : DIALOGUE_DONE;
}

/* Of the address in the reply that was heard; 0: unknown type */
static size_t
reply5_address_len(const struct socks *s)
{
	switch (s->heard[3]) {
	case ADDRESS_IPV4:
		return sizeof(struct in_addr);
	case ADDRESS_NAME:
		return 1 + (size_t)s->heard[4];
	case ADDRESS_IPV6:
		return sizeof(struct in6_addr);
	default:
		return 0;
	}
}

/* A refusal needs no more than its code: some proxies say no more. */
static enum dialogue_result
check_reply5(struct socks *s)
{
	size_t address_len = reply5_address_len(s);

	if (s->heard[0] != SOCKS5_VERSION)
		return dialogue_fail(&s->dialogue, "not a SOCKS 5 answer");
	if (s->len >= 2 && s->heard[1] != SOCKS5_SUCCEEDED)
		return refused(s, refusals5,
		    sizeof(refusals5) / sizeof(refusals5[0]),
		    SOCKS5_SUCCEEDED + 1);
	if (s->len >= 4 && address_len == 0)
		return dialogue_fail(&s->dialogue,
		    "unknown address type 0x%02x in the answer", s->heard[3]);
	return s->len < SOCKS5_REPLY_REST + address_len ? DIALOGUE_MORE :
							  DIALOGUE_DONE;
}

/* The proxy has let us in. */
static enum dialogue_result
say_request5(struct socks *s)
{
	buffer_append(
	    &s->dialogue.out, buffer_head(&s->request), s->request.len);
	s->len = 0;
	s->check = check_reply5;
	return DIALOGUE_MORE;
}

static enum dialogue_result
check_password(struct socks *s)
{
	if (s->heard[0] != PASSWORD_VERSION)
		return dialogue_fail(&s->dialogue,
		    "not an answer to user and password (RFC 1929)");
	if (s->len < 2)
		return DIALOGUE_MORE;
	if (s->heard[1] != 0)
		return dialogue_fail(&s->dialogue, "user or password refused");
	return say_request5(s);
}

/* RFC 1929 section 2 */
static enum dialogue_result
say_password(struct socks *s)
{
	const char *password = credentials_password(s->credentials);

	if (password == NULL)
		return dialogue_fail(
		    &s->dialogue, "it wants a password, and none was given");
	if (strlen(password) > SOCKS_FIELD_MAX)
		return dialogue_fail(&s->dialogue,
		    "a password of more than %d bytes", SOCKS_FIELD_MAX);
	append_byte(&s->dialogue.out, PASSWORD_VERSION);
	append_field(&s->dialogue.out, s->credentials->user);
	append_field(&s->dialogue.out, password);
	s->len = 0;
	s->check = check_password;
	return DIALOGUE_MORE;
}

static enum dialogue_result
check_method(struct socks *s)
{
	if (s->heard[0] != SOCKS5_VERSION)
		return dialogue_fail(&s->dialogue, "not a SOCKS 5 answer");
	if (s->len < 2)
		return DIALOGUE_MORE;
	if (s->heard[1] == METHOD_OPEN)
		return say_request5(s);
	if (s->heard[1] == METHOD_PASSWORD && s->credentials->user != NULL)
		return say_password(s);
	if (s->heard[1] == METHOD_NONE)
		return dialogue_fail(&s->dialogue,
		    "no authentication method is acceptable to the proxy");
	return dialogue_fail(&s->dialogue,
	    "it chose authentication method 0x%02x, which was not offered",
	    s->heard[1]);
}

static enum dialogue_result
socks_hear(struct dialogue *d, const uint8_t *bytes, size_t n, size_t *used)
{
	struct socks *s = (struct socks *)d;
	enum dialogue_result result = DIALOGUE_MORE;

	*used = 0;
	if (d->error[0] != '\0')
		return DIALOGUE_FAILED;
	while (*used < n && result == DIALOGUE_MORE) {
		if (s->len < sizeof(s->heard))
			s->heard[s->len] = bytes[*used];
		s->len++;
		(*used)++;
		result = s->check(s);
	}
	return result;
}

static void
socks_free(struct dialogue *d)
{
	struct socks *s = (struct socks *)d;

	buffer_free(&s->request);
	free(s);
}

static const struct dialogue_ops socks_ops[] = {
	[SOCKS_4] = { .name = "socks4",
	    .hear = socks_hear,
	    .free = socks_free },
	[SOCKS_4A] = { .name = "socks4a",
	    .hear = socks_hear,
	    .free = socks_free },
	[SOCKS_5] = { .name = "socks5",
	    .hear = socks_hear,
	    .free = socks_free },
};

/* A name goes behind the user, and in place of an address 0.0.0.x, which none
 * can have ("SOCKS 4A"). */
static void
begin4(struct socks *s, const struct socks_request *r)
{
	const char *user = r->credentials->user;
	struct buffer *out = &s->dialogue.out;
	struct in_addr address;
	bool name = inet_pton(AF_INET, r->host, &address) != 1;

	if (name && r->version == SOCKS_4) {
		dialogue_fail(&s->dialogue,
		    "SOCKS 4 can only be asked for an IPv4 address");
		return;
	}
	if (name)
		address.s_addr = htonl(1);
	if (user == NULL)
		user = "";
	buffer_init(out, SOCKS_SAID_MAX + strlen(user));
	append_byte(out, 4);
	append_byte(out, SOCKS_CONNECT);
	append_port(out, r->port);
	buffer_append(out, &address, sizeof(address));
	buffer_append(out, user, strlen(user) + 1);
	if (name)
		buffer_append(out, r->host, strlen(r->host) + 1);
	s->check = check_reply4;
}

static void
append_address5(struct buffer *b, const char *host)
{
	struct in_addr in;
	struct in6_addr in6;

	if (inet_pton(AF_INET, host, &in) == 1) {
		append_byte(b, ADDRESS_IPV4);
		buffer_append(b, &in, sizeof(in));
	} else if (inet_pton(AF_INET6, host, &in6) == 1) {
		append_byte(b, ADDRESS_IPV6);
		buffer_append(b, &in6, sizeof(in6));
	} else {
		append_byte(b, ADDRESS_NAME);
		append_field(b, host);
	}
}

/* RFC 1928 sections 3 and 4 */
static void
begin5(struct socks *s, const struct socks_request *r)
{
	const char *user = r->credentials->user;
	struct buffer *out = &s->dialogue.out;

	if (user != NULL && strlen(user) > SOCKS_FIELD_MAX) {
		dialogue_fail(&s->dialogue, "a user of more than %d bytes",
		    SOCKS_FIELD_MAX);
		return;
	}
	buffer_init(out, SOCKS_SAID_MAX);
	append_byte(out, SOCKS5_VERSION);
	append_byte(out, user == NULL ? 1 : 2);
	append_byte(out, METHOD_OPEN);
	if (user != NULL)
		append_byte(out, METHOD_PASSWORD);
	buffer_init(&s->request, SOCKS_SAID_MAX);
	append_byte(&s->request, SOCKS5_VERSION);
	append_byte(&s->request, SOCKS_CONNECT);
	append_byte(&s->request, 0);
	append_address5(&s->request, r->host);
	append_port(&s->request, r->port);
	s->check = check_method;
}

struct dialogue *
socks_dialogue(const struct socks_request *r)
{
	struct socks *s = xcalloc(1, sizeof(*s));
	size_t len = strlen(r->host);

	s->dialogue.ops = &socks_ops[r->version];
	s->credentials = r->credentials;
	if (len == 0)
		dialogue_fail(&s->dialogue, "no host is named");
	else if (len > SOCKS_FIELD_MAX)
		dialogue_fail(&s->dialogue, "a name of more than %d bytes",
		    SOCKS_FIELD_MAX);
	else if (r->version == SOCKS_5)
		begin5(s, r);
	else
		begin4(s, r);
	return &s->dialogue;
}
