/* SPDX-License-Identifier: ISC */
/* options_report.h - what --report may say */
#ifndef NCX_OPTIONS_REPORT_H
#define NCX_OPTIONS_REPORT_H

#include "options.h"

/* Take --report apart.  OPTIONS_GO_ON, or a status: everything has been said */
int options_parse_report(struct options *);

#endif
