/* SPDX-License-Identifier: ISC */
/* ports.c - port arguments: numbers, service names, ranges and lists */
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "ports.h"
#include "xalloc.h"

int
port_parse(const char *text, const char *protocol, int least)
{
	const struct servent *service;
	const char *wrong;
	int port;

	if (isdigit((unsigned char)text[0]) &&
	    text[strspn(text, "0123456789")] == '\0') {
		port = (int)strtonum(text, least, PORT_MAX, &wrong);
		return wrong == NULL ? port : -1;
	}
	service = text[0] == '\0' ? NULL : getservbyname(text, protocol);
	return service == NULL ? -1 : ntohs((uint16_t)service->s_port);
}

static void
ports_add(struct ports *ports, int port)
{
	if (ports->count == ports->cap) {
		ports->cap = ports->cap == 0 ? 1 : ports->cap * 2;
		ports->list = xreallocarray(
		    ports->list, ports->cap, sizeof(ports->list[0]));
	}
	ports->list[ports->count++] = port;
}

/* A service may have a dash in its name, so the whole is tried first. */
static int
member_parse(struct ports *ports, char *member, const char *protocol)
{
	int low = port_parse(member, protocol, 1), high;
	char *dash = strchr(member, '-');

	if (low != -1) {
		ports_add(ports, low);
		return 0;
	}
	if (dash == NULL)
		return -1;
	*dash = '\0';
	low = port_parse(member, protocol, 1);
	high = port_parse(dash + 1, protocol, 1);
	*dash = '-';
	if (low == -1 || high == -1)
		return -1;
	for (int port = low < high ? low : high;
	     port <= (low < high ? high : low); port++)
		ports_add(ports, port);
	return 0;
}

int
ports_parse(
    struct ports *ports, const char *text, const char *protocol, char **bad)
{
	char *copy = xstrdup(text), *rest = copy, *member;
	int result = 0;

	while (result == 0 && (member = strsep(&rest, ",")) != NULL) {
		result = member_parse(ports, member, protocol);
		if (result == -1)
			*bad = xstrdup(member);
	}
	free(copy);
	return result;
}

void
ports_free(struct ports *ports)
{
	free(ports->list);
	*ports = (struct ports){ 0 };
}

/* Fisher and Yates */
void
ports_shuffle(int *list, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		size_t j = arc4random_uniform((uint32_t)i);
		int last = list[i - 1];

		list[i - 1] = list[j];
		list[j] = last;
	}
}

const char *
port_service(int port, const char *protocol)
{
	const struct servent *service =
	    getservbyport(htons((uint16_t)port), protocol);

	return service == NULL ? "*" : service->s_name;
}
