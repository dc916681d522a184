/* SPDX-License-Identifier: ISC */
/* http_auth.h - what a challenge asks for, and the answer to it
 *
 * RFC 9110 section 11, RFC 7617 (Basic), RFC 7616 (Digest).  The hashes are
 * libmd's. */
#ifndef NCX_HTTP_AUTH_H
#define NCX_HTTP_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "credentials.h"

/* bytes; a challenge with a longer value is passed over */
#define HTTP_AUTH_VALUE 512
/* bytes; of the schemes that cannot be answered, for messages */
#define HTTP_AUTH_OTHERS 48
/* bytes; no longer answer is given */
#define HTTP_AUTH_MAX 4096

/* In the order in which one is to be preferred, the last first. */
enum http_auth {
	HTTP_AUTH_NONE,
	HTTP_AUTH_BASIC,
	HTTP_AUTH_DIGEST_MD5,
	HTTP_AUTH_DIGEST_SHA256,
};

/* The best of the challenges that were seen; all zero at first. */
struct http_challenge {
	enum http_auth auth;
	/* Digest: its name, to be repeated; NULL: there was none.  Static */
	const char *algorithm;
	bool session;  /* Digest: the algorithm is -sess */
	bool qop_auth; /* Digest: with qop=auth; false: as RFC 2069 */
	bool userhash; /* Digest: RFC 7616 section 3.4.4 */
	bool stale;    /* Digest: only the nonce was too old */
	char realm[HTTP_AUTH_VALUE];
	char nonce[HTTP_AUTH_VALUE];
	char opaque[HTTP_AUTH_VALUE];
	bool has_opaque;
	/* The schemes of those that cannot be answered, "NTLM, Negotiate"; as
	 * long as auth is HTTP_AUTH_NONE. */
	char others[HTTP_AUTH_OTHERS];
};

/* Look at one Proxy-Authenticate or WWW-Authenticate field, which may hold
 * several challenges, and keep the best one. */
void http_challenge_read(struct http_challenge *, const char *field);

/* What is asked for, and with which client nonce.  Strings are borrowed. */
struct http_auth_request {
	const char *method; /* "CONNECT" */
	const char *uri;    /* "example.com:80" */
	const char *cnonce; /* letters and digits, a new one each time */
};

/* The value of the Proxy-Authorization field.  0; -1: it does not fit, or the
 * user cannot be named in this scheme (a colon in Basic, a control character).
 * The credentials have a user and a password. */
int http_auth_answer(char text[HTTP_AUTH_MAX], const struct http_challenge *,
    const struct credentials *, const struct http_auth_request *);

#endif
