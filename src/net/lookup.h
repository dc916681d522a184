/* SPDX-License-Identifier: ISC */
/* lookup.h - the handshakes that look up names, so that nothing else waits */
#ifndef NCX_LOOKUP_H
#define NCX_LOOKUP_H

#include "channel.h"
#include "endpoint.h"

/* Called when the addresses are there or cannot be had: 0 or EAI_*, for
 * EAI_SYSTEM with errno. */
typedef void lookup_fn(const struct endpoint *, int code, void *arg);

struct lookup_request {
	struct endpoint endpoint;
	struct address **found; /* borrowed; appended to */
	lookup_fn *done;
	void *arg;
};

/* Finds the addresses of an endpoint; numbers and paths without a child.  A
 * limit that passes meanwhile is reported as EAI_SYSTEM with ETIMEDOUT. */
struct handshake *lookup_handshake(const struct lookup_request *);

/* Finds the name of an address, and never fails: where there is none, or not
 * within NAME_LIMIT_MS, the text stays in numbers.  text is borrowed. */
#define NAME_LIMIT_MS 2000
struct handshake *name_handshake(
    const struct address *, struct address_text *text);

#endif
