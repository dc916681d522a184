/* SPDX-License-Identifier: ISC */
/* packet.h - the headers that IP, TCP and UDP would put before some bytes
 *
 * As they are on the wire, with their checksums, and without a link layer. */
#ifndef NCX_PACKET_H
#define NCX_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* bytes of a segment at most, so that the packet fits its own length field (RFC
 * 791 section 3.1, RFC 8200 section 3, RFC 768) */
#define PACKET_TCP4_MAX 65495
#define PACKET_TCP6_MAX 65475
#define PACKET_UDP4_MAX 65507
#define PACKET_UDP6_MAX 65527

/* bytes of headers: IPv6, TCP and the options of a SYN */
#define PACKET_HEAD_MAX 68

/* RFC 9293 section 3.1 */
#define PACKET_FIN 0x01
#define PACKET_SYN 0x02
#define PACKET_RST 0x04
#define PACKET_PSH 0x08
#define PACKET_ACK 0x10

struct packet_end {
	uint8_t address[16]; /* of IPv4 the first four count */
	uint16_t port;
};

struct packet_path {
	bool ipv6;
	const struct packet_end *from, *to; /* borrowed */
};

struct packet_segment {
	uint32_t seq, ack;
	unsigned flags; /* PACKET_*; a SYN has options */
	uint16_t window;
};

/* The headers of what has n bytes of payload: how long they are. */
size_t packet_tcp(uint8_t head[static PACKET_HEAD_MAX],
    const struct packet_path *, const struct packet_segment *,
    const void *payload, size_t n);
size_t packet_udp(uint8_t head[static PACKET_HEAD_MAX],
    const struct packet_path *, const void *payload, size_t n);

/* The ones' complement sum of RFC 1071, in this machine's byte order, and not
 * yet folded to 16 bits; n is even, but for the last part of a sum. */
uint64_t packet_sum(uint64_t sum, const void *, size_t n);

#endif
