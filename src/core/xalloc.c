/* SPDX-License-Identifier: ISC */
/* xalloc.c - allocation that cannot fail */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

static void *
checked(void *memory)
{
	if (memory == NULL)
		err(XALLOC_STATUS, NULL);
	return memory;
}

void *
xcalloc(size_t count, size_t size)
{
	return checked(calloc(count, size));
}

void *
xreallocarray(void *old, size_t count, size_t size)
{
	return checked(reallocarray(old, count, size));
}

char *
xstrdup(const char *text)
{
	return checked(strdup(text));
}
