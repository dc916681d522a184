/* SPDX-License-Identifier: ISC */
/* starttls_postgres.c - the SSLRequest of PostgreSQL
 *
 * "SSL Session Encryption" and "Message Formats" in the chapter
 * "Frontend/Backend Protocol" of its manual. */
#include <arpa/inet.h>
#include <string.h>

#include "starttls_talk.h"

#define SSL_REQUEST_CODE 80877103

/* bytes; the type of a message, and its length, which counts itself */
#define TYPE_LEN   1
#define LENGTH_LEN 4

static void
open_talk(struct starttls_talk *t)
{
	const uint32_t request[] = { htonl(2 * sizeof(uint32_t)),
		htonl(SSL_REQUEST_CODE) };

	buffer_append(&t->dialogue.out, request, sizeof(request));
}

static enum dialogue_result
refused(struct starttls_talk *t, const uint8_t *text, size_t len)
{
	char shown[STARTTLS_SHOWN];

	return dialogue_fail(&t->dialogue, "the server refuses TLS: %s",
	    starttls_show(shown, text, len));
}

/* The fields of an ErrorResponse: a letter and a text each, and a NUL behind
 * them.  M is the message. */
static enum dialogue_result
take_error(struct starttls_talk *t)
{
	const uint8_t *at = t->heard + TYPE_LEN + LENGTH_LEN;
	const uint8_t *end = t->heard + t->len;

	while (at < end && *at != '\0') {
		const uint8_t *text = at + 1;
		const uint8_t *behind =
		    memchr(text, '\0', (size_t)(end - text));

		if (behind == NULL)
			return starttls_strange(t);
		if (*at == 'M')
			return refused(t, text, (size_t)(behind - text));
		at = behind + 1;
	}
	return starttls_strange(t);
}

/* Before it knows our version, a server may use that of old: a line, and a NUL
 * behind it. */
static enum dialogue_result
check_old_error(struct starttls_talk *t)
{
	size_t end = t->len - 1;

	if (t->heard[end] != '\0')
		return DIALOGUE_MORE;
	if (t->heard[end - 1] == '\n')
		end--;
	return refused(t, t->heard + TYPE_LEN, end - TYPE_LEN);
}

/* A message whose length has four bytes begins its length with a zero. */
static enum dialogue_result
check_error(struct starttls_talk *t)
{
	uint32_t length;

	if (t->len == TYPE_LEN)
		return DIALOGUE_MORE;
	if (t->heard[TYPE_LEN] != '\0')
		return check_old_error(t);
	if (t->len < TYPE_LEN + LENGTH_LEN)
		return DIALOGUE_MORE;
	memcpy(&length, t->heard + TYPE_LEN, sizeof(length));
	length = ntohl(length);
	if (length > STARTTLS_LINE_MAX - TYPE_LEN)
		return starttls_too_long(t);
	return t->len < TYPE_LEN + length ? DIALOGUE_MORE : take_error(t);
}

static enum dialogue_result
check(struct starttls_talk *t)
{
	switch (t->heard[0]) {
	case 'S':
		return DIALOGUE_DONE;
	case 'N':
		return dialogue_fail(
		    &t->dialogue, "the server does not offer TLS");
	case 'E':
		return check_error(t);
	default:
		return starttls_strange(t);
	}
}

const struct starttls_server starttls_postgres = {
	.ops = { .name = "postgres",
	    .hear = starttls_hear,
	    .free = starttls_free },
	.title = "PostgreSQL",
	.open = open_talk,
	.check = check,
};
