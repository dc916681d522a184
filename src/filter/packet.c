/* SPDX-License-Identifier: ISC */
/* packet.c - the headers that IP, TCP and UDP would put before some bytes */
#include <netinet/in.h>
#include <string.h>

#include "packet.h"

#define IPV4_HEAD 20
#define IPV6_HEAD 40
#define TCP_HEAD  20
#define UDP_HEAD  8
#define HOPS      64

/* RFC 791 section 3.1: "don't fragment" */
#define IPV4_DF 0x4000

/* RFC 9293 section 3.2 and RFC 7323 section 2.2: a window scale of 14, after a
 * byte to align it, so that no window is ever full */
#define OPTIONS_LEN 8
static const uint8_t window_scale[] = { 1, 3, 3, 14 };

/* What a sum takes in one go: wide enough for four adders at once. */
#define SUM_BLOCK 64

static void
put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void
put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

/* Sums of 32-bit words in 64 bits have room for 2^32 of them. */
static uint64_t
sum_block(const uint8_t *bytes)
{
	uint32_t words[SUM_BLOCK / sizeof(uint32_t)];
	uint64_t sum = 0;

	memcpy(words, bytes, sizeof(words));
	for (size_t i = 0; i < SUM_BLOCK / sizeof(uint32_t); i++)
		sum += words[i];
	return sum;
}

uint64_t
packet_sum(uint64_t sum, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	uint16_t word;

	for (; n >= SUM_BLOCK; p += SUM_BLOCK, n -= SUM_BLOCK)
		sum += sum_block(p);
	for (; n > 0; p += sizeof(word), n -= sizeof(word)) {
		word = 0;
		memcpy(&word, p, n < sizeof(word) ? n : sizeof(word));
		sum += word;
		if (n < sizeof(word))
			break;
	}
	return sum;
}

/* In the order of the bytes summed, whatever this machine's is. */
static void
put_checksum(uint8_t *at, uint64_t sum)
{
	uint16_t folded;

	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	folded = (uint16_t)~sum;
	memcpy(at, &folded, sizeof(folded));
}

static size_t
put_ipv4(uint8_t *at, const struct packet_path *path, int protocol, size_t n)
{
	memset(at, 0, IPV4_HEAD);
	at[0] = 4 << 4 | IPV4_HEAD / 4;
	put16(at + 2, IPV4_HEAD + n);
	put16(at + 6, IPV4_DF);
	at[8] = HOPS;
	at[9] = (uint8_t)protocol;
	memcpy(at + 12, path->from->address, 4);
	memcpy(at + 16, path->to->address, 4);
	put_checksum(at + 10, packet_sum(0, at, IPV4_HEAD));
	return IPV4_HEAD;
}

static size_t
put_ipv6(uint8_t *at, const struct packet_path *path, int protocol, size_t n)
{
	memset(at, 0, IPV6_HEAD);
	at[0] = 6 << 4;
	put16(at + 4, n);
	at[6] = (uint8_t)protocol;
	at[7] = HOPS;
	memcpy(at + 8, path->from->address, 16);
	memcpy(at + 24, path->to->address, 16);
	return IPV6_HEAD;
}

static size_t
put_ip(uint8_t *at, const struct packet_path *path, int protocol, size_t n)
{
	return path->ipv6 ? put_ipv6(at, path, protocol, n) :
			    put_ipv4(at, path, protocol, n);
}

/* RFC 9293 section 3.1 and RFC 8200 section 8.1: what is summed and not in the
 * header itself. */
static uint64_t
sum_pseudo(const struct packet_path *path, int protocol, size_t n)
{
	size_t len = path->ipv6 ? 16 : 4;
	uint8_t rest[8] = { 0 };
	uint64_t sum = packet_sum(0, path->from->address, len);

	put32(rest, (uint32_t)n);
	rest[7] = (uint8_t)protocol;
	return packet_sum(
	    packet_sum(sum, path->to->address, len), rest, sizeof(rest));
}

static size_t
put_options(uint8_t *at, const struct packet_path *path)
{
	at[0] = 2; /* the maximum segment size */
	at[1] = 4;
	put16(at + 2, path->ipv6 ? PACKET_TCP6_MAX : PACKET_TCP4_MAX);
	memcpy(at + 4, window_scale, sizeof(window_scale));
	return OPTIONS_LEN;
}

size_t
packet_tcp(uint8_t head[static PACKET_HEAD_MAX], const struct packet_path *path,
    const struct packet_segment *segment, const void *payload, size_t n)
{
	size_t options = segment->flags & PACKET_SYN ? OPTIONS_LEN : 0;
	size_t len = TCP_HEAD + options;
	size_t ip = put_ip(head, path, IPPROTO_TCP, len + n);
	uint8_t *tcp = head + ip;
	uint64_t sum = sum_pseudo(path, IPPROTO_TCP, len + n);

	put16(tcp, path->from->port);
	put16(tcp + 2, path->to->port);
	put32(tcp + 4, segment->seq);
	put32(tcp + 8, segment->ack);
	tcp[12] = (uint8_t)(len / 4 << 4);
	tcp[13] = (uint8_t)segment->flags;
	put16(tcp + 14, segment->window);
	put32(tcp + 16, 0);
	if (options > 0)
		put_options(tcp + TCP_HEAD, path);
	sum = packet_sum(sum, tcp, len);
	put_checksum(tcp + 16, packet_sum(sum, payload, n));
	return ip + len;
}

/* RFC 768: a sum of 0 would say that there is none. */
size_t
packet_udp(uint8_t head[static PACKET_HEAD_MAX], const struct packet_path *path,
    const void *payload, size_t n)
{
	size_t ip = put_ip(head, path, IPPROTO_UDP, UDP_HEAD + n);
	uint8_t *udp = head + ip;
	uint64_t sum = sum_pseudo(path, IPPROTO_UDP, UDP_HEAD + n);

	put16(udp, path->from->port);
	put16(udp + 2, path->to->port);
	put16(udp + 4, UDP_HEAD + n);
	put16(udp + 6, 0);
	sum = packet_sum(sum, udp, UDP_HEAD);
	put_checksum(udp + 6, packet_sum(sum, payload, n));
	if (udp[6] == 0 && udp[7] == 0)
		put16(udp + 6, 0xffff);
	return ip + UDP_HEAD;
}
