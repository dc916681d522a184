/* SPDX-License-Identifier: ISC */
/* tls_report.h - a TLS session in sentences */
#ifndef NCX_TLS_REPORT_H
#define NCX_TLS_REPORT_H

#include <stdbool.h>

#include "endpoint.h"
#include "lines.h"
#include "tls_facts.h"

/* Whose certificate it is, from whom, until when; none is fine. */
void tls_report_certificate(struct lines *, const struct tls_certificate *);

/* With whom it is, in words; insecure: that nobody was verified is said, too.
 */
void tls_report(struct lines *, const struct tls_facts *,
    const struct address_text *, bool insecure);

#endif
