/* SPDX-License-Identifier: ISC */
/* ending.h - who ended a session and how, in words */
#ifndef NCX_ENDING_H
#define NCX_ENDING_H

#include "relay.h"

/* "ended by the peer", or the words of a fault or of a limit, which are valid
 * as long as the relay. */
const char *ending_words(const struct relay *, enum relay_result);

#endif
