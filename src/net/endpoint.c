/* SPDX-License-Identifier: ISC */
/* endpoint.c - where to connect or listen, and the addresses behind it */
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "endpoint.h"
#include "xalloc.h"

/* At the end of the list, which *end is or leads to; *end moves there. */
static struct address *
address_append(struct address ***end, int socktype)
{
	struct address *a = xcalloc(1, sizeof(*a));

	while (**end != NULL)
		*end = &(**end)->next;
	**end = a;
	a->socktype = socktype;
	return a;
}

void
address_free(struct address *list)
{
	while (list != NULL) {
		struct address *next = list->next;

		free(list);
		list = next;
	}
}

/* sin_port and sin6_port are in the same place. */
static in_port_t *
port_of(struct address *a)
{
	return &((struct sockaddr_in *)&a->addr)->sin_port;
}

const char *
address_join(const struct address_text *where, char text[ADDRESS_JOINED])
{
	snprintf(text, ADDRESS_JOINED, "%s%s%s", where->host,
	    where->port[0] == '\0' ? "" : " ", where->port);
	return text;
}

int
address_port(const struct address *a)
{
	if (a->addr.ss_family == AF_UNIX)
		return 0;
	return ntohs(*port_of((struct address *)(uintptr_t)a));
}

void
address_set_port(struct address *a, int port)
{
	*port_of(a) = htons((in_port_t)port);
}

void
address_append_list(struct address **list, const struct address *from, int port)
{
	for (; from != NULL; from = from->next) {
		struct address *copy = address_append(&list, from->socktype);

		copy->addr = from->addr;
		copy->len = from->len;
		if (from->addr.ss_family != AF_UNIX &&
		    port != ADDRESS_SAME_PORT)
			address_set_port(copy, port);
	}
}

/* "@name" is abstract: its bytes, without a terminator, after a NUL. */
static int
resolve_unix(const struct endpoint *ep, struct address **found)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t len = strlen(ep->host);
	struct address *a;

	if (len == 0 || len >= sizeof(un.sun_path)) {
		errno = len == 0 ? EINVAL : ENAMETOOLONG;
		return EAI_SYSTEM;
	}
	memcpy(un.sun_path, ep->host, len);
	if (ep->host[0] == '@')
		un.sun_path[0] = '\0';
	else
		len++;
	a = address_append(&found, ep->socktype);
	memcpy(&a->addr, &un, sizeof(un));
	a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	return 0;
}

static bool
is_listed(const struct address *list, const struct addrinfo *ai)
{
	for (; list != NULL; list = list->next)
		if (list->len == ai->ai_addrlen &&
		    memcmp(&list->addr, ai->ai_addr, ai->ai_addrlen) == 0)
			return true;
	return false;
}

/* Each once: asked for IPv4, glibc takes the ::1 of /etc/hosts for another
 * 127.0.0.1. */
static void
append_all(struct address **found, const struct addrinfo *ai, int socktype)
{
	struct address **first;

	while (*found != NULL)
		found = &(*found)->next;
	first = found;
	for (; ai != NULL; ai = ai->ai_next) {
		struct address *a;

		if (is_listed(*first, ai))
			continue;
		a = address_append(&found, socktype);
		memcpy(&a->addr, ai->ai_addr, ai->ai_addrlen);
		a->len = ai->ai_addrlen;
	}
}

int
endpoint_resolve(const struct endpoint *ep, struct address **found)
{
	struct addrinfo hints = { .ai_family = ep->family,
		.ai_socktype = ep->socktype,
		.ai_flags = AI_NUMERICSERV };
	struct addrinfo *list;
	char port[NI_MAXSERV];
	int error;

	if (ep->family == AF_UNIX)
		return resolve_unix(ep, found);
	if (ep->numeric)
		hints.ai_flags |= AI_NUMERICHOST;
	if (ep->passive)
		hints.ai_flags |= AI_PASSIVE;
	snprintf(port, sizeof(port), "%d", ep->port);
	error = getaddrinfo(ep->host, port, &hints, &list);
	if (error != 0)
		return error;
	append_all(found, list, ep->socktype);
	freeaddrinfo(list);
	return 0;
}

const char *
endpoint_strerror(int code)
{
	return code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code);
}

static void
format_unix(const struct address *a, struct address_text *text)
{
	struct sockaddr_un un;
	size_t len = a->len, path = offsetof(struct sockaddr_un, sun_path);

	text->host[0] = text->port[0] = '\0';
	if (len <= path)
		return;
	memcpy(&un, &a->addr, sizeof(un));
	len -= path;
	if (len > sizeof(un.sun_path)) /* the system adds a NUL of its own */
		len = sizeof(un.sun_path);
	if (un.sun_path[0] == '\0')
		un.sun_path[0] = '@';
	snprintf(text->host, sizeof(text->host), "%.*s", (int)len, un.sun_path);
}

void
address_format(const struct address *a, bool numeric, struct address_text *text)
{
	const struct sockaddr *sa = (const struct sockaddr *)&a->addr;
	int flags = NI_NUMERICSERV | (numeric ? NI_NUMERICHOST : 0);

	if (sa->sa_family == AF_UNIX) {
		format_unix(a, text);
		return;
	}
	if (getnameinfo(sa, a->len, text->host, sizeof(text->host), text->port,
		sizeof(text->port), flags) == 0)
		return;
	flags |= NI_NUMERICHOST;
	if (getnameinfo(sa, a->len, text->host, sizeof(text->host), text->port,
		sizeof(text->port), flags) != 0) {
		strlcpy(text->host, "?", sizeof(text->host));
		strlcpy(text->port, "?", sizeof(text->port));
	}
}

int
address_of_socket(int fd, struct address *a)
{
	*a = (struct address){ .len = sizeof(a->addr) };
	return getsockname(fd, (struct sockaddr *)&a->addr, &a->len);
}

int
address_of_peer(int fd, struct address *a)
{
	*a = (struct address){ .len = sizeof(a->addr) };
	return getpeername(fd, (struct sockaddr *)&a->addr, &a->len);
}

/* A datagram socket is connected without a word to anybody. */
int
address_towards(const struct address *to, struct address *own)
{
	int fd = socket(to->addr.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int result = -1, error;

	if (fd == -1)
		return -1;
	if (connect(fd, (const struct sockaddr *)&to->addr, to->len) == 0)
		result = address_of_socket(fd, own);
	error = errno;
	close(fd);
	if (result == 0)
		address_set_port(own, 0);
	errno = error;
	return result;
}
