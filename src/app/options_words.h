/* SPDX-License-Identifier: ISC */
/* options_words.h - the words of the command line that are no options */
#ifndef NCX_OPTIONS_WORDS_H
#define NCX_OPTIONS_WORDS_H

#include "options.h"

/* Host, ports or path, in all forms that netcats know.  OPTIONS_GO_ON, or a
 * status: everything has been said. */
int options_parse_words(struct options *, char **words);

/* Say: what "value": expected ...; STATUS_USAGE */
int options_wrong_value(
    const char *what, const char *value, const char *expected);

#endif
