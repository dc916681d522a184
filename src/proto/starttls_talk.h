/* SPDX-License-Identifier: ISC */
/* starttls_talk.h - what the dialogues of starttls.h have in common
 *
 * Theory of operation: a server is heard byte by byte, until a line or a
 * message is complete; then its protocol says what that means.  A protocol of
 * lines is a greeting and up to two commands: each has to be answered by a yes
 * before the next is said. */
#ifndef NCX_STARTTLS_TALK_H
#define NCX_STARTTLS_TALK_H

#include <stdbool.h>

#include "starttls.h"

#define STARTTLS_COMMANDS_MAX 2

/* bytes; of what the server said in a message */
#define STARTTLS_SHOWN 96

struct starttls_talk;

struct starttls_command {
	const char *tag;  /* before the word, or "" */
	const char *word; /* "STARTTLS"; NULL: no more commands */
	bool named;       /* our name comes behind it */
};

struct starttls_server {
	struct dialogue_ops ops; /* its name is the protocol's */
	const char *title;       /* "SMTP" */
	struct starttls_command commands[STARTTLS_COMMANDS_MAX];
	/* Opens the talk; NULL: the server does. */
	void (*open)(struct starttls_talk *);
	/* Takes a line, which is in `heard` without its end.  DONE: it is the
	 * last of a yes to the greeting or command under way.  NULL: it does
	 * not speak in lines */
	enum dialogue_result (*take_line)(struct starttls_talk *);
	/* Otherwise: looks at the message in `heard`, after each byte. */
	enum dialogue_result (*check)(struct starttls_talk *);
};

struct starttls_talk {
	struct dialogue dialogue; /* first: it is a dialogue */
	const struct starttls_server *server;
	const char *our_name;
	size_t step;  /* commands that were said */
	int code;     /* of a reply that has more lines; 0: none is under way */
	bool offered; /* what we are about to ask for */
	size_t all;   /* bytes heard */
	size_t len;   /* bytes in heard */
	uint8_t heard[STARTTLS_LINE_MAX + 1]; /* of a line: a text */
};

extern const struct starttls_server starttls_smtp, starttls_imap, starttls_pop3,
    starttls_ftp, starttls_postgres;

/* The operations of every dialogue here. */
enum dialogue_result starttls_hear(
    struct dialogue *, const uint8_t *, size_t n, size_t *used);
void starttls_free(struct dialogue *);

/* The line begins with these words, whatever their case. */
bool starttls_line_begins(const struct starttls_talk *, const char *words);

/* As take_line, for replies that begin with a code of three digits, on one or
 * more lines (RFC 959 section 4.2, RFC 5321 section 4.2.1); this code is a yes.
 */
enum dialogue_result starttls_take_reply(struct starttls_talk *, int yes);

/* What the server said, made printable for a message; it returns `shown`. */
const char *starttls_show(
    char shown[static STARTTLS_SHOWN], const uint8_t *, size_t n);

/* Failures: what was heard is a no; is of no such protocol; is too long. */
enum dialogue_result starttls_refused(struct starttls_talk *);
enum dialogue_result starttls_strange(struct starttls_talk *);
enum dialogue_result starttls_too_long(struct starttls_talk *);

#endif
