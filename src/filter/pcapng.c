/* SPDX-License-Identifier: ISC */
/* pcapng.c - the blocks of a capture file, in memory */
#include <stdlib.h>
#include <string.h>

#include "pcapng.h"
#include "xalloc.h"

/* draft-ietf-opsawg-pcapng section 4 */
enum block {
	INTERFACE = 0x00000001,
	NAMES = 0x00000004,
	STATISTICS = 0x00000005,
	PACKET = 0x00000006,
	SECTION = 0x0a0d0d0a,
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define LENGTH_UNKNOWN   UINT64_MAX

/* LINKTYPE_RAW of the link types' registry */
#define RAW_IP 101

/* section 3.5 and those of the blocks; a code means what its block says */
enum option {
	END = 0,
	COMMENT = 1,
	SECTION_APPLICATION = 4,
	INTERFACE_NAME = 2,
	INTERFACE_RESOLUTION = 9,
	PACKET_FLAGS = 2,
	STATISTICS_START = 2,
	STATISTICS_END = 3,
	STATISTICS_RECEIVED = 4,
	STATISTICS_DROPPED = 5,
};

/* 10^-9 seconds */
#define NANOSECONDS 9

/* section 4.3.1 */
#define FLAG_INBOUND  1
#define FLAG_OUTBOUND 2

/* section 4.5 */
enum record { NAME_END, NAME_IPV4, NAME_IPV6 };

void
pcapng_free(struct pcapng *b)
{
	free(b->bytes);
	*b = (struct pcapng){ 0 };
}

static void
put(struct pcapng *b, const void *bytes, size_t n)
{
	if (n == 0)
		return;
	if (n > b->cap - b->len) {
		b->cap = 2 * (b->len + n);
		b->bytes = xreallocarray(b->bytes, b->cap, 1);
	}
	memcpy(b->bytes + b->len, bytes, n);
	b->len += n;
}

static void
put16(struct pcapng *b, size_t value)
{
	uint16_t word = (uint16_t)value;

	put(b, &word, sizeof(word));
}

static void
put32(struct pcapng *b, size_t value)
{
	uint32_t word = (uint32_t)value;

	put(b, &word, sizeof(word));
}

/* In the order of the fields the upper half is first. */
static void
put_time(struct pcapng *b, int64_t at_ns)
{
	put32(b, (uint64_t)at_ns >> 32);
	put32(b, (uint64_t)at_ns & UINT32_MAX);
}

static size_t
padding(size_t n)
{
	return -n & 3;
}

/* Everything begins at a multiple of 4. */
static void
pad(struct pcapng *b, size_t n)
{
	put(b, &(uint32_t){ 0 }, padding(n));
}

/* Its length comes at its end. */
static void
block_begin(struct pcapng *b, enum block type)
{
	b->len = 0;
	put32(b, type);
	put32(b, 0);
}

static void
block_end(struct pcapng *b, size_t elsewhere)
{
	size_t len = b->len + sizeof(uint32_t) + elsewhere;
	uint32_t word = (uint32_t)len;

	put32(b, len);
	memcpy(b->bytes + sizeof(uint32_t), &word, sizeof(word));
}

static void
put_option(struct pcapng *b, enum option code, const void *value, size_t n)
{
	put16(b, code);
	put16(b, n);
	put(b, value, n);
	pad(b, n);
}

/* Not in the middle of a character. */
static size_t
length_of(const char *text)
{
	size_t n = strlen(text);

	if (n <= PCAPNG_OPTION_MAX)
		return n;
	n = PCAPNG_OPTION_MAX;
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static void
put_text(struct pcapng *b, enum option code, const char *text)
{
	put_option(b, code, text, length_of(text));
}

static void
put_comments(struct pcapng *b, const struct pcapng_comments *comments)
{
	for (size_t i = 0; i < comments->count; i++)
		put_text(b, COMMENT, comments->list[i]);
}

static void
put_end(struct pcapng *b)
{
	put_option(b, END, NULL, 0);
}

void
pcapng_section(struct pcapng *b, const char *application,
    const struct pcapng_comments *comments)
{
	static const uint64_t length = LENGTH_UNKNOWN;

	block_begin(b, SECTION);
	put32(b, BYTE_ORDER_MAGIC);
	put16(b, 1);
	put16(b, 0);
	put(b, &length, sizeof(length));
	put_comments(b, comments);
	put_text(b, SECTION_APPLICATION, application);
	put_end(b);
	block_end(b, 0);
}

void
pcapng_interface(struct pcapng *b, const char *name)
{
	static const uint8_t resolution = NANOSECONDS;

	block_begin(b, INTERFACE);
	put16(b, RAW_IP);
	put16(b, 0);
	put32(b, 0); /* no limit to the length of a packet */
	put_text(b, INTERFACE_NAME, name);
	put_option(b, INTERFACE_RESOLUTION, &resolution, sizeof(resolution));
	put_end(b);
	block_end(b, 0);
}

void
pcapng_name(
    struct pcapng *b, const uint8_t *address, size_t len, const char *name)
{
	size_t n = len + strlen(name) + 1;

	block_begin(b, NAMES);
	put16(b, len == 4 ? NAME_IPV4 : NAME_IPV6);
	put16(b, n);
	put(b, address, len);
	put(b, name, strlen(name) + 1);
	pad(b, n);
	put16(b, NAME_END);
	put16(b, 0);
	block_end(b, 0);
}

static void
put_time_option(struct pcapng *b, enum option code, int64_t at_ns)
{
	put16(b, code);
	put16(b, sizeof(at_ns));
	put_time(b, at_ns);
}

void
pcapng_statistics(struct pcapng *b, const struct pcapng_statistics *s,
    const struct pcapng_comments *comments)
{
	block_begin(b, STATISTICS);
	put32(b, 0);
	put_time(b, s->at_ns);
	put_comments(b, comments);
	put_time_option(b, STATISTICS_START, s->start_ns);
	put_time_option(b, STATISTICS_END, s->end_ns);
	put_option(b, STATISTICS_RECEIVED, &s->received, sizeof(s->received));
	put_option(b, STATISTICS_DROPPED, &s->dropped, sizeof(s->dropped));
	put_end(b);
	block_end(b, 0);
}

void
pcapng_packet(struct pcapng *b, const struct pcapng_packet *packet,
    struct iovec parts[static PCAPNG_PARTS])
{
	uint32_t flags = packet->outbound ? FLAG_OUTBOUND : FLAG_INBOUND;
	size_t n = packet->head_len + packet->payload_len, front;

	block_begin(b, PACKET);
	put32(b, 0);
	put_time(b, packet->at_ns);
	put32(b, n);
	put32(b, n);
	put(b, packet->head, packet->head_len);
	front = b->len;
	pad(b, n);
	put_comments(b, &packet->comments);
	put_option(b, PACKET_FLAGS, &flags, sizeof(flags));
	put_end(b);
	block_end(b, packet->payload_len);
	parts[0] = (struct iovec){ .iov_base = b->bytes, .iov_len = front };
	parts[1] =
	    (struct iovec){ .iov_base = (void *)(uintptr_t)packet->payload,
		    .iov_len = packet->payload_len };
	parts[2] = (struct iovec){ .iov_base = b->bytes + front,
		.iov_len = b->len - front };
}
