/* SPDX-License-Identifier: ISC */
/* telnet.h - the filter that refuses every telnet option (RFC 854) */
#ifndef NCX_TELNET_H
#define NCX_TELNET_H

#include "flow.h"

/* Takes commands and negotiations out of what the peer sends, and answers over
 * the flow to the peer: WILL with DONT, DO with WONT.  A peer that does not
 * read its answers gets no more of them. */
struct filter *telnet_filter(struct flow *to_peer);

#endif
