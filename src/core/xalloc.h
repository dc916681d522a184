/* SPDX-License-Identifier: ISC */
/* xalloc.h - allocation that cannot fail: without memory the program ends. */
#ifndef NCX_XALLOC_H
#define NCX_XALLOC_H

#include <stddef.h>

/* Exit status when memory ran out: the local side failed. */
#define XALLOC_STATUS 6

void *xcalloc(size_t count, size_t size);                  /* zeroed */
void *xreallocarray(void *old, size_t count, size_t size); /* NULL is fine */
char *xstrdup(const char *);

#endif
