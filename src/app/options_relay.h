/* SPDX-License-Identifier: ISC */
/* options_relay.h - the target of --relay */
#ifndef NCX_OPTIONS_RELAY_H
#define NCX_OPTIONS_RELAY_H

#include "options.h"

/* Also refuses what a listener may only have for its upstream.
 * OPTIONS_GO_ON, or a status: it has been said. */
int options_parse_relay(struct options *);

#endif
