/* SPDX-License-Identifier: ISC */
/* terminal.h - a terminal that we were given, and that never makes us wait */
#ifndef NCX_TERMINAL_H
#define NCX_TERMINAL_H

/* The terminal behind fd, opened anew and non-blocking, for writing: what is
 * set there is not seen by others.  -1: it is none, or cannot be opened */
int terminal_open(int fd);

#endif
