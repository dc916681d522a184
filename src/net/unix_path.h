/* SPDX-License-Identifier: ISC */
/* unix_path.h - the path of a Unix socket that we made and have to remove */
#ifndef NCX_UNIX_PATH_H
#define NCX_UNIX_PATH_H

#include <sys/stat.h>

#include "endpoint.h"

/* Zeroed is a valid one that has nothing to remove. */
struct unix_path {
	char path[ADDRESS_TEXT]; /* "": nothing */
	struct statx made;       /* the socket that we made there */
};

/* Bind, and remember the path.  A stale socket is replaced; anything else that
 * is there stays untouched: EEXIST for what is not a socket, EADDRINUSE for a
 * socket that somebody listens on.  Abstract and IP addresses are just bound.
 * 0, or -1: errno */
int unix_path_bind(struct unix_path *, int fd, const struct address *);

/* Remove the path, if what is there is still what we made. */
void unix_path_remove(struct unix_path *);

#endif
