/* SPDX-License-Identifier: ISC */
/* watchers.h - the kinds of looking that there are: the rows of watch.c */
#ifndef NCX_WATCHERS_H
#define NCX_WATCHERS_H

#include "watch.h"

extern const struct watcher_ops watch_story, watch_hash, watch_capture,
    watch_dump, watch_records, watch_report, watch_status, watch_progress;

#endif
