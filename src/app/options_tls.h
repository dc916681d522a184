/* SPDX-License-Identifier: ISC */
/* options_tls.h - what the TLS options may say */
#ifndef NCX_OPTIONS_TLS_H
#define NCX_OPTIONS_TLS_H

#include "options.h"

/* Check their values, and which of them have a sense together.  OPTIONS_GO_ON,
 * or a status: it has been said. */
int options_parse_tls(struct options *);

#endif
