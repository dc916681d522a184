/* SPDX-License-Identifier: ISC */
/* tls_context.h - what TLS sessions have in common: who we are, whom we trust
 *
 * Without libtls the same functions say that there is none (tls_none.c). */
#ifndef NCX_TLS_CONTEXT_H
#define NCX_TLS_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "known_peers.h"
#include "tls_facts.h"

/* bytes */
#define TLS_ERROR_LEN 512

/* Why a context cannot be made. */
struct tls_why {
	bool settings; /* for what they ask, whatever is in the files */
	char words[TLS_ERROR_LEN];
};

/* Strings are borrowed until the context is made, the lists for longer. */
struct tls_settings {
	bool server;
	const char *ca;         /* file or folder of CAs; NULL: the system's */
	const char *crl;        /* file of revocations; NULL: none */
	const char *cert, *key; /* files; NULL: none.  No key: it is in cert */
	const char *alpn;       /* "h2,http/1.1"; NULL: none */
	const char *ciphers;    /* NULL: the strong ones */
	bool tls13_only;
	bool insecure;   /* a client trusts anybody */
	bool ask_client; /* a server wants a certificate of its client */
	const char *const *pins; /* one of them has to be the peer's */
	size_t pin_count;
	struct known_peers *known; /* borrowed; NULL: not asked */
	/* a server without cert makes one for these */
	const char *const *names;
	size_t name_count;
	/* Ask for the password of the key in this file; NULL: there is none.
	 * Overwritten after use. */
	char *(*ask_password)(const char *file, void *arg);
	void *arg;
};

struct tls_context;

/* NULL, and why, which was zeroed: "read of FILE failed: Permission denied". */
struct tls_context *tls_context_new(
    const struct tls_settings *, struct tls_why *why);
void tls_context_free(struct tls_context *); /* NULL is fine */

/* The pin of the certificate that was made for this run; NULL: none was. */
const char *tls_context_pin(const struct tls_context *);

#endif
