/* SPDX-License-Identifier: ISC */
/* dial_proxy.h - a dial through a proxy */
#ifndef NCX_DIAL_PROXY_H
#define NCX_DIAL_PROXY_H

#include "dial.h"

/* Add the handshakes that lead from the looked-up proxy to the port whose turn
 * it is. */
void dial_through_proxy(struct dial *, struct channel *);

#endif
