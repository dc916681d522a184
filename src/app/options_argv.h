/* SPDX-License-Identifier: ISC */
/* options_argv.h - the command line as it was typed, to be shown */
#ifndef NCX_OPTIONS_ARGV_H
#define NCX_OPTIONS_ARGV_H

#include "options.h"

/* In words that a shell takes for the same.  Of a secret, which points into a
 * word, all that is behind its first colon is left out.  The caller frees it.
 */
char *options_argv_join(
    int argc, char *const *argv, const struct texts *secrets);

#endif
