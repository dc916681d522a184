/* SPDX-License-Identifier: ISC */
/* watch_sink.h - the file of a record, and what is said when it fails */
#ifndef NCX_WATCH_SINK_H
#define NCX_WATCH_SINK_H

#include "options.h"
#include "sink.h"
#include "status.h"

/* As sink_open(); NULL: *status, and it has been said.  SINK_NEW is for what
 * --force can replace. */
struct sink *watch_sink_open(
    const char *path, enum sink_mode, enum status *status);

/* What --append-output says of dumps and records. */
enum sink_mode watch_sink_mode(const struct options *);

/* STATUS_OK: it is whole, or NULL; else it has been said. */
enum status watch_sink_close(struct sink *);

#endif
