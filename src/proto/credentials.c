/* SPDX-License-Identifier: ISC */
/* credentials.c - who we are to a proxy */
#include <stddef.h>

#include "credentials.h"

const char *
credentials_password(struct credentials *c)
{
	if (c->password == NULL && c->ask != NULL) {
		c->password = c->ask(c->arg);
		c->ask = NULL;
	}
	return c->password;
}
