/* SPDX-License-Identifier: ISC */
/* pcapng.h - the blocks of a capture file, in memory
 *
 * draft-ietf-opsawg-pcapng; little or big endian as this machine is, for the
 * first block says so.  All packets are of one interface, whose link type is
 * RAW: each begins with its IP header.  libpcap wants it so: interfaces of
 * several types in one file are refused, and those of type RAW even when they
 * are alike. */
#ifndef NCX_PCAPNG_H
#define NCX_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* bytes of the value of an option, and so of a comment; what is longer is cut
 */
#define PCAPNG_OPTION_MAX 65535

/* A block after the other, in the same memory.  Zeroed is an empty one. */
struct pcapng {
	uint8_t *bytes; /* owned */
	size_t len, cap;
};

void pcapng_free(struct pcapng *);

/* UTF-8; borrowed.  Zeroed is none. */
struct pcapng_comments {
	const char *const *list;
	size_t count;
};

/* The beginning of a file: whose it is, and the section's length is unknown.
 * Each of these is a whole block, and instead of the one before. */
void pcapng_section(
    struct pcapng *, const char *application, const struct pcapng_comments *);

/* ... and what comes next: times are in ns. */
void pcapng_interface(struct pcapng *, const char *name);

/* The name of an address of 4 or 16 bytes. */
void pcapng_name(
    struct pcapng *, const uint8_t *address, size_t len, const char *name);

struct pcapng_statistics {
	int64_t at_ns; /* since 1970, as are all times here */
	int64_t start_ns, end_ns;
	uint64_t received, dropped; /* packets */
};

void pcapng_statistics(struct pcapng *, const struct pcapng_statistics *,
    const struct pcapng_comments *);

/* A packet: its headers and what they carry. */
struct pcapng_packet {
	int64_t at_ns;
	bool outbound;
	const void *head, *payload;
	size_t head_len, payload_len;
	struct pcapng_comments comments;
};

/* Its block, in three parts: the payload is not copied. */
#define PCAPNG_PARTS 3
void pcapng_packet(struct pcapng *, const struct pcapng_packet *,
    struct iovec parts[static PCAPNG_PARTS]);

#endif
