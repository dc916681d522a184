/* SPDX-License-Identifier: ISC */
/* inherited.h - sockets that we were started with, instead of an address
 *
 * --inetd: descriptor 0.  Socket activation: descriptors 3 and up. */
#ifndef NCX_INHERITED_H
#define NCX_INHERITED_H

#include "listen.h"
#include "options.h"
#include "status.h"

struct inherited {
	struct listener *listener; /* the caller's; NULL: none */
	int connected;             /* the caller's; -1: none */
};

/* One of the two, and STATUS_OK; or a status: it has been said.  A socket on
 * descriptor 0 leaves that and whichever of 1 and 2 are the same. */
enum status inherited_take(const struct options *, struct inherited *);

#endif
