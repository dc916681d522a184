/* SPDX-License-Identifier: ISC */
/* resolver.h - lookups of names, by a child process
 *
 * getaddrinfo(3) and getnameinfo(3) can neither be given a limit nor be left:
 * a child does them, and its answer comes through a pipe. */
#ifndef NCX_RESOLVER_H
#define NCX_RESOLVER_H

#include "endpoint.h"

struct resolver;

/* Ask for the addresses of an endpoint, or for the name of an address.
 * NULL: errno */
struct resolver *resolver_addresses(const struct endpoint *);
struct resolver *resolver_name(const struct address *);

int resolver_fd(const struct resolver *); /* readable when there is news */

/* The answer to either question.  0, appended to *found or put into *text;
 * EAI_*, for EAI_SYSTEM with errno; or RESOLVER_WAIT: it is not there yet. */
#define RESOLVER_WAIT 1 /* EAI_* are negative */
int resolver_finish_addresses(struct resolver *, struct address **found);
int resolver_finish_name(struct resolver *, struct address_text *text);

void resolver_free(struct resolver *); /* ends the child; NULL is fine */

#endif
