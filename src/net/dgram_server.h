/* SPDX-License-Identifier: ISC */
/* dgram_server.h - a datagram socket that hears everybody
 *
 * A channel whose reads are the datagrams of all peers, and whose writes go to
 * the peer that was heard last.  Writes wait until somebody was heard; what a
 * peer does not take is dropped, as by the network, so that none can stop us.
 */
#ifndef NCX_DGRAM_SERVER_H
#define NCX_DGRAM_SERVER_H

#include "channel.h"

struct channel *dgram_server(int fd); /* owns fd */

#endif
