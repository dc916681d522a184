/* SPDX-License-Identifier: ISC */
/* options_records.h - where the records of the sessions go */
#ifndef NCX_OPTIONS_RECORDS_H
#define NCX_OPTIONS_RECORDS_H

#include "options.h"

/* Sets stdout_taken.  OPTIONS_GO_ON, or a status: it has been said. */
int options_parse_records(struct options *);

#endif
