/* SPDX-License-Identifier: ISC */
/* password.h - a password that the user is asked for */
#ifndef NCX_PASSWORD_H
#define NCX_PASSWORD_H

/* bytes, with the NUL */
#define PASSWORD_SIZE 256

struct password {
	char text[PASSWORD_SIZE];
};

/* Ask on the terminal, without an echo; signals that end us do so meanwhile.
 * The password, which is in p; NULL: errno, ENOTTY without a terminal */
const char *password_ask(struct password *p, const char *prompt);

void password_forget(struct password *);

#endif
