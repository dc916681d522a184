/* SPDX-License-Identifier: ISC */
/* tls_selfsigned.h - a key and a certificate for this run
 *
 * ECDSA P-256, signed by itself, good from an hour ago for a year, for the
 * names and addresses that are given. */
#ifndef NCX_TLS_SELFSIGNED_H
#define NCX_TLS_SELFSIGNED_H

#include <stddef.h>
#include <stdint.h>

#include "tls_facts.h"
#include "tls_library.h"

struct tls_keypair {
	uint8_t *cert, *key; /* PEM; owned */
	size_t cert_len, key_len;
	char pin[TLS_PIN_LEN]; /* of the certificate */
};

/* The certificate, or with it NULL the key, as PEM; owned.  NULL: OpenSSL could
 * not. */
uint8_t *tls_pem(const struct tls_library *, X509 *, EVP_PKEY *, size_t *len);

/* The first name, of which there has to be one, is the subject as well; an IP
 * address becomes an iPAddress.  0, or -1: OpenSSL could not. */
int tls_selfsigned_make(const struct tls_library *, const char *const *names,
    size_t count, struct tls_keypair *);

/* The key is overwritten.  Empty is fine. */
void tls_keypair_free(struct tls_keypair *);

#endif
