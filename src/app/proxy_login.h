/* SPDX-License-Identifier: ISC */
/* proxy_login.h - who we are to the proxy, asked for at most once */
#ifndef NCX_PROXY_LOGIN_H
#define NCX_PROXY_LOGIN_H

#include "credentials.h"
#include "options.h"
#include "password.h"

struct proxy_login {
	struct credentials credentials;
	struct password password; /* that was typed at the terminal */
	const struct options *options;
};

/* For all connections of the program.  It must stay where it is. */
void proxy_login_init(struct proxy_login *, const struct options *);
void proxy_login_forget(struct proxy_login *);

#endif
