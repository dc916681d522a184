/* SPDX-License-Identifier: ISC */
/* notify.h - tell a service manager how we are: what sd_notify(3) does */
#ifndef NCX_NOTIFY_H
#define NCX_NOTIFY_H

#include "endpoint.h"

/* Zeroed is a valid one that has nobody to tell. */
struct notify {
	struct address manager; /* len 0: nobody */
};

/* Whom to tell is in NOTIFY_SOCKET, an absolute path or an abstract @name; it
 * leaves the environment, so that no child speaks for us. */
void notify_init(struct notify *);

/* Send lines such as "READY=1"; never blocks.  0, also where there is nobody,
 * or -1: errno, EAGAIN where the manager has no room */
int notify_tell(const struct notify *, const char *lines);

/* RELOADING=1, with the time that it needs: "READY=1" ends it.  As above. */
int notify_reloading(const struct notify *);

#endif
