/* SPDX-License-Identifier: ISC */
/* options_hints.c - letters that mean something else to another netcat */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "log.h"
#include "options_hints.h"

/* Nobody pauses by the unit between two lines. */
static bool
has_unit(const char *argument)
{
	return argument[strspn(argument, "0123456789.")] != '\0';
}

/* Useful limits are those of a neighbour or two: 255, 254, or small ones. */
static bool
is_round(const char *argument)
{
	size_t len = strlen(argument);

	return len > 1 && argument[len - 1] == '0';
}

static const struct hint {
	int letter;
	bool (*fits)(const char *argument);
	const char *words;
} hints[] = {
	{ 'i', has_unit,
	    "-i pauses after each line; a limit for silence is "
	    "--idle-timeout" },
	{ 'm', is_round,
	    "-m is the least TTL of the peer's packets; a limit for clients "
	    "is --max-conns" },
};

void
options_hint(int letter, const char *argument)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		if (hints[i].letter == letter && hints[i].fits(argument))
			log_error("hint: %s", hints[i].words);
	}
}
