/* SPDX-License-Identifier: ISC */
/* access.h - who may come in: allow and deny sets of addresses and prefixes */
#ifndef NCX_ACCESS_H
#define NCX_ACCESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "endpoint.h"

/* A prefix; IPv4 is kept as the IPv6 address that it is mapped to. */
struct access_rule {
	struct in6_addr prefix; /* bits behind it are 0 */
	int bits;               /* 0 to 128 */
};

/* Zeroed is a valid, empty set. */
struct access_rules {
	struct access_rule *list; /* owned */
	size_t count, cap;
	bool given; /* the set counts, though it may be empty */
};

/* Who is in deny stays out, else who is in allow may come in; where allow was
 * not given, that is everybody.  Zeroed lets everybody in. */
struct access {
	struct access_rules allow, deny;
};

enum access_word {
	ACCESS_ADDED,
	ACCESS_NAME,  /* of a host, to be looked up; nothing was added */
	ACCESS_WRONG, /* no address, no prefix and no name */
};

/* Takes an IPv4 or IPv6 address, or address/bits, whose host bits do not
 * count.  The set is given from then on, unless the word is wrong. */
enum access_word access_add(struct access_rules *, const char *word);

/* Add the addresses of a name, whatever their ports; what is not IP is passed
 * over. */
void access_add_addresses(struct access_rules *, const struct address *);

/* An IPv4 peer and the IPv6 address that it is mapped to are the same; a prefix
 * shorter than ::ffff:0:0/96 is for IPv6 peers only.  A peer that is not IP, or
 * NULL, is not subject to rules. */
bool access_allows(const struct access *, const struct address *peer);

void access_free(struct access *); /* it is zeroed then */

#endif
