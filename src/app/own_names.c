/* SPDX-License-Identifier: ISC */
/* own_names.c - what this machine is called, for a certificate of its own */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "own_names.h"
#include "xalloc.h"

/* bytes; a DNS name with its NUL (RFC 1035 section 3.1) */
#define NAME_SIZE 254

/* What a name in a certificate, and an address, consist of */
#define NAME_CHARACTERS              \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789-_.:"

static bool
is_new(const struct own_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcasecmp(names->list[i], name) == 0)
			return false;
	return true;
}

static void
add(struct own_names *names, const char *name)
{
	size_t len = strlen(name);

	if (names->count < OWN_NAMES_MAX && len > 0 && len < NAME_SIZE &&
	    name[0] != '.' && strspn(name, NAME_CHARACTERS) == len &&
	    is_new(names, name))
		names->list[names->count++] = xstrdup(name);
}

/* An address is written in one way only. */
static void
add_ip(struct own_names *names, int family, const void *ip)
{
	static const struct in6_addr any = IN6ADDR_ANY_INIT;
	char text[INET6_ADDRSTRLEN];
	size_t len = family == AF_INET ? sizeof(struct in_addr) : sizeof(any);

	if (memcmp(ip, &any, len) != 0 &&
	    inet_ntop(family, ip, text, sizeof(text)) != NULL)
		add(names, text);
}

static void
add_extra(struct own_names *names, const char *extra)
{
	char text[NAME_SIZE];
	struct in6_addr ip;

	if (inet_pton(AF_INET, extra, &ip) == 1) {
		add_ip(names, AF_INET, &ip);
		return;
	}
	if (strlcpy(text, extra, sizeof(text)) >= sizeof(text))
		return;
	text[strcspn(text, "%")] = '\0';
	if (inet_pton(AF_INET6, text, &ip) == 1)
		add_ip(names, AF_INET6, &ip);
	else if (strchr(extra, ':') == NULL)
		add(names, extra);
}

/* The kernel may know a domain; its word for none is no name. */
static void
add_host(struct own_names *names)
{
	char host[NAME_SIZE] = "", domain[NAME_SIZE] = "";
	char whole[2 * NAME_SIZE];

	if (gethostname(host, sizeof(host) - 1) == -1)
		return;
	if (strchr(host, '.') == NULL &&
	    getdomainname(domain, sizeof(domain) - 1) == 0) {
		snprintf(whole, sizeof(whole), "%s.%s", host, domain);
		if (domain[0] != '\0')
			add(names, whole);
	}
	add(names, host);
	host[strcspn(host, ".")] = '\0';
	add(names, host);
}

static void
add_interface(struct own_names *names, const struct ifaddrs *i)
{
	const void *address = i->ifa_addr;

	if (address == NULL || (i->ifa_flags & IFF_UP) == 0)
		return;
	if (i->ifa_addr->sa_family == AF_INET) {
		const struct sockaddr_in *in = address;

		add_ip(names, AF_INET, &in->sin_addr);
	} else if (i->ifa_addr->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = address;

		add_ip(names, AF_INET6, &in6->sin6_addr);
	}
}

static void
add_interfaces(struct own_names *names)
{
	size_t limit = names->count + OWN_ADDRESSES_MAX;
	struct ifaddrs *all;

	if (getifaddrs(&all) == -1)
		return;
	for (struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
		if (names->count < limit)
			add_interface(names, i);
	freeifaddrs(all);
}

void
own_names_find(struct own_names *names, const char *extra)
{
	*names = (struct own_names){ 0 };
	add_host(names);
	if (extra != NULL)
		add_extra(names, extra);
	add(names, "localhost");
	add_interfaces(names);
}

void
own_names_free(struct own_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free((void *)(uintptr_t)names->list[i]);
	names->count = 0;
}
