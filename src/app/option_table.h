/* SPDX-License-Identifier: ISC */
/* option_table.h - options.def as a table */
#ifndef NCX_OPTION_TABLE_H
#define NCX_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_kind {
	KIND_FLAG,   /* bool */
	KIND_COUNT,  /* int */
	KIND_SET,    /* int: min */
	KIND_NUMBER, /* int, min to max */
	KIND_SIZE,   /* int: bytes, min to max */
	KIND_BYTES,  /* int64_t: bytes, at least 1 */
	KIND_TIME,   /* int64_t: ms, min to max; min -1: negative is never */
	KIND_TEXT,   /* const char * */
	KIND_PATH,   /* const char *: of a file */
	KIND_LIST,   /* struct texts: each of several */
	KIND_FILES,  /* struct texts: paths */
	KIND_OPTIONAL_PATH, /* const char *: of a file, or "" */
	KIND_OPTIONAL_TEXT, /* const char *: or "" */
	KIND_PORT,   /* const char *: a port, once the protocol is known */
	KIND_TIMES,  /* int: RETRY_FOREVER or a number */
	KIND_CHOICE, /* int: the group of words */
	KIND_TOS,    /* int: a byte */
	KIND_SHOW,   /* int: min */
};

/* seconds; as in nc */
#define TIME_MAX 2147483

struct option_row {
	int letter;       /* 0: none */
	const char *name; /* long; NULL: the row is a heading */
	const char *argument;
	const char *alias_of; /* long name; the other fields come from it */
	enum option_kind kind;
	int64_t min, max;
	const char *choices; /* "a=b|c": groups with |, synonyms with = */
	size_t offset;       /* in struct options */
	const char *needs;   /* long name */
	const char *help;    /* the title of a heading */
};

struct option_conflict {
	const char *one, *other; /* long names */
	const char *words;       /* the message; NULL: the usual one */
};

struct option_implied {
	const char *one, *other; /* long names; the other is a flag */
	const char *unless;      /* long name; NULL: always */
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;
extern const struct option_conflict option_conflicts[];
extern const size_t option_conflict_count;
extern const struct option_implied option_implied[]; /* in the order to apply */
extern const size_t option_implied_count;

/* The row of a long name; never an alias.  NULL: none */
const struct option_row *option_find(const char *name);

/* Its argument may be left out, and stands behind a = where it is not. */
bool option_is_optional(const struct option_row *);

/* The option as messages name it: "-l" or "--mtu".  Into text. */
#define OPTION_LABEL 40
const char *option_label(const struct option_row *, char text[OPTION_LABEL]);

/* What follows its long name: " file", "[=file]" or "".  Into text. */
#define OPTION_ARGUMENT 40
const char *option_argument(
    const struct option_row *, char text[OPTION_ARGUMENT]);

/* "flag", "number", "size", "time", "text", "file", "port", "times", "choice",
 * "tos": for --list-options */
const char *option_kind_name(const struct option_row *);

#endif
