/* SPDX-License-Identifier: ISC */
/* starttls_talk.c - what the dialogues of starttls.h have in common */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"
#include "starttls_talk.h"

static const char *
line_of(const struct starttls_talk *t)
{
	return (const char *)t->heard;
}

static void
say_command(struct starttls_talk *t, const struct starttls_command *command)
{
	const char *const words[] = { command->tag, command->word,
		command->named ? " " : "", command->named ? t->our_name : "",
		"\r\n" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		buffer_append(&t->dialogue.out, words[i], strlen(words[i]));
}

/* The server has said yes. */
static enum dialogue_result
next_command(struct starttls_talk *t)
{
	const struct starttls_command *commands = t->server->commands;

	if (t->step == STARTTLS_COMMANDS_MAX || commands[t->step].word == NULL)
		return DIALOGUE_DONE;
	say_command(t, &commands[t->step++]);
	return DIALOGUE_MORE;
}

/* It ends with CR LF or with LF alone, and has no NUL. */
static enum dialogue_result
end_line(struct starttls_talk *t)
{
	enum dialogue_result result;

	t->len--;
	if (t->len > 0 && t->heard[t->len - 1] == '\r')
		t->len--;
	t->heard[t->len] = '\0';
	if (strlen(line_of(t)) != t->len)
		return starttls_strange(t);
	result = t->server->take_line(t);
	if (result == DIALOGUE_DONE)
		result = next_command(t);
	t->len = 0;
	return result;
}

static enum dialogue_result
take_byte(struct starttls_talk *t, uint8_t byte)
{
	if (++t->all > STARTTLS_ALL_MAX)
		return dialogue_fail(&t->dialogue,
		    "the server says more than %d bytes before TLS",
		    STARTTLS_ALL_MAX);
	if (t->len == STARTTLS_LINE_MAX)
		return starttls_too_long(t);
	t->heard[t->len++] = byte;
	if (t->server->take_line == NULL)
		return t->server->check(t);
	return byte == '\n' ? end_line(t) : DIALOGUE_MORE;
}

enum dialogue_result
starttls_hear(struct dialogue *d, const uint8_t *bytes, size_t n, size_t *used)
{
	struct starttls_talk *t = (struct starttls_talk *)d;
	enum dialogue_result result = DIALOGUE_MORE;

	*used = 0;
	if (d->error[0] != '\0')
		return DIALOGUE_FAILED;
	while (*used < n && result == DIALOGUE_MORE)
		result = take_byte(t, bytes[(*used)++]);
	if (result == DIALOGUE_DONE && *used < n)
		return dialogue_fail(
		    d, "the server says more than its answer before TLS");
	return result;
}

void
starttls_free(struct dialogue *d)
{
	free(d);
}

bool
starttls_line_begins(const struct starttls_talk *t, const char *words)
{
	size_t len = strlen(words);
	const char *line = line_of(t);

	return strncasecmp(line, words, len) == 0 &&
	    (line[len] == '\0' || line[len] == ' ');
}

/* The code that a line begins with; 0: none */
static int
line_code(const char *line)
{
	int code = 0;

	for (size_t i = 0; i < 3; i++) {
		if (!isdigit((unsigned char)line[i]))
			return 0;
		code = code * 10 + (line[i] - '0');
	}
	return line[3] == '\0' || line[3] == ' ' || line[3] == '-' ? code : 0;
}

/* Between the first line of a reply and the last, FTP lets a line begin with
 * anything. */
enum dialogue_result
starttls_take_reply(struct starttls_talk *t, int yes)
{
	const char *line = line_of(t);
	int code = line_code(line);

	if (t->code == 0 && code == 0)
		return starttls_strange(t);
	if (t->code == 0 && code != yes)
		return starttls_refused(t);
	if (t->code == 0)
		t->code = code;
	if (code != t->code || line[3] == '-')
		return DIALOGUE_MORE;
	t->code = 0;
	return DIALOGUE_DONE;
}

const char *
starttls_show(char shown[static STARTTLS_SHOWN], const uint8_t *said, size_t n)
{
	printable_text(shown, STARTTLS_SHOWN, (const char *)said, n);
	return shown;
}

enum dialogue_result
starttls_refused(struct starttls_talk *t)
{
	char shown[STARTTLS_SHOWN];

	starttls_show(shown, t->heard, t->len);
	if (t->step == 0)
		return dialogue_fail(
		    &t->dialogue, "the server turns us away: %s", shown);
	return dialogue_fail(&t->dialogue, "the server refuses %s: %s",
	    t->server->commands[t->step - 1].word, shown);
}

enum dialogue_result
starttls_strange(struct starttls_talk *t)
{
	char shown[STARTTLS_SHOWN];

	return dialogue_fail(&t->dialogue,
	    "the server does not speak %s: it says \"%s\"", t->server->title,
	    starttls_show(shown, t->heard, t->len));
}

enum dialogue_result
starttls_too_long(struct starttls_talk *t)
{
	return dialogue_fail(&t->dialogue,
	    "the server gives an answer of more than %d bytes",
	    STARTTLS_LINE_MAX);
}
