/* SPDX-License-Identifier: ISC */
/* socks.h - SOCKS 4, 4a and 5, as a client speaks them
 *
 * RFC 1928 (SOCKS 5), RFC 1929 (its user and password); SOCKS 4 and 4a are
 * Ying-Da Lee's memos, "SOCKS: A protocol for TCP proxy across firewalls" and
 * "SOCKS 4A".  All replies have a length of their own, at most 262 bytes. */
#ifndef NCX_SOCKS_H
#define NCX_SOCKS_H

#include "credentials.h"
#include "dialogue.h"

enum socks_version { SOCKS_4, SOCKS_4A, SOCKS_5 };

/* Where the proxy is to connect to.  The strings are borrowed until the
 * dialogue is made. */
struct socks_request {
	enum socks_version version;
	const char *host; /* a name, or an address in numbers */
	int port;
	struct credentials *credentials; /* borrowed; user NULL: none */
};

/* Always a dialogue.  A host that cannot be said - a name of more than 255
 * bytes, an empty one, a name or an IPv6 address to SOCKS 4, a user with more
 * than 255 bytes to SOCKS 5 - makes one that has failed: its `out` is empty and
 * its `error` is set before it has heard anything. */
struct dialogue *socks_dialogue(const struct socks_request *);

#endif
