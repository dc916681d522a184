/* SPDX-License-Identifier: ISC */
/* outlet.h - our output for many at once
 *
 * What one of them read in one go is written in one piece: while the output has
 * taken a part of it only, the others wait.  Splicing knows no such pieces, so
 * it is for who is alone. */
#ifndef NCX_OUTLET_H
#define NCX_OUTLET_H

#include "channel.h"
#include "hub.h"

struct outlet;

/* fd is borrowed; -1: what is written is dropped. */
struct outlet *outlet_new(int fd);
void outlet_free(
    struct outlet *); /* all its channels are closed; NULL is fine */

/* A channel that writes there, and reads what is said in the hub; hub NULL: it
 * has no input. */
struct channel *outlet_channel(
    struct outlet *, struct hub *hub, struct hub_member);

#endif
