/* SPDX-License-Identifier: ISC */
/* dgram_server.h - a datagram socket that hears everybody
 *
 * A channel whose reads are the datagrams of all peers, and whose writes go to
 * the peer that was heard last.  Writes wait until somebody was heard. */
#ifndef NCX_DGRAM_SERVER_H
#define NCX_DGRAM_SERVER_H

#include <stdbool.h>

#include "channel.h"

/* Owns fd.  numeric: no names in the message about a new peer. */
struct channel *dgram_server(int fd, bool numeric);

#endif
