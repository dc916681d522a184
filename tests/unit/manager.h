/* SPDX-License-Identifier: ISC */
/* manager.h - a service manager that listens to what a service says */
#ifndef NCX_TEST_MANAGER_H
#define NCX_TEST_MANAGER_H

/* A datagram socket at a path, or an abstract @name, that NOTIFY_SOCKET is set
 * to.  Does not block. */
int manager_start(const char *name);

/* What was said last, and now; "" for nothing. */
#define MANAGER_TEXT 256
const char *manager_heard(int fd, char text[MANAGER_TEXT]);

#endif
