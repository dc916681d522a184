/* SPDX-License-Identifier: ISC */
/* options_argv.c - the command line as it was typed, to be shown */
#include <stdlib.h>
#include <string.h>

#include "options_argv.h"
#include "xalloc.h"

/* What no shell takes for anything else. */
#define PLAIN                                                  \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789@%+=:,./_-"

/* instead of a password */
#define HIDDEN "***"

/* bytes that a byte may become: it ends a quotation, and begins another */
#define QUOTED_MAX 4

/* Where the word's secret begins; its length where it has none. */
static size_t
shown_length(const char *word, const struct texts *secrets)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < secrets->count; i++) {
		const char *secret = secrets->list[i], *colon;

		if (secret < word || secret > word + len)
			continue;
		colon = strchr(secret, ':');
		if (colon != NULL)
			return (size_t)(colon + 1 - word);
	}
	return len;
}

/* Where it ends then. */
static char *
quote(char *to, const char *word, size_t len)
{
	bool plain = len > 0 && strspn(word, PLAIN) >= len;

	if (plain)
		return (char *)memcpy(to, word, len) + len;
	*to++ = '\'';
	for (size_t i = 0; i < len; i++) {
		if (word[i] == '\'')
			to = stpcpy(to, "'\\''");
		else
			*to++ = word[i];
	}
	*to++ = '\'';
	return to;
}

char *
options_argv_join(int argc, char *const *argv, const struct texts *secrets)
{
	size_t size = 1;
	char *text, *to;

	for (int i = 0; i < argc; i++)
		size += QUOTED_MAX * strlen(argv[i]) + sizeof(HIDDEN) + 3;
	to = text = xcalloc(size, 1);
	for (int i = 0; i < argc; i++) {
		size_t len = shown_length(argv[i], secrets);

		if (i > 0)
			*to++ = ' ';
		to = quote(to, argv[i], len);
		if (argv[i][len] != '\0')
			to = stpcpy(to, HIDDEN);
	}
	return text;
}
