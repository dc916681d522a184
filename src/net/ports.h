/* SPDX-License-Identifier: ISC */
/* ports.h - port arguments: numbers, service names, ranges and lists */
#ifndef NCX_PORTS_H
#define NCX_PORTS_H

#include <stddef.h>

#define PORT_MAX 65535

struct ports {
	int *list;
	size_t count, cap;
};

/* One port: a number from least (0 or 1) to PORT_MAX, or a service name of
 * the protocol ("tcp", "udp").  -1: neither */
int port_parse(const char *text, const char *protocol, int least);

/* Append what an argument names: a port, LO-HI in either order, or several of
 * these with commas.  0, or -1 and *bad is the member that is wrong, to be
 * freed by the caller. */
int ports_parse(
    struct ports *, const char *text, const char *protocol, char **bad);
void ports_free(struct ports *);

/* Put ports, or their places in a list, into random order. */
void ports_shuffle(int *list, size_t count);

/* The service of a port for messages; "*" when it has no name */
const char *port_service(int port, const char *protocol);

#endif
