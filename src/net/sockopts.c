/* SPDX-License-Identifier: ISC */
/* sockopts.c - the options of a socket that the user can set */
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

#include "sockopts.h"

static const struct row {
	const char *name;
	size_t offset; /* in struct sockopts */
	int family;    /* AF_UNSPEC: any */
	int level, option;
} rows[] = {
	{ "recv-buffer", offsetof(struct sockopts, recv_buffer), AF_UNSPEC,
	    SOL_SOCKET, SO_RCVBUF },
	{ "send-buffer", offsetof(struct sockopts, send_buffer), AF_UNSPEC,
	    SOL_SOCKET, SO_SNDBUF },
	{ "broadcast", offsetof(struct sockopts, broadcast), AF_UNSPEC,
	    SOL_SOCKET, SO_BROADCAST },
	{ "so-debug", offsetof(struct sockopts, debug), AF_UNSPEC, SOL_SOCKET,
	    SO_DEBUG },
	{ "ttl", offsetof(struct sockopts, ttl), AF_INET, IPPROTO_IP, IP_TTL },
	{ "ttl", offsetof(struct sockopts, ttl), AF_INET6, IPPROTO_IPV6,
	    IPV6_UNICAST_HOPS },
	{ "min-ttl", offsetof(struct sockopts, min_ttl), AF_INET, IPPROTO_IP,
	    IP_MINTTL },
	{ "min-ttl", offsetof(struct sockopts, min_ttl), AF_INET6, IPPROTO_IPV6,
	    IPV6_MINHOPCOUNT },
	{ "tos", offsetof(struct sockopts, tos), AF_INET, IPPROTO_IP, IP_TOS },
	{ "tos", offsetof(struct sockopts, tos), AF_INET6, IPPROTO_IPV6,
	    IPV6_TCLASS },
};

const char *
sockopts_apply(const struct sockopts *options, int fd, int family)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		const int *value =
		    (const void *)((const char *)options + row->offset);

		if (*value == SOCKOPT_UNSET)
			continue;
		if (row->family != AF_UNSPEC && row->family != family)
			continue;
		if (setsockopt(fd, row->level, row->option, value,
			sizeof(*value)) == -1)
			return row->name;
	}
	return NULL;
}
