/* SPDX-License-Identifier: ISC */
/* value.c - the arguments of options: numbers, sizes, times and words */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

/* characters; no number in any range is longer */
#define DIGITS_MAX 20

static const struct unit {
	const char *name;
	int64_t factor;
} sizes[] = { { "", 1 }, { "k", 1024 }, { "m", 1024 * 1024 },
	{ "g", 1024 * 1024 * 1024 }, { NULL, 0 } },
  times[] = { { "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 },
	  { "h", 60 * 60 * 1000 }, { NULL, 0 } };

static int64_t
unit_factor(const struct unit *units, const char *name)
{
	while (units->name != NULL && strcasecmp(units->name, name) != 0)
		units++;
	return units->factor;
}

/* Copy the number in front and find the unit behind it. */
static int
split(const char *text, const char *accept, char number[DIGITS_MAX],
    const char **unit)
{
	size_t len = strspn(text, accept);

	if (len == 0 || len >= DIGITS_MAX)
		return -1;
	memcpy(number, text, len);
	number[len] = '\0';
	*unit = text + len;
	return 0;
}

int
value_number(const char *text, int64_t least, int64_t most, int64_t *value)
{
	const char *digits = text[0] == '-' ? text + 1 : text, *wrong;

	if (!isdigit((unsigned char)digits[0]) ||
	    (digits != text && least >= 0))
		return -1;
	*value = strtonum(text, least, most, &wrong);
	return wrong == NULL ? 0 : -1;
}

int
value_size(const char *text, int64_t least, int64_t most, int64_t *bytes)
{
	char number[DIGITS_MAX];
	const char *unit;
	int64_t factor;

	if (split(text, "0123456789", number, &unit) == -1)
		return -1;
	factor = unit_factor(sizes, unit);
	if (factor == 0 ||
	    value_number(number, 0, INT64_MAX / factor, bytes) == -1)
		return -1;
	*bytes *= factor;
	return *bytes < least || *bytes > most ? -1 : 0;
}

/* A number with at most one point, and a digit on one side of it. */
static bool
is_decimal(const char *number)
{
	const char *point = strchr(number, '.');

	return strcmp(number, ".") != 0 &&
	    (point == NULL || strchr(point + 1, '.') == NULL);
}

int
value_time(const char *text, int64_t least, int64_t most, int64_t *ms)
{
	bool negative = text[0] == '-';
	char number[DIGITS_MAX];
	const char *unit;
	int64_t factor;
	double value;

	if (split(text + negative, "0123456789.", number, &unit) == -1)
		return -1;
	factor = unit_factor(times, unit);
	if (factor == 0 || !is_decimal(number) || (negative && least >= 0))
		return -1;
	value = strtod(number, NULL) * (double)factor;
	if (negative)
		value = -value;
	if (value < (double)least || value > (double)most)
		return -1;
	*ms = (int64_t)(value + (negative ? -0.5 : 0.5));
	if (*ms == 0 && value != 0)
		*ms = negative ? -1 : 1; /* not 0, which is "at once" */
	return 0;
}

static const struct tos {
	const char *name;
	int value;
} tos_names[] = {
	{ "af11", 0x28 },
	{ "af12", 0x30 },
	{ "af13", 0x38 },
	{ "af21", 0x48 },
	{ "af22", 0x50 },
	{ "af23", 0x58 },
	{ "af31", 0x68 },
	{ "af32", 0x70 },
	{ "af33", 0x78 },
	{ "af41", 0x88 },
	{ "af42", 0x90 },
	{ "af43", 0x98 },
	{ "critical", 0xa0 },
	{ "cs0", 0x00 },
	{ "cs1", 0x20 },
	{ "cs2", 0x40 },
	{ "cs3", 0x60 },
	{ "cs4", 0x80 },
	{ "cs5", 0xa0 },
	{ "cs6", 0xc0 },
	{ "cs7", 0xe0 },
	{ "ef", 0xb8 },
	{ "inetcontrol", 0xc0 },
	{ "lowcost", 0x02 },
	{ "lowdelay", 0x10 },
	{ "netcontrol", 0xe0 },
	{ "reliability", 0x04 },
	{ "throughput", 0x08 },
};

int
value_tos(const char *text, int *tos)
{
	size_t digits = strlen(text);
	int64_t value;

	for (size_t i = 0; i < sizeof(tos_names) / sizeof(tos_names[0]); i++) {
		if (strcmp(tos_names[i].name, text) == 0) {
			*tos = tos_names[i].value;
			return 0;
		}
	}
	if (strncmp(text, "0x", 2) == 0) {
		if (digits < 3 || digits > 4 ||
		    strspn(text + 2, "0123456789abcdefABCDEF") != digits - 2)
			return -1;
		*tos = (int)strtol(text, NULL, 16);
		return 0;
	}
	if (value_number(text, 0, 255, &value) == -1)
		return -1;
	*tos = (int)value;
	return 0;
}

int
value_choice(const char *text, const char *choices)
{
	size_t len = strlen(text);
	int group = 0;

	while (len > 0) {
		size_t n = strcspn(choices, "=|");

		if (n == len && strncasecmp(choices, text, n) == 0)
			return group;
		if (choices[n] == '\0')
			return -1;
		group += choices[n] == '|';
		choices += n + 1;
	}
	return -1;
}
