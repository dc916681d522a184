/* SPDX-License-Identifier: ISC */
/* test_pcapng.c - blocks, byte by byte */
#include <stdlib.h>
#include <string.h>

#include "pcapng.h"
#include "support.h"

static uint32_t
word_at(const void *bytes, size_t at)
{
	uint32_t word;

	memcpy(&word, (const uint8_t *)bytes + at, sizeof(word));
	return word;
}

static unsigned
half_at(const void *bytes, size_t at)
{
	uint16_t half;

	memcpy(&half, (const uint8_t *)bytes + at, sizeof(half));
	return half;
}

/* Its length, which it says twice, is a multiple of 4. */
static void
check_block(const uint8_t *bytes, size_t len, uint32_t type)
{
	ck_assert_uint_eq(len % 4, 0);
	ck_assert_uint_eq(word_at(bytes, 0), type);
	ck_assert_uint_eq(word_at(bytes, 4), len);
	ck_assert_uint_eq(word_at(bytes, len - 4), len);
}

/* Where the value of the count-th option of this code is, and its length; NULL:
 * there is none.  All options are padded by zeroes and have an end. */
static const uint8_t *
option_at(const uint8_t *bytes, size_t from, size_t len, unsigned code,
    unsigned count, size_t *n)
{
	const uint8_t *found = NULL;
	size_t at = from;

	while (half_at(bytes, at) != 0) {
		size_t length = half_at(bytes, at + 2);

		if (half_at(bytes, at) == code && count-- == 0) {
			found = bytes + at + 4;
			*n = length;
		}
		for (size_t i = length; i % 4 != 0; i++)
			ck_assert_uint_eq(bytes[at + 4 + i], 0);
		at += 4 + (length + 3) / 4 * 4;
		ck_assert_uint_le(at, len - 8);
	}
	ck_assert_uint_eq(half_at(bytes, at + 2), 0);
	ck_assert_uint_eq(at, len - 8);
	return found;
}

static void
expect_text(const uint8_t *bytes, size_t from, size_t len, unsigned code,
    unsigned count, const char *want)
{
	size_t n = 0;
	const uint8_t *value = option_at(bytes, from, len, code, count, &n);

	ck_assert_ptr_nonnull(value);
	ck_assert_uint_eq(n, strlen(want));
	ck_assert_mem_eq(value, want, n);
}

/* All of a packet's parts. */
static uint8_t *
joined(const struct iovec *parts, size_t *len)
{
	uint8_t *all = calloc(1, 1 << 18);

	*len = 0;
	for (int i = 0; i < PCAPNG_PARTS; i++) {
		if (parts[i].iov_len > 0)
			memcpy(all + *len, parts[i].iov_base, parts[i].iov_len);
		*len += parts[i].iov_len;
	}
	return all;
}

START_TEST(a_section_says_who_wrote_it_and_why)
{
	static const char *const list[] = { "made up", "", "of three" };
	const struct pcapng_comments comments = { list, COUNT(list) };
	struct pcapng b = { 0 };

	pcapng_section(&b, "ncx 1", &comments);
	check_block(b.bytes, b.len, 0x0a0d0d0a);
	ck_assert_uint_eq(word_at(b.bytes, 8), 0x1a2b3c4d);
	ck_assert_uint_eq(half_at(b.bytes, 12), 1);
	ck_assert_uint_eq(half_at(b.bytes, 14), 0);
	ck_assert_uint_eq(word_at(b.bytes, 16), UINT32_MAX);
	ck_assert_uint_eq(word_at(b.bytes, 20), UINT32_MAX);
	expect_text(b.bytes, 24, b.len, 1, 0, "made up");
	expect_text(b.bytes, 24, b.len, 1, 1, "");
	expect_text(b.bytes, 24, b.len, 1, 2, "of three");
	expect_text(b.bytes, 24, b.len, 4, 0, "ncx 1");
	pcapng_free(&b);
}
END_TEST

START_TEST(the_interface_is_raw_ip_in_nanoseconds)
{
	struct pcapng b = { 0 };
	const uint8_t *value;
	size_t n;

	pcapng_interface(&b, "ncx");
	check_block(b.bytes, b.len, 1);
	ck_assert_uint_eq(half_at(b.bytes, 8), 101);
	ck_assert_uint_eq(word_at(b.bytes, 12), 0);
	expect_text(b.bytes, 16, b.len, 2, 0, "ncx");
	value = option_at(b.bytes, 16, b.len, 9, 0, &n);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(*value, 9);
	pcapng_free(&b);
}
END_TEST

/* The one of 72 bytes that tshark was tried with, and our flags after it. */
START_TEST(a_packet_is_as_in_the_example)
{
	static const uint8_t want[] = { 0x06, 0, 0, 0, 0x54, 0, 0, 0, 0, 0, 0,
		0, 0xfe, 0x9c, 0x97, 0x17, 0x15, 0xcd, 0x85, 0x3d, 0x27, 0, 0,
		0, 0x27, 0, 0, 0, 'h', 'e', 'a', 'd', 'e', 'r', 's', ' ', 'o',
		'f', ' ', '2', '8', ' ', 'b', 'y', 't', 'e', 's', ',', ' ', 'r',
		'e', 'a', 'l', 'l', 'y', '.', 'h', 'e', 'l', 'l', 'o', ' ', 'w',
		'o', 'r', 'l', 'd', 0, 2, 0, 4, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x54,
		0, 0, 0 };
	const struct pcapng_packet packet = { .at_ns = 1700000000123456789,
		.outbound = true,
		.head = "headers of 28 bytes, really.",
		.head_len = 28,
		.payload = "hello world",
		.payload_len = 11 };
	struct iovec parts[PCAPNG_PARTS];
	struct pcapng b = { 0 };
	uint8_t *all;
	size_t len;

	pcapng_packet(&b, &packet, parts);
	ck_assert_ptr_eq(parts[1].iov_base, packet.payload);
	all = joined(parts, &len);
	check_block(all, len, 6);
	ck_assert_uint_eq(len, sizeof(want));
	if (word_at(want, 4) == 0x54) /* else this machine is big-endian */
		ck_assert_mem_eq(all, want, sizeof(want));
	free(all);
	pcapng_free(&b);
}
END_TEST

START_TEST(payloads_and_comments_of_any_length_are_padded)
{
	static const char payload[] = "0123456789", text[] = "comment";
	struct pcapng b = { 0 };
	struct iovec parts[PCAPNG_PARTS];
	size_t len;

	for (size_t n = 0; n < sizeof(payload); n++) {
		const char *const list[] = { text + n % 7, text };
		const struct pcapng_packet packet = { .head = "headers!",
			.head_len = 8,
			.payload = payload,
			.payload_len = n,
			.comments = { list, COUNT(list) } };
		size_t options = 28 + (8 + n + 3) / 4 * 4;
		uint8_t *all;

		pcapng_packet(&b, &packet, parts);
		all = joined(parts, &len);
		check_block(all, len, 6);
		ck_assert_uint_eq(word_at(all, 20), 8 + n);
		ck_assert_uint_eq(word_at(all, 24), 8 + n);
		ck_assert_mem_eq(all + 36, payload, n);
		expect_text(all, options, len, 1, 0, list[0]);
		expect_text(all, options, len, 1, 1, text);
		ck_assert_uint_eq(word_at(all, len - 12), 1);
		free(all);
	}
	pcapng_free(&b);
}
END_TEST

START_TEST(a_comment_that_is_too_long_is_cut_between_characters)
{
	char *text = calloc(1, 70000);
	const char *const list[] = { text };
	const struct pcapng_comments comments = { list, 1 };
	struct pcapng b = { 0 };
	size_t n;

	memset(text, 'a', 65534);
	strcpy(text + 65534, "\xe2\x82\xac\xe2\x82\xac");
	pcapng_section(&b, "ncx", &comments);
	check_block(b.bytes, b.len, 0x0a0d0d0a);
	ck_assert_ptr_nonnull(option_at(b.bytes, 24, b.len, 1, 0, &n));
	ck_assert_uint_eq(n, 65534);
	pcapng_free(&b);
	free(text);
}
END_TEST

START_TEST(names_of_both_families)
{
	static const uint8_t address[16] = { 192, 0, 2, 1, [15] = 9 };
	struct pcapng b = { 0 };

	pcapng_name(&b, address, 4, "example.org");
	check_block(b.bytes, b.len, 4);
	ck_assert_uint_eq(b.len, 8 + 4 + 16 + 4 + 4);
	ck_assert_uint_eq(half_at(b.bytes, 8), 1);
	ck_assert_uint_eq(half_at(b.bytes, 10), 16);
	ck_assert_mem_eq(b.bytes + 12, address, 4);
	ck_assert_str_eq((const char *)b.bytes + 16, "example.org");
	ck_assert_uint_eq(word_at(b.bytes, 28), 0);
	pcapng_name(&b, address, 16, "a");
	check_block(b.bytes, b.len, 4);
	ck_assert_uint_eq(half_at(b.bytes, 8), 2);
	ck_assert_uint_eq(half_at(b.bytes, 10), 18);
	ck_assert_mem_eq(b.bytes + 12, address, 16);
	ck_assert_str_eq((const char *)b.bytes + 28, "a");
	ck_assert_uint_eq(word_at(b.bytes, 32), 0);
	pcapng_free(&b);
}
END_TEST

START_TEST(statistics_count)
{
	const struct pcapng_statistics s = { .at_ns = (7LL << 32) + 1,
		.start_ns = (5LL << 32) + 2,
		.end_ns = (6LL << 32) + 3,
		.received = 11,
		.dropped = 0 };
	static const char *const list[] = { "the end" };
	struct pcapng b = { 0 };
	const uint8_t *value;
	size_t n;

	pcapng_statistics(&b, &s, &(struct pcapng_comments){ list, 1 });
	check_block(b.bytes, b.len, 5);
	ck_assert_uint_eq(word_at(b.bytes, 12), 7);
	ck_assert_uint_eq(word_at(b.bytes, 16), 1);
	expect_text(b.bytes, 20, b.len, 1, 0, "the end");
	value = option_at(b.bytes, 20, b.len, 2, 0, &n);
	ck_assert_uint_eq(n, 8);
	ck_assert_uint_eq(word_at(value, 0), 5);
	ck_assert_uint_eq(word_at(value, 4), 2);
	value = option_at(b.bytes, 20, b.len, 3, 0, &n);
	ck_assert_uint_eq(word_at(value, 0), 6);
	value = option_at(b.bytes, 20, b.len, 4, 0, &n);
	ck_assert_mem_eq(value, &s.received, 8);
	value = option_at(b.bytes, 20, b.len, 5, 0, &n);
	ck_assert_mem_eq(value, &s.dropped, 8);
	pcapng_free(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_section_says_who_wrote_it_and_why,
		the_interface_is_raw_ip_in_nanoseconds,
		a_packet_is_as_in_the_example,
		payloads_and_comments_of_any_length_are_padded,
		a_comment_that_is_too_long_is_cut_between_characters,
		names_of_both_families,
		statistics_count,
	};
	int failed = run_tests("pcapng", tests, COUNT(tests));

	return failed != 0;
}
