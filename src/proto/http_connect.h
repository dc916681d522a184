/* SPDX-License-Identifier: ISC */
/* http_connect.h - the CONNECT method, as a client speaks it
 *
 * RFC 9110 section 9.3.6, RFC 9112.  Any 2xx is a yes; interim 1xx answers are
 * passed over; a 407 is answered once, over a new connection, with the best of
 * the challenges it held - and once more where the nonce was stale. */
#ifndef NCX_HTTP_CONNECT_H
#define NCX_HTTP_CONNECT_H

#include "credentials.h"
#include "dialogue.h"

/* heads; a proxy that sends more interim answers than that is refused */
#define HTTP_INTERIM_MAX 16

/* Where the proxy is to connect to.  The strings are borrowed until the
 * dialogue is made. */
struct http_connect_request {
	const char *host; /* a name, or an address in numbers, without [] */
	int port;
	struct credentials *credentials; /* borrowed; user NULL: none */
};

/* Always a dialogue.  A host with bytes that cannot stand in a request - space,
 * control characters, "/", "@", brackets, or none at all - makes one that has
 * failed, as in socks.h. */
struct dialogue *http_connect_dialogue(const struct http_connect_request *);

#endif
