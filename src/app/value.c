/* SPDX-License-Identifier: ISC */
/* value.c - the arguments of options: numbers, sizes and times */
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
