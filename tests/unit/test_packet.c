/* SPDX-License-Identifier: ISC */
/* test_packet.c - headers as they are on the wire */
#include <string.h>

#include "packet.h"
#include "support.h"

#define PAYLOAD_MAX 70000

static const struct packet_end one4 = { { 192, 0, 2, 1 }, 40000 };
static const struct packet_end other4 = { { 198, 51, 100, 7 }, 7777 };
static const struct packet_end one6 = { { 0x20, 1, 0xd, 0xb8, [15] = 1 }, 1 };
static const struct packet_end other6 = { { 0xfe, 0x80, [15] = 2 }, 65535 };
static const struct packet_path path4 = { false, &one4, &other4 };
static const struct packet_path path6 = { true, &one6, &other6 };

/* RFC 1071, word by word in network byte order */
static uint32_t
naive_sum(uint32_t sum, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

static uint16_t
folded(uint64_t sum)
{
	uint16_t word;

	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	word = (uint16_t)sum;
	return (uint16_t)(((uint8_t *)&word)[0] << 8 | ((uint8_t *)&word)[1]);
}

static unsigned
get16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static uint32_t
get32(const uint8_t *at)
{
	return get16(at) << 16 | get16(at + 2);
}

/* What a reader does: everything with its checksum adds up to all ones. */
static uint32_t
verify(const struct packet_path *path, const uint8_t *head, size_t len,
    const uint8_t *payload, size_t n)
{
	size_t ip = path->ipv6 ? 40 : 20, of = path->ipv6 ? 16 : 4;
	size_t rest = len - ip + n;
	uint8_t pseudo[4] = { (uint8_t)(rest >> 24), (uint8_t)(rest >> 16),
		(uint8_t)(rest >> 8), (uint8_t)rest };
	uint32_t sum = naive_sum(0, path->from->address, of);

	sum = naive_sum(sum, path->to->address, of);
	sum = naive_sum(sum, pseudo, sizeof(pseudo));
	sum += head[path->ipv6 ? 6 : 9];
	sum = naive_sum(sum, head + ip, len - ip);
	return naive_sum(sum, payload, n);
}

START_TEST(the_sum_is_that_of_the_words)
{
	static uint8_t bytes[PAYLOAD_MAX];
	struct rng rng = rng_of(1);

	rng_fill(&rng, bytes, sizeof(bytes));
	for (size_t n = 0; n < 300; n++) {
		for (size_t at = 0; at < 9; at++) {
			uint32_t want = naive_sum(0, bytes + at, n);

			ck_assert_uint_eq(
			    folded(packet_sum(0, bytes + at, n)), want);
		}
	}
	ck_assert_uint_eq(folded(packet_sum(0, bytes, sizeof(bytes))),
	    naive_sum(0, bytes, sizeof(bytes)));
}
END_TEST

START_TEST(a_sum_of_all_ones_does_not_overflow)
{
	static uint8_t bytes[PAYLOAD_MAX];

	memset(bytes, 0xff, sizeof(bytes));
	ck_assert_uint_eq(folded(packet_sum(0, bytes, sizeof(bytes))), 0xffff);
	memset(bytes, 0, sizeof(bytes));
	ck_assert_uint_eq(folded(packet_sum(0, bytes, sizeof(bytes))), 0);
}
END_TEST

/* Verified with tshark: "hello world" over UDP. */
START_TEST(a_datagram_is_as_in_the_example)
{
	static const uint8_t want[] = { 0x45, 0, 0, 0x27, 0, 0, 0x40, 0, 0x40,
		0x11, 0x4e, 0x8a, 0xc0, 0, 2, 1, 0xc6, 0x33, 0x64, 7, 0x9c,
		0x40, 0x1e, 0x61, 0, 0x13, 0xc7, 0x1b };
	uint8_t head[PACKET_HEAD_MAX];

	ck_assert_uint_eq(
	    packet_udp(head, &path4, "hello world", 11), sizeof(want));
	ck_assert_mem_eq(head, want, sizeof(want));
}
END_TEST

START_TEST(checksums_hold_for_any_length)
{
	static uint8_t payload[PAYLOAD_MAX];
	const struct packet_path *const paths[] = { &path4, &path6 };
	struct packet_segment segment = {
		.flags = PACKET_ACK, .window = 1, .ack = 3
	};
	uint8_t head[PACKET_HEAD_MAX];
	struct rng rng = rng_of(2);
	size_t n, len;

	rng_fill(&rng, payload, sizeof(payload));
	for (size_t i = 0; i < 400; i++) {
		const struct packet_path *path = paths[i % 2];

		n = i < 200 ? i : rng_below(&rng, PACKET_TCP6_MAX);
		segment.seq = (uint32_t)rng_next(&rng);
		len = packet_tcp(head, path, &segment, payload, n);
		ck_assert_uint_eq(len, i % 2 == 0 ? 40 : 60);
		ck_assert_uint_eq(verify(path, head, len, payload, n), 0xffff);
		len = packet_udp(head, path, payload, n);
		ck_assert_uint_eq(len, i % 2 == 0 ? 28 : 48);
		ck_assert_uint_eq(verify(path, head, len, payload, n), 0xffff);
		ck_assert_uint_eq(naive_sum(0, head, 20) == 0xffff, i % 2 == 0);
	}
}
END_TEST

/* 0 would mean that there is none (RFC 768). */
START_TEST(a_udp_checksum_is_never_0)
{
	uint8_t head[PACKET_HEAD_MAX], payload[2] = { 0, 0 };
	unsigned sum;

	packet_udp(head, &path6, payload, sizeof(payload));
	sum = get16(head + 46);
	payload[0] = (uint8_t)(sum >> 8);
	payload[1] = (uint8_t)sum;
	packet_udp(head, &path6, payload, sizeof(payload));
	ck_assert_uint_eq(get16(head + 46), 0xffff);
}
END_TEST

START_TEST(the_fields_of_a_segment)
{
	const struct packet_segment segment = { .seq = 0xfedcba98,
		.ack = 0x01234567,
		.flags = PACKET_FIN | PACKET_ACK,
		.window = 4711 };
	uint8_t head[PACKET_HEAD_MAX], *tcp = head + 20;

	ck_assert_uint_eq(packet_tcp(head, &path4, &segment, "ab", 2), 40);
	ck_assert_uint_eq(get16(head + 2), 42);
	ck_assert_uint_eq(get16(tcp), 40000);
	ck_assert_uint_eq(get16(tcp + 2), 7777);
	ck_assert_uint_eq(get32(tcp + 4), segment.seq);
	ck_assert_uint_eq(get32(tcp + 8), segment.ack);
	ck_assert_uint_eq(tcp[12], 5 << 4);
	ck_assert_uint_eq(tcp[13], 0x11);
	ck_assert_uint_eq(get16(tcp + 14), 4711);
}
END_TEST

START_TEST(a_syn_tells_segment_size_and_window_scale)
{
	static const uint8_t want4[] = { 2, 4, 0xff, 0xd7, 1, 3, 3, 14 };
	static const uint8_t want6[] = { 2, 4, 0xff, 0xc3, 1, 3, 3, 14 };
	const struct packet_segment segment = { .flags = PACKET_SYN };
	uint8_t head[PACKET_HEAD_MAX];

	ck_assert_uint_eq(packet_tcp(head, &path4, &segment, NULL, 0), 48);
	ck_assert_mem_eq(head + 40, want4, sizeof(want4));
	ck_assert_uint_eq(head[32], 7 << 4);
	ck_assert_uint_eq(packet_tcp(head, &path6, &segment, NULL, 0), 68);
	ck_assert_mem_eq(head + 60, want6, sizeof(want6));
	ck_assert_uint_eq(get16(head + 4), 28);
	ck_assert_uint_eq(verify(&path6, head, 68, NULL, 0), 0xffff);
}
END_TEST

START_TEST(the_largest_packets_fit_their_length_fields)
{
	static const uint8_t payload[PAYLOAD_MAX];
	const struct packet_segment segment = { .flags = PACKET_ACK };
	uint8_t head[PACKET_HEAD_MAX];

	packet_tcp(head, &path4, &segment, payload, PACKET_TCP4_MAX);
	ck_assert_uint_eq(get16(head + 2), 65535);
	packet_tcp(head, &path6, &segment, payload, PACKET_TCP6_MAX);
	ck_assert_uint_eq(get16(head + 4), 65495);
	packet_udp(head, &path4, payload, PACKET_UDP4_MAX);
	ck_assert_uint_eq(get16(head + 2), 65535);
	packet_udp(head, &path6, payload, PACKET_UDP6_MAX);
	ck_assert_uint_eq(get16(head + 4), 65535);
	ck_assert_uint_eq(get16(head + 44), 65535);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_sum_is_that_of_the_words,
		a_sum_of_all_ones_does_not_overflow,
		a_datagram_is_as_in_the_example,
		checksums_hold_for_any_length,
		a_udp_checksum_is_never_0,
		the_fields_of_a_segment,
		a_syn_tells_segment_size_and_window_scale,
		the_largest_packets_fit_their_length_fields,
	};
	int failed = run_tests("packet", tests, COUNT(tests));

	return failed != 0;
}
