/* SPDX-License-Identifier: ISC */
/* capture_ends.h - who speaks in a capture: addresses as packets have them */
#ifndef NCX_CAPTURE_ENDS_H
#define NCX_CAPTURE_ENDS_H

#include "conversation.h"
#include "endpoint.h"

/* How many bytes the address has: 4, also for IPv4 inside of IPv6, or 16.  0:
 * it is none of IP, or not known, which is a length of 0. */
size_t capture_end_of(const struct address *, struct packet_end *);

struct capture_ends {
	const struct address *ours, *theirs;
	unsigned number;  /* of the connection; the first is 1 */
	int service_port; /* instead of the real one; 0: that one */
};

/* Of a conversation whose accepted is set.  A Unix socket gets 127.0.0.1 and
 * 127.0.0.2, which serves at port 2, and the client's port is the number. */
void capture_ends_set(struct conversation *, const struct capture_ends *);

#endif
