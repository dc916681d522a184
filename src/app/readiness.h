/* SPDX-License-Identifier: ISC */
/* readiness.h - tell the outside that the listener listens, and that it ends
 *
 * A file (--port-file), a descriptor (--ready-fd) and a service manager
 * (NOTIFY_SOCKET) may wait for that. */
#ifndef NCX_READINESS_H
#define NCX_READINESS_H

#include "notify.h"
#include "options.h"
#include "status.h"

/* ms; how long --ready-fd may have no room for its line */
#define READINESS_ROOM_MS 2000

/* Zeroed is a valid one without a service manager. */
struct readiness {
	struct notify notify;
};

/* Takes NOTIFY_SOCKET out of the environment: before any child is made. */
void readiness_init(struct readiness *);

/* What the options ask for can be done, as far as can be told before anything
 * is opened, which might get a number that was not open.  Makes the descriptor
 * of --ready-fd close-on-exec, but for 0, 1 and 2.  STATUS_OK, or a status: it
 * has been said. */
enum status readiness_check(const struct options *);

/* The listener listens.  where is its port in digits, or its path: less than
 * ADDRESS_TEXT bytes.  Once: the descriptor of --ready-fd is closed, but for 0,
 * 1 and 2.  STATUS_OK, or STATUS_LOCAL: it has been said, and the service
 * manager knows of nothing. */
enum status readiness_tell(
    const struct readiness *, const struct options *, const char *where);

/* For the service manager.  One that cannot be told is no failure of ours, and
 * only -v speaks of it. */
void readiness_reloading(const struct readiness *);
void readiness_reloaded(const struct readiness *);
void readiness_stopping(const struct readiness *);

#endif
