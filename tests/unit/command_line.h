/* SPDX-License-Identifier: ISC */
/* command_line.h - lines as a user types them, and what is said of them */
#ifndef NCX_TEST_COMMAND_LINE_H
#define NCX_TEST_COMMAND_LINE_H

#include "options.h"
#include "status.h"
#include "support.h"

/* The words of a line, apart by one blank, as argv; they live until the next
 * line. */
int line_parse(struct options *, const char *line);

/* The same, and nothing must be wrong with it. */
struct options line_parsed(const char *line);

/* The status, and what was said on stderr. */
int line_complaint(const char *line, char *text, size_t size);

/* Status 2 and one line that holds these words. */
void check_complaint(const char *line, const char *words);

/* Status 2 and exactly these words: other programs look for them. */
void check_words(const char *line, const char *words);

#endif
