/* SPDX-License-Identifier: ISC */
/* hexdump.h - a dump of what was said, in hex
 *
 * For people, and for text2pcap(1).  A piece is what was read or written in one
 * go; a stream's piece is cut so that it has room in a packet:
 *
 *   O 0.000213 #1 127.0.0.1:5000 (18 bytes at 0x0)
 *   0000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 30 0d 0a  |GET / HTTP/1.0..|
 *   0010  0d 0a                                             |..|
 *
 * O is what we send, I is what we receive; the position in that direction of
 * the session comes at the end.  To text2pcap offset 0 begins a packet, so the
 * offsets in the lines have to count from there; and no other word before them
 * may look like an offset, which is a hex number with a space behind it. */
#ifndef NCX_HEXDUMP_H
#define NCX_HEXDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "sink.h"
#include "tap.h"

/* bytes of a stream in a piece: whole lines, and room for an IP header */
#define HEXDUMP_PIECE 0xff00

/* What its times are. */
enum hexdump_times {
	HEXDUMP_REL,   /* since the session began */
	HEXDUMP_ABS,   /* local time, with its date and zone */
	HEXDUMP_DELTA, /* since the piece before */
};

struct hexdump {
	struct sink *sink; /* borrowed */
	enum hexdump_times times;
	bool colour;        /* for a terminal: another for each direction */
	int64_t last_ns;    /* of the piece before; 0: there was none */
	struct buffer text; /* of the piece under way */
};

void hexdump_init(struct hexdump *, struct sink *, enum hexdump_times);
void hexdump_free(struct hexdump *); /* its taps are gone */

/* A line that text2pcap does not read; the text is printable. */
void hexdump_note(struct hexdump *, const char *text);

/* One for each flow of a session that began at start_ns.  The name, which is
 * copied, tells it from others, and has no spaces; "": there are no others. */
struct tap *hexdump_tap(struct hexdump *, const char *name, int64_t start_ns);

/* Lines of offset, hex and ASCII, each between two texts; out has
 * hexdump_room() bytes for them.  How many it has used. */
size_t hexdump_lines(char *out, const uint8_t *, size_t n, const char *before,
    const char *after);
size_t hexdump_room(size_t n, const char *before, const char *after);

/* bytes; a time as text */
#define HEXDUMP_TIME 64
/* "2026-11-22T23:55:36.123456+01:00", of ns since 1970 */
void hexdump_wall(char out[HEXDUMP_TIME], int64_t wall_ns);

#endif
