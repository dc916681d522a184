/* SPDX-License-Identifier: ISC */
/* json.c - JSON on one line */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "printable.h"
#include "utf8.h"
#include "xalloc.h"

#define CAP_FIRST 256
/* bytes; any number, or the escape of any character */
#define SHORT_TEXT 32
/* what stands for a byte that is none of a character */
#define REPLACEMENT 0xfffd

static void
append(struct json *j, const char *text, size_t n)
{
	if (j->cap - j->len <= n) {
		j->cap = j->cap == 0 ? CAP_FIRST : j->cap;
		while (j->cap - j->len <= n)
			j->cap *= 2;
		j->text = xreallocarray(j->text, j->cap, 1);
	}
	memcpy(j->text + j->len, text, n);
	j->len += n;
	j->text[j->len] = '\0';
}

static void
append_text(struct json *j, const char *text)
{
	append(j, text, strlen(text));
}

/* UTF-16, as RFC 8259 section 7 wants it */
static void
append_escape(struct json *j, uint32_t point)
{
	char text[SHORT_TEXT];

	if (point < 0x10000)
		snprintf(text, sizeof(text), "\\u%04" PRIx32, point);
	else
		snprintf(text, sizeof(text), "\\u%04" PRIx32 "\\u%04" PRIx32,
		    0xd800 + ((point - 0x10000) >> 10),
		    0xdc00 + ((point - 0x10000) & 0x3ff));
	append_text(j, text);
}

static bool
is_plain(uint32_t point)
{
	if (point >= 0x80)
		return printable_is_seen(point);
	return point >= ' ' && point != 0x7f && point != '"' && point != '\\';
}

/* How many bytes of text it was. */
static size_t
append_character(struct json *j, const char *text, size_t len)
{
	static const char special[] = "\"\\\n\r\t", letters[] = "\"\\nrt";
	uint32_t point = REPLACEMENT;
	size_t n = utf8_next(text, len, &point);
	const char *found;

	if (n == 0) {
		append_escape(j, REPLACEMENT);
		return 1;
	}
	found = point < 0x80 ? strchr(special, (int)point) : NULL;
	if (is_plain(point))
		append(j, text, n);
	else if (found != NULL) {
		append(j, "\\", 1);
		append(j, &letters[found - special], 1);
	} else
		append_escape(j, point);
	return n;
}

static void
append_string(struct json *j, const char *text)
{
	size_t len = strlen(text);

	append(j, "\"", 1);
	for (size_t i = 0; i < len;)
		i += append_character(j, text + i, len - i);
	append(j, "\"", 1);
}

/* What stands before a value. */
static void
begin(struct json *j, const char *key)
{
	if (j->more)
		append(j, ",", 1);
	j->more = true;
	if (key == NULL)
		return;
	append_string(j, key);
	append(j, ":", 1);
}

static void
value(struct json *j, const char *key, const char *text)
{
	begin(j, key);
	append_text(j, text);
}

static void
open_one(struct json *j, const char *key, const char *opener, char closer)
{
	value(j, key, opener);
	j->closers[j->depth++] = closer;
	j->more = false;
}

void
json_free(struct json *j)
{
	free(j->text);
	*j = (struct json){ 0 };
}

void
json_object(struct json *j, const char *key)
{
	open_one(j, key, "{", '}');
}

void
json_array(struct json *j, const char *key)
{
	open_one(j, key, "[", ']');
}

void
json_close(struct json *j)
{
	append(j, &j->closers[--j->depth], 1);
	j->more = true;
}

void
json_string(struct json *j, const char *key, const char *text)
{
	if (text == NULL) {
		json_null(j, key);
		return;
	}
	begin(j, key);
	append_string(j, text);
}

void
json_integer(struct json *j, const char *key, int64_t number)
{
	json_decimal(j, key, number, 0);
}

void
json_count(struct json *j, const char *key, uint64_t number)
{
	char text[SHORT_TEXT];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	value(j, key, text);
}

void
json_bool(struct json *j, const char *key, bool truth)
{
	value(j, key, truth ? "true" : "false");
}

void
json_null(struct json *j, const char *key)
{
	value(j, key, "null");
}

void
json_decimal(struct json *j, const char *key, int64_t number, unsigned digits)
{
	uint64_t size = number < 0 ? -(uint64_t)number : (uint64_t)number;
	const char *sign = number < 0 ? "-" : "";
	uint64_t unit = 1;
	char text[SHORT_TEXT];

	for (unsigned i = 0; i < digits; i++)
		unit *= 10;
	if (digits == 0)
		snprintf(text, sizeof(text), "%s%" PRIu64, sign, size);
	else
		snprintf(text, sizeof(text), "%s%" PRIu64 ".%0*" PRIu64, sign,
		    size / unit, (int)digits, size % unit);
	value(j, key, text);
}

void
json_ms(struct json *j, const char *key, int64_t ns)
{
	json_decimal(j, key, ns / 1000, 3);
}

void
json_time(struct json *j, const char *key, int64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / 1000000000);
	char day[SHORT_TEXT], text[2 * SHORT_TEXT];
	struct tm utc;

	gmtime_r(&seconds, &utc);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text, sizeof(text), "%s.%03dZ", day,
	    (int)(wall_ns / 1000000 % 1000));
	json_string(j, key, text);
}

void
json_members(struct json *j, const struct json *others)
{
	if (others != NULL && others->len > 0)
		value(j, NULL, others->text);
}

void
json_line(struct json *j)
{
	append(j, "\n", 1);
}
