/* SPDX-License-Identifier: ISC */
/* socket_row.c - a connection as a line of columns, those of ss(8) first */
#include <stdio.h>
#include <string.h>

#include "meter.h"
#include "socket_facts.h"
#include "socket_row.h"

#define NUMBER 32

void
socket_row_head(struct columns *c)
{
	static const char *const words[COLUMNS_MAX] = { "State", "Recv-Q",
		"Send-Q", "Local Address:Port", "Peer Address:Port", "Received",
		"Sent", "Rate", "RTT" };

	columns_add(c, words);
}

static const char *
number(int64_t n, char text[NUMBER])
{
	snprintf(text, NUMBER, "%lld", (long long)n);
	return n < 0 ? "-" : text;
}

static void
format_name(const struct address_text *name, char text[SOCKET_WHERE])
{
	bool v6 = strchr(name->host, ':') != NULL;

	if (name->port[0] == '\0')
		strlcpy(text, name->host, SOCKET_WHERE);
	else
		snprintf(text, SOCKET_WHERE, v6 ? "[%s]:%.10s" : "%s:%.10s",
		    name->host, name->port);
}

static void
find_facts(const struct socket_row *row, struct socket_facts *facts)
{
	if (row->fd == -1 || socket_facts(row->fd, facts) == -1) {
		*facts = (struct socket_facts){
			.state = "-", .recv_q = -1, .send_q = -1, .rtt_us = -1
		};
		socket_where(NULL, facts->local);
		socket_where(NULL, facts->peer);
	}
	if (row->local != NULL)
		socket_where(row->local, facts->local);
	if (row->peer != NULL)
		socket_where(row->peer, facts->peer);
	if (row->name != NULL)
		format_name(row->name, facts->peer);
}

void
socket_row_add(struct columns *c, const struct socket_row *row)
{
	char recv_q[NUMBER], send_q[NUMBER], received[NUMBER] = "-";
	char sent[NUMBER] = "-", rate[NUMBER] = "-", rtt[NUMBER] = "-";
	char bytes[METER_TEXT];
	struct socket_facts facts;

	find_facts(row, &facts);
	if (row->counted) {
		number((int64_t)row->received, received);
		number((int64_t)row->sent, sent);
		snprintf(
		    rate, sizeof(rate), "%s/s", meter_bytes(row->rate, bytes));
	}
	if (facts.rtt_us >= 0)
		snprintf(rtt, sizeof(rtt), "%lld.%03lldms",
		    (long long)facts.rtt_us / 1000,
		    (long long)facts.rtt_us % 1000);
	columns_add(c,
	    (const char *const[COLUMNS_MAX]){ facts.state,
		number(facts.recv_q, recv_q), number(facts.send_q, send_q),
		facts.local, facts.peer, received, sent, rate, rtt,
		row->note });
}
