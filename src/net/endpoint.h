/* SPDX-License-Identifier: ISC */
/* endpoint.h - where to connect or listen, and the addresses behind it */
#ifndef NCX_ENDPOINT_H
#define NCX_ENDPOINT_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* As the user said it.  Strings are borrowed. */
struct endpoint {
	const char *host; /* NULL: any address; a path for AF_UNIX */
	int port;         /* 0 for AF_UNIX */
	int family;       /* AF_UNSPEC: either IP family */
	int socktype;
	bool numeric; /* no name lookups */
	bool passive; /* to listen on */
};

/* One address of an endpoint, in the order to try them. */
struct address {
	struct sockaddr_storage addr;
	socklen_t len;
	int socktype;
	struct address *next;
};

/* bytes; a host name or a Unix path, with room to spare */
#define ADDRESS_TEXT NI_MAXHOST

/* An address in words, for messages. */
struct address_text {
	char host[ADDRESS_TEXT]; /* name, number or path */
	char port[NI_MAXSERV];   /* the number; "" for AF_UNIX */
};

/* 0 and the list in *found (address_free() it), or EAI_*; for AF_UNIX
 * EAI_SYSTEM with ENAMETOOLONG or EINVAL.  Appends to *found, each once. */
int endpoint_resolve(const struct endpoint *, struct address **found);
void address_free(struct address *); /* the whole list; NULL is fine */

/* Append copies of the addresses, with this port; for AF_UNIX as they are. */
#define ADDRESS_SAME_PORT (-1)
void address_append_list(
    struct address **list, const struct address *, int port);

/* Why endpoint_resolve() failed, in the system's words. */
const char *endpoint_strerror(int code);

/* The address in words; a name is looked up unless numeric, and where there is
 * none the number stands.  A Unix address without a path has host "". */
void address_format(
    const struct address *, bool numeric, struct address_text *);

/* "HOST PORT", or the path, as nc says it.  Into text, which it returns. */
#define ADDRESS_JOINED (ADDRESS_TEXT + NI_MAXSERV)
const char *address_join(
    const struct address_text *, char text[ADDRESS_JOINED]);

/* The port in host order; 0 for AF_UNIX.  Setting it is for IP only. */
int address_port(const struct address *);
void address_set_port(struct address *, int port);

/* The address a socket is bound to, or connected to.  0, or -1: errno */
int address_of_socket(int fd, struct address *);
int address_of_peer(int fd, struct address *);

/* The address, without a port, that the system would take to talk to this one
 * of IP.  0, or -1: errno, ENETUNREACH where there is no way */
int address_towards(const struct address *, struct address *own);

#endif
