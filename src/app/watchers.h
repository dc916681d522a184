/* SPDX-License-Identifier: ISC */
/* watchers.h - the kinds of looking that there are: the rows of watch.c */
#ifndef NCX_WATCHERS_H
#define NCX_WATCHERS_H

#include "watch.h"

extern const struct watcher_ops watch_hash; /* --hash */

#endif
