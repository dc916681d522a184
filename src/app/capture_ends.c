/* SPDX-License-Identifier: ISC */
/* capture_ends.c - who speaks in a capture: addresses as packets have them */
#include <netinet/in.h>
#include <string.h>

#include "capture_ends.h"

#define UNIX_SERVICE_PORT 2
/* ports that a client may have, beginning with 1 */
#define PORTS 65535

size_t
capture_end_of(const struct address *a, struct packet_end *end)
{
	int family = a->len == 0 ? AF_UNSPEC : a->addr.ss_family;
	const struct sockaddr_in *in = (const struct sockaddr_in *)&a->addr;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a->addr;

	*end = (struct packet_end){ 0 };
	if (family == AF_INET) {
		end->port = ntohs(in->sin_port);
		memcpy(end->address, &in->sin_addr, 4);
		return 4;
	}
	if (family != AF_INET6)
		return 0;
	end->port = ntohs(in6->sin6_port);
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		memcpy(end->address, &in6->sin6_addr.s6_addr[12], 4);
		return 4;
	}
	memcpy(end->address, &in6->sin6_addr, 16);
	return 16;
}

static void
set_unix(struct conversation *c, unsigned number)
{
	static const struct packet_end client = { .address = { 127, 0, 0, 1 } };
	static const struct packet_end service = { .address = { 127, 0, 0, 2 },
		.port = UNIX_SERVICE_PORT };

	c->ipv6 = false;
	c->end[c->accepted] = client;
	c->end[c->accepted].port = (uint16_t)((number - 1) % PORTS + 1);
	c->end[!c->accepted] = service;
}

static bool
is_unix(const struct address *a)
{
	return a->len > 0 && a->addr.ss_family == AF_UNIX;
}

/* What they are decides: ours may be of both families, as a wildcard. */
static void
set_ip(struct conversation *c, const struct capture_ends *ends)
{
	size_t ours = capture_end_of(ends->ours, &c->end[CONVERSATION_OURS]);
	size_t theirs =
	    capture_end_of(ends->theirs, &c->end[CONVERSATION_THEIRS]);

	c->ipv6 = (theirs != 0 ? theirs : ours) == 16;
}

void
capture_ends_set(struct conversation *c, const struct capture_ends *ends)
{
	if (is_unix(ends->ours) || is_unix(ends->theirs))
		set_unix(c, ends->number);
	else
		set_ip(c, ends);
	if (ends->service_port != 0)
		c->end[!c->accepted].port = (uint16_t)ends->service_port;
}
