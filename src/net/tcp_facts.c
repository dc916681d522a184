/* SPDX-License-Identifier: ISC */
/* tcp_facts.c - what the system knows of a TCP connection */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "tcp_facts.h"

/* Of a field that the system may have left out: how far its answer reaches */
#define REACHES(len, field)                          \
	((len) >= offsetof(struct tcp_info, field) + \
		sizeof(((struct tcp_info *)NULL)->field))
/* ... and its value */
#define GIVEN(len, info, field) \
	(REACHES(len, field) ? (int64_t)(info)->field : -1)

/* What the system has for "no limit yet", and for "not measured yet" */
#define SSTHRESH_NONE 0x7fffffff
#define MIN_RTT_NONE  UINT32_MAX

#define BITS 8

static const char *
state_name(unsigned state)
{
	/* by their numbers in the kernel, as ss(8) says them */
	static const char *const names[] = { "UNKNOWN", "ESTAB", "SYN-SENT",
		"SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN",
		"CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING" };

	return state < sizeof(names) / sizeof(names[0]) ? names[state] :
							  names[0];
}

/* A value that may stand for none. */
static int64_t
unless(int64_t value, int64_t none)
{
	return value == none ? -1 : value;
}

/* All that was there when tcp(7) was written. */
static struct tcp_facts
old_facts(const struct tcp_info *info)
{
	return (struct tcp_facts){
		.state = state_name(info->tcpi_state),
		.rtt_us = info->tcpi_rtt,
		.rttvar_us = info->tcpi_rttvar,
		.rto_us = info->tcpi_rto,
		.mss = info->tcpi_snd_mss,
		.pmtu = info->tcpi_pmtu,
		.rcvmss = info->tcpi_rcv_mss,
		.advmss = info->tcpi_advmss,
		.cwnd = info->tcpi_snd_cwnd,
		.ssthresh = unless(info->tcpi_snd_ssthresh, SSTHRESH_NONE),
		.retrans = info->tcpi_total_retrans,
		.retrans_now = info->tcpi_retrans,
		.lost = info->tcpi_lost,
		.unacked = info->tcpi_unacked,
		.sacked = info->tcpi_sacked,
	};
}

static void
add_new_facts(struct tcp_facts *facts, const struct tcp_info *info, size_t len)
{
	int64_t rate = GIVEN(len, info, tcpi_delivery_rate);

	facts->min_rtt_us =
	    unless(GIVEN(len, info, tcpi_min_rtt), MIN_RTT_NONE);
	facts->bytes_sent = GIVEN(len, info, tcpi_bytes_sent);
	facts->bytes_acked = GIVEN(len, info, tcpi_bytes_acked);
	facts->bytes_received = GIVEN(len, info, tcpi_bytes_received);
	facts->segs_out = GIVEN(len, info, tcpi_segs_out);
	facts->segs_in = GIVEN(len, info, tcpi_segs_in);
	facts->notsent = GIVEN(len, info, tcpi_notsent_bytes);
	facts->delivery_rate = rate == -1 ? -1 : rate * BITS;
	facts->busy_us = GIVEN(len, info, tcpi_busy_time);
	facts->rwnd_limited_us = GIVEN(len, info, tcpi_rwnd_limited);
	facts->sndbuf_limited_us = GIVEN(len, info, tcpi_sndbuf_limited);
}

struct tcp_facts
tcp_facts_of(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);
	int protocol = 0;
	socklen_t size = sizeof(protocol);

	/* other protocols have something else at its number */
	if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == -1 ||
	    protocol != IPPROTO_TCP)
		return (struct tcp_facts){ 0 };
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == -1)
		return (struct tcp_facts){ 0 };
	return tcp_facts_from(&info, len);
}

struct tcp_facts
tcp_facts_from(const void *bytes, size_t len)
{
	struct tcp_info info = { 0 };
	struct tcp_facts facts;

	memcpy(&info, bytes, len < sizeof(info) ? len : sizeof(info));
	facts = old_facts(&info);
	add_new_facts(&facts, &info, len);
	return facts;
}
