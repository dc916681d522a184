/* SPDX-License-Identifier: ISC */

/* pattern.h - the bytes that load.c sends and compares
 *
 * Lines of PATTERN_LINE bytes, each with its number, that begin with u and d
 * in turn; then it begins again.  They are in a file in memory, so that
 * sending them copies nothing. */

#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_LINE  16
#define PATTERN_LINES 65536
#define PATTERN_SIZE  ((uint64_t)PATTERN_LINE * PATTERN_LINES)

struct pattern {
	int fd;
	const char *bytes;
};

/* Ends the process if there is no memory. */
void pattern_make(struct pattern *);

/* at: where in the endless pattern; the same for a count of bytes in one
 * piece. */
bool pattern_matches(const struct pattern *, uint64_t at, const char *, size_t);
size_t pattern_piece(uint64_t at, uint64_t wanted);

#endif
