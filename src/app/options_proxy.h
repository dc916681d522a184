/* SPDX-License-Identifier: ISC */
/* options_proxy.h - the words of --proxy and --proxy-auth */
#ifndef NCX_OPTIONS_PROXY_H
#define NCX_OPTIONS_PROXY_H

#include "options.h"

/* Take them apart, once all options are known.  OPTIONS_GO_ON, or a status: it
 * has been said. */
int options_parse_proxy(struct options *);

#endif
