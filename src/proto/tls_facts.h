/* SPDX-License-Identifier: ISC */
/* tls_facts.h - what is known of a TLS session */
#ifndef NCX_TLS_FACTS_H
#define NCX_TLS_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#define TLS_PIN_LEN  (sizeof("sha256:") + 64) /* bytes, with the NUL */
#define TLS_DATE_LEN 24                       /* "2026-11-22 20:35:57 UTC" */
/* bytes; longer texts are cut, and end in "..." */
#define TLS_NAME_LEN  256
#define TLS_NAMES_LEN 512

struct tls_certificate {
	char pin[TLS_PIN_LEN]; /* of its DER; "": there is no certificate */
	char subject[TLS_NAME_LEN], issuer[TLS_NAME_LEN]; /* "CN = a, O = b" */
	char names[TLS_NAMES_LEN]; /* DNS names and addresses: "a, b"; or "" */
	char not_before[TLS_DATE_LEN], not_after[TLS_DATE_LEN];
	bool self_signed;
};

struct tls_facts {
	char version[16];            /* "TLSv1.3" */
	char cipher[64];             /* OpenSSL's name of the suite */
	char alpn[TLS_NAME_LEN];     /* "": none was agreed on */
	struct tls_certificate peer; /* of its own certificate */
	bool known_first;            /* to be added to the known peers */
	bool trusted;                /* it was verified, or pinned, or known */
	int64_t took_us;             /* the handshake, from its first byte */
};

#endif
