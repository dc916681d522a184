/* SPDX-License-Identifier: ISC */
/* socket_facts.c - what the system knows of a socket, in ss(8)'s words */
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "socket_facts.h"

static const char *
tcp_state(unsigned state)
{
	static const char *const names[] = {
		[TCP_ESTABLISHED] = "ESTAB",
		[TCP_SYN_SENT] = "SYN-SENT",
		[TCP_SYN_RECV] = "SYN-RECV",
		[TCP_FIN_WAIT1] = "FIN-WAIT-1",
		[TCP_FIN_WAIT2] = "FIN-WAIT-2",
		[TCP_TIME_WAIT] = "TIME-WAIT",
		[TCP_CLOSE] = "UNCONN",
		[TCP_CLOSE_WAIT] = "CLOSE-WAIT",
		[TCP_LAST_ACK] = "LAST-ACK",
		[TCP_LISTEN] = "LISTEN",
		[TCP_CLOSING] = "CLOSING",
	};

	return state < sizeof(names) / sizeof(names[0]) &&
		names[state] != NULL ?
	    names[state] :
	    "UNKNOWN";
}

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
tcp_facts(int fd, struct socket_facts *facts)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == -1)
		return; /* datagrams */
	facts->state = tcp_state(info.tcpi_state);
	if (info.tcpi_rtt != 0)
		facts->rtt_us = info.tcpi_rtt;
	if (info.tcpi_state == TCP_SYN_SENT) /* the SYN itself counts as one */
		facts->send_q = info.tcpi_unacked;
	if (info.tcpi_state == TCP_LISTEN) {
		facts->recv_q = info.tcpi_unacked;
		facts->send_q = info.tcpi_sacked;
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
		tcp_facts(fd, facts);
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
