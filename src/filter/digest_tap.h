/* SPDX-License-Identifier: ISC */
/* digest_tap.h - the tap that digests what it sees */
#ifndef NCX_DIGEST_TAP_H
#define NCX_DIGEST_TAP_H

#include "digest.h"
#include "tap.h"

/* of a digest in hex, with the NUL */
#define DIGEST_TEXT (2 * DIGEST_BYTES + 1)

/* Owns the digest, and borrows the text: "" until the tap has ended. */
struct tap *digest_tap(struct digest *, char text[static DIGEST_TEXT]);

/* Those in the list write their texts, and see nothing after that.  One whose
 * library has failed leaves its text as it is. */
void digest_taps_end(struct tap *list);

#endif
