/* SPDX-License-Identifier: ISC */
/* credentials.h - who we are to a proxy */
#ifndef NCX_CREDENTIALS_H
#define NCX_CREDENTIALS_H

/* Strings are borrowed and must outlive whoever was given the credentials. */
struct credentials {
	const char *user;     /* NULL: nobody */
	const char *password; /* NULL: not known yet */
	/* Asks for the password, once, where the other side wants one.
	 * NULL: there is none to be had. */
	const char *(*ask)(void *arg);
	void *arg;
};

/* The password; asked for and kept if it was not known.  NULL: none */
const char *credentials_password(struct credentials *);

#endif
