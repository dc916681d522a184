/* SPDX-License-Identifier: ISC */
/* tls_library.h - libtls, loaded when it is asked for
 *
 * Linking it would cost every start of ncx as much as all the rest of it.  So
 * its functions, and those of the OpenSSL below it, are members of the same
 * name: library->tls_read(...).
 *
 * libtls hides the SSL that it makes, in which alone a certificate can be
 * judged while the peer can still be told.  But OpenSSL tells who asks of every
 * SSL that is made (CRYPTO_EX_new in CRYPTO_get_ex_new_index(3)): `made` is the
 * last one. */
#ifndef NCX_TLS_LIBRARY_H
#define NCX_TLS_LIBRARY_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <tls.h>

struct tls_library {
	void *handle; /* of dlopen(3) */
	int index;    /* of our own in the ex_data of an SSL */
	SSL *made;    /* borrowed from libtls */
#define FUNCTION(name) __typeof__(name) *(name);
#include "tls_library.def"
#undef FUNCTION
};

/* NULL, or why it is not there, in words that are valid until the next
 * dlopen(3). */
const char *tls_library_load(struct tls_library *);
void tls_library_free(struct tls_library *); /* not loaded is fine */

#endif
