/* SPDX-License-Identifier: ISC */
/* json.h - JSON (RFC 8259) on one line, into a buffer that grows
 *
 * A zeroed writer is a valid, empty one.  What is written into it before any
 * object is opened are members without braces, for json_members().
 *
 * A key is a plain word of ours; NULL is for the elements of an array, and for
 * what stands alone.  Strings may be anything: a byte that is no UTF-8 becomes
 * U+FFFD, and what is not seen or steers a terminal is escaped as \uXXXX. */
#ifndef NCX_JSON_H
#define NCX_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* objects and arrays in each other; more than we ever have */
#define JSON_DEPTH 8

struct json {
	char *text; /* owned; ends in a NUL.  NULL: nothing was written */
	size_t len, cap;
	size_t depth;             /* that are open */
	char closers[JSON_DEPTH]; /* of these */
	bool more;                /* a comma goes before the next value */
};

void json_free(struct json *); /* leaves it empty */

void json_object(struct json *, const char *key);
void json_array(struct json *, const char *key);
void json_close(struct json *); /* the latest that is open */

void json_string(struct json *, const char *key, const char *); /* or NULL */
void json_integer(struct json *, const char *key, int64_t);
void json_count(struct json *, const char *key, uint64_t);
void json_bool(struct json *, const char *key, bool);
void json_null(struct json *, const char *key);

/* value / 10^digits, with so many digits behind the point */
void json_decimal(
    struct json *, const char *key, int64_t value, unsigned digits);

/* ns as ms with 3 digits */
void json_ms(struct json *, const char *key, int64_t ns);

/* ns since 1970, as clock_wall_ns() has it: "2026-11-22T23:55:36.123Z" (RFC
 * 3339), in UTC */
void json_time(struct json *, const char *key, int64_t wall_ns);

/* The members that another has collected; NULL, or none, is fine. */
void json_members(struct json *, const struct json *);

/* Ends the line of what was written. */
void json_line(struct json *);

#endif
