/* SPDX-License-Identifier: ISC */
/* tls_certificate.h - what a certificate says, in words */
#ifndef NCX_TLS_CERTIFICATE_H
#define NCX_TLS_CERTIFICATE_H

#include <stdbool.h>

#include "tls_facts.h"
#include "tls_library.h"

/* Fill what a certificate tells of itself; all text is printable. */
void tls_certificate_facts(
    const struct tls_library *, X509 *, struct tls_certificate *);

/* True if it was made for this name or IP address (RFC 6125 section 6.4, RFC
 * 2818 section 3.1). */
bool tls_certificate_names(
    const struct tls_library *, X509 *, const char *name);

#endif
