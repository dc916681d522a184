/* SPDX-License-Identifier: ISC */
/* dial_proxy.h - a dial through a proxy */
#ifndef NCX_DIAL_PROXY_H
#define NCX_DIAL_PROXY_H

#include "dial.h"

/* "socks4", "socks4a", "socks5", "http" */
const char *dial_proxy_type(const struct options *);

/* Look up the host, where we are the ones to do that. */
void dial_look_up_beyond(struct dial *, struct channel *);

/* Add the handshakes that lead from the looked-up proxy to the port whose turn
 * it is. */
void dial_through_proxy(struct dial *, struct channel *);

#endif
