/* SPDX-License-Identifier: ISC */
/* option_field.h - what an option puts into its field */
#ifndef NCX_OPTION_FIELD_H
#define NCX_OPTION_FIELD_H

#include "option_table.h"
#include "options.h"

/* text is its argument, NULL where it takes none; a field may keep it.
 * OPTIONS_GO_ON, or a status: everything has been said. */
int option_set(struct options *, const struct option_row *, const char *text);

#endif
