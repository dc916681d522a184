/* SPDX-License-Identifier: ISC */
/* options_limits.h - what is left to settle of --until and --rate */
#ifndef NCX_OPTIONS_LIMITS_H
#define NCX_OPTIONS_LIMITS_H

#include "options.h"

/* OPTIONS_GO_ON, or a status: everything has been said. */
int options_parse_limits(struct options *);

#endif
