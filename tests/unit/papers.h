/* SPDX-License-Identifier: ISC */
/* papers.h - certificates of every kind, made while the tests run
 *
 * They are signed by OpenSSL, which the tests link; what they test has loaded
 * it by itself, and it is the same. */
#ifndef NCX_PAPERS_H
#define NCX_PAPERS_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

#include "tls_library.h"

/* seconds */
#define HOUR 3600L
#define DAY  (24 * HOUR)

struct issued {
	X509 *cert;
	EVP_PKEY *key;
};

/* What is to be made. */
struct paper {
	const char *subject;         /* CN, in UTF-8 */
	const char *organization;    /* O; NULL: none */
	const struct issued *issuer; /* NULL: itself */
	long from, until;  /* seconds from now; both 0: good for a day */
	const char *names; /* "DNS:a,IP:::1"; NULL: none */
	/* a DNS name of any bytes; NULL: none.  Not together with names. */
	const char *raw_name;
	size_t raw_len;
	bool ca;
};

struct issued papers_issue(const struct paper *);
void papers_free(struct issued *);

/* What an issuer has revoked: one, or with NULL none. */
X509_CRL *papers_revoke(const struct issued *issuer, X509 *);

/* "2026-11-22 20:35:57 UTC"; valid until the next call. */
const char *papers_date(const ASN1_TIME *);

/* The library that is tested, loaded once. */
const struct tls_library *papers_library(void);

#endif
