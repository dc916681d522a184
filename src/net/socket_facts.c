/* SPDX-License-Identifier: ISC */
/* socket_facts.c - what the system knows of a socket, in ss(8)'s words */
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "socket_facts.h"
#include "tcp_facts.h"

static int64_t
queue_of(int fd, unsigned long which)
{
	int bytes;

	return ioctl(fd, which, &bytes) == -1 ? -1 : bytes;
}

static bool
flag_of(int fd, int level, int name)
{
	int value;
	socklen_t len = sizeof(value);

	return getsockopt(fd, level, name, &value, &len) == 0 && value != 0;
}

static void
add_tcp(int fd, struct socket_facts *facts)
{
	struct tcp_facts tcp = tcp_facts_of(fd);

	if (tcp.state == NULL)
		return; /* datagrams */
	facts->state = tcp.state;
	if (tcp.rtt_us != 0)
		facts->rtt_us = tcp.rtt_us;
	if (strcmp(tcp.state, "SYN-SENT") == 0) /* the SYN counts as one */
		facts->send_q = tcp.unacked;
	if (strcmp(tcp.state, "LISTEN") == 0) {
		facts->recv_q = tcp.unacked;
		facts->send_q = tcp.sacked;
	}
}

static bool
is_any(const struct address *a)
{
	const struct sockaddr_in6 *in6 = (const void *)&a->addr;

	return a->addr.ss_family == AF_INET6 &&
	    IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
}

/* Any address of both families is "*", of one of them its own. */
static void
format_local(int fd, const struct address *a, char text[SOCKET_WHERE])
{
	if (is_any(a) && !flag_of(fd, IPPROTO_IPV6, IPV6_V6ONLY))
		snprintf(text, SOCKET_WHERE, "*:%d", address_port(a));
	else
		socket_where(a, text);
}

/* Nobody yet: as the local one, and any port. */
static void
format_nobody(int fd, const struct address *local, char text[SOCKET_WHERE])
{
	bool both = !flag_of(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	const char *any = "*";

	if (local->addr.ss_family == AF_INET)
		any = "0.0.0.0:*";
	if (local->addr.ss_family == AF_INET6)
		any = both ? "*:*" : "[::]:*";
	strlcpy(text, any, SOCKET_WHERE);
}

int
socket_facts(int fd, struct socket_facts *facts)
{
	struct address local, peer;
	bool has_peer = address_of_peer(fd, &peer) == 0;

	if (address_of_socket(fd, &local) == -1)
		return -1;
	facts->recv_q = queue_of(fd, SIOCINQ);
	facts->send_q = queue_of(fd, SIOCOUTQ);
	facts->rtt_us = -1;
	facts->state = flag_of(fd, SOL_SOCKET, SO_ACCEPTCONN) ? "LISTEN" :
	    has_peer                                          ? "ESTAB" :
								"UNCONN";
	if (local.addr.ss_family != AF_UNIX)
		add_tcp(fd, facts);
	format_local(fd, &local, facts->local);
	if (has_peer)
		socket_where(&peer, facts->peer);
	else
		format_nobody(fd, &local, facts->peer);
	return 0;
}

const char *
socket_where(const struct address *a, char text[SOCKET_WHERE])
{
	struct address_text parts = { 0 };

	if (a != NULL && a->len > sizeof(sa_family_t))
		address_format(a, true, &parts);
	if (parts.host[0] == '\0')
		strlcpy(text, "*", SOCKET_WHERE);
	else if (a->addr.ss_family == AF_UNIX)
		strlcpy(text, parts.host, SOCKET_WHERE);
	else
		snprintf(text, SOCKET_WHERE,
		    a->addr.ss_family == AF_INET6 ? "[%s]:%.10s" : "%s:%.10s",
		    parts.host, parts.port);
	return text;
}
