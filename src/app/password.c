/* SPDX-License-Identifier: ISC */
/* password.c - a password that the user is asked for */
#include <readpassphrase.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "password.h"

const char *
password_ask(struct password *p, const char *prompt)
{
	sigset_t none, before;
	const char *answer;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, &before);
	answer =
	    readpassphrase(prompt, p->text, sizeof(p->text), RPP_REQUIRE_TTY);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return answer;
}

void
password_forget(struct password *p)
{
	explicit_bzero(p->text, sizeof(p->text));
}
