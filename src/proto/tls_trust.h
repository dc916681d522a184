/* SPDX-License-Identifier: ISC */
/* tls_trust.h - is this the peer that was meant?
 *
 * Theory of operation: a certificate is judged in the midst of the handshake,
 * so that the peer is told by an alert.  Three things can vouch for it: a
 * chain to a CA with the right name in it; one of the pins; or what is known
 * from earlier (trust on first use).  Pins and what is known vouch by
 * themselves: then neither the issuer nor the name matters, unless a CA or a
 * name was asked for. */
#ifndef NCX_TLS_TRUST_H
#define NCX_TLS_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "known_peers.h"
#include "tls_facts.h"
#include "tls_library.h"

/* bytes, of words that name a certificate and what was expected */
#define TLS_WHY_LEN 1024

/* What a peer is held to; all is borrowed. */
struct tls_trust {
	bool chain;              /* it has to lead to a CA */
	const char *name;        /* it has to have; NULL: any */
	const char *const *pins; /* "sha256:" and hex of either case: one of */
	size_t pin_count;        /* 0: none is asked for */
	struct known_peers *known; /* NULL: not asked */
	const char *known_as;      /* the peer's HOST:PORT in it */
};

struct tls_verdict {
	struct tls_certificate certificate;
	bool known_first; /* not known before: to be added when all is well */
	char why[TLS_WHY_LEN]; /* it is refused; "": it is not */
};

/* Judge, within OpenSSL's cert_verify_callback.  1: trust it; 0: refuse it,
 * and the error of the context says so to the peer by the alert that fits. */
int tls_trust_judge(const struct tls_library *, const struct tls_trust *,
    X509_STORE_CTX *, struct tls_verdict *);

#endif
