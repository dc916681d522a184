/* SPDX-License-Identifier: ISC */
/* tls_report.h - a TLS session in sentences */
#ifndef NCX_TLS_REPORT_H
#define NCX_TLS_REPORT_H

#include "lines.h"
#include "tls_facts.h"

/* With whom it is, in words; insecure: that nobody was verified is said, too.
 */
void tls_report(
    struct lines *, const struct tls_facts *, const char *where, bool insecure);

#endif
