/* SPDX-License-Identifier: ISC */
/* tls_digest.h - digests by the libcrypto that TLS uses
 *
 * It knows the instructions that processors have for them: SHA-256 is six times
 * as fast as that of libmd where there are some. */
#ifndef NCX_TLS_DIGEST_H
#define NCX_TLS_DIGEST_H

#include "digest.h"

struct tls_digests;

/* NULL: there is no such library. */
struct tls_digests *tls_digests_load(void);
void tls_digests_free(struct tls_digests *); /* NULL is fine */

/* NULL: the library does not have it.  It borrows what it is of. */
struct digest *tls_digest_new(const struct tls_digests *, enum digest_kind);

#endif
