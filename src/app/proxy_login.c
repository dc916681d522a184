/* SPDX-License-Identifier: ISC */
/* proxy_login.c - who we are to the proxy, asked for at most once */
#include <stdio.h>
#include <stdlib.h>

#include "proxy_login.h"

static const char *
ask(void *arg)
{
	struct proxy_login *login = arg;
	const struct options *o = login->options;
	const char *password = getenv("NCX_PROXY_PASS");
	char prompt[512];

	if (password != NULL)
		return password;
	snprintf(prompt, sizeof(prompt),
	    "Proxy password for %.200s@%.200s: ", o->proxy_user, o->proxy_host);
	return password_ask(&login->password, prompt);
}

void
proxy_login_init(struct proxy_login *login, const struct options *o)
{
	*login = (struct proxy_login){ .options = o,
		.credentials = { .user = o->proxy_user,
		    .password = o->proxy_pass,
		    .ask = ask,
		    .arg = login } };
}

void
proxy_login_forget(struct proxy_login *login)
{
	password_forget(&login->password);
}
