/* SPDX-License-Identifier: ISC */
/* tcp_facts.h - what the system knows of a TCP connection
 *
 * TCP_INFO (tcp(7)) in the words and units of ss(8): times are in ms there, and
 * here in us, as the system has them. */
#ifndef NCX_TCP_FACTS_H
#define NCX_TCP_FACTS_H

#include <stddef.h>
#include <stdint.h>

/* -1: an older system does not know it, or it has no value yet. */
struct tcp_facts {
	const char *state; /* "ESTAB"; NULL: it is no TCP connection */
	int64_t rtt_us, rttvar_us, min_rtt_us, rto_us;
	int64_t mss, pmtu, rcvmss, advmss; /* bytes */
	int64_t cwnd, ssthresh;            /* segments */
	int64_t bytes_sent, bytes_acked, bytes_received;
	int64_t segs_out, segs_in;
	int64_t retrans;       /* segments sent again, so far */
	int64_t retrans_now;   /* ... and on their way */
	int64_t lost, unacked; /* segments */
	/* of a listener the clients that may wait; unacked are those who do */
	int64_t sacked;
	int64_t notsent;           /* bytes */
	int64_t delivery_rate;     /* bits a second */
	int64_t busy_us;           /* there was something to send */
	int64_t rwnd_limited_us;   /* ... and the peer took no more */
	int64_t sndbuf_limited_us; /* ... and our buffer held no more */
};

/* Zeroes where it is no TCP connection. */
struct tcp_facts tcp_facts_of(int fd);

/* The same from a struct tcp_info of linux/tcp.h, or the first len bytes of it,
 * which are at least those up to tcpi_total_retrans. */
struct tcp_facts tcp_facts_from(const void *info, size_t len);

#endif
