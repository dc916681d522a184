/* SPDX-License-Identifier: ISC */
/* hexdump.c - a dump of what was said, in hex */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "channel.h"
#include "clock.h"
#include "flow.h"
#include "hexdump.h"
#include "xalloc.h"

/* bytes in a line, and where a gap is */
#define ROW 16
#define GAP 8
/* characters of a line: an offset of up to 16 digits, and the columns */
#define LINE_MAX_LEN (16 + 2 + ROW * 3 + 1 + 2 + ROW + 2 + 1)
/* digits of an offset, at least */
#define OFFSET_DIGITS 4

#define NS_PER_S  1000000000
#define NS_PER_US 1000

/* ECMA-48 8.3.117 */
#define GREEN  "\033[32m"
#define CYAN   "\033[36m"
#define NORMAL "\033[0m"

struct hexdump_tap {
	struct tap tap; /* first: it is a tap */
	struct hexdump *dump;
	char *name; /* owned */
	int64_t start_ns;
	uint64_t at; /* bytes before the next piece */
};

static const char digits[] = "0123456789abcdef";

static char *
put_offset(char *out, size_t offset)
{
	int count = OFFSET_DIGITS;

	while (count < 16 && offset >> (4 * count) != 0)
		count++;
	while (count-- > 0)
		*out++ = digits[(offset >> (4 * count)) & 0xf];
	return out;
}

/* The columns of a line, short or not, are in the same places. */
static char *
put_row(char *out, const uint8_t *bytes, size_t n)
{
	memset(out, ' ', ROW * 3 + 2);
	for (size_t i = 0; i < n; i++) {
		char *at = out + i * 3 + (i >= GAP);

		at[0] = digits[bytes[i] >> 4];
		at[1] = digits[bytes[i] & 0xf];
	}
	out += ROW * 3 + 2;
	*out++ = '|';
	for (size_t i = 0; i < n; i++)
		*out++ =
		    bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.';
	*out++ = '|';
	return out;
}

size_t
hexdump_room(size_t n, const char *before, const char *after)
{
	return (n / ROW + 1) * (LINE_MAX_LEN + strlen(before) + strlen(after));
}

/* An empty message has an offset, and nothing behind it. */
size_t
hexdump_lines(char *out, const uint8_t *bytes, size_t n, const char *before,
    const char *after)
{
	char *end = out;

	for (size_t done = 0; done == 0 || done < n; done += ROW) {
		end = stpcpy(end, before);
		end = put_offset(end, done);
		if (n > 0) {
			size_t left = n - done;

			end = stpcpy(end, "  ");
			end =
			    put_row(end, bytes + done, left < ROW ? left : ROW);
		}
		end = stpcpy(end, after);
		*end++ = '\n';
	}
	return (size_t)(end - out);
}

void
hexdump_wall(char out[HEXDUMP_TIME], int64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	char day[32] = "", zone[8] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm) != NULL) {
		strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
		strftime(zone, sizeof(zone), "%z", &tm);
	}
	snprintf(out, HEXDUMP_TIME, "%s.%06d%.3s:%s", day,
	    (int)(wall_ns % NS_PER_S / NS_PER_US), zone,
	    strlen(zone) > 3 ? zone + 3 : "");
}

static void
length_text(char out[HEXDUMP_TIME], int64_t ns)
{
	int64_t us = ns > 0 ? ns / NS_PER_US : 0;

	snprintf(out, HEXDUMP_TIME, "%lld.%06lld", (long long)(us / 1000000),
	    (long long)(us % 1000000));
}

static void
time_text(char out[HEXDUMP_TIME], struct hexdump_tap *tap, int64_t now_ns)
{
	struct hexdump *dump = tap->dump;
	int64_t before_ns = dump->last_ns != 0 ? dump->last_ns : tap->start_ns;

	if (dump->times == HEXDUMP_ABS)
		hexdump_wall(out, clock_wall_ns(now_ns));
	else if (dump->times == HEXDUMP_DELTA)
		length_text(out, now_ns - before_ns);
	else
		length_text(out, now_ns - tap->start_ns);
	dump->last_ns = now_ns;
}

static void
make_room(struct hexdump *dump, size_t room)
{
	if (room <= dump->text.cap)
		return;
	buffer_free(&dump->text);
	buffer_init(&dump->text, room);
}

static void
write_piece(struct hexdump_tap *tap, const struct flow *f, const uint8_t *bytes,
    size_t n)
{
	struct hexdump *dump = tap->dump;
	const char *colour = f->outbound ? GREEN : CYAN;
	const char *before = dump->colour ? colour : "";
	const char *after = dump->colour ? NORMAL : "";
	size_t head_max = HEXDUMP_TIME * 2 + strlen(tap->name);
	char when[HEXDUMP_TIME], *out;
	int head;

	time_text(when, tap, f->last_ns);
	make_room(dump, head_max + hexdump_room(n, before, after));
	out = (char *)buffer_tail(&dump->text);
	head = snprintf(out, head_max, "%s%c %s%s%s (%zu byte%s at 0x%llx)%s\n",
	    before, f->outbound ? 'O' : 'I', when,
	    tap->name[0] != '\0' ? " " : "", tap->name, n, n == 1 ? "" : "s",
	    (unsigned long long)tap->at, after);
	sink_write(dump->sink, out,
	    (size_t)head + hexdump_lines(out + head, bytes, n, before, after));
	tap->at += n;
}

static bool
is_message(const struct flow *f)
{
	const struct channel *network = f->outbound ? f->dst : f->src;

	return (network->flags & CH_DGRAM) != 0;
}

static void
hexdump_see(
    struct tap *tap, const struct flow *f, const uint8_t *bytes, size_t n)
{
	struct hexdump_tap *it = (struct hexdump_tap *)tap;
	size_t most = is_message(f) ? SIZE_MAX : HEXDUMP_PIECE;

	if (sink_is_broken(it->dump->sink))
		return;
	while (n > most) {
		write_piece(it, f, bytes, most);
		bytes += most;
		n -= most;
	}
	write_piece(it, f, bytes, n);
}

static void
hexdump_end(struct tap *tap, const struct flow *f)
{
	struct hexdump_tap *it = (struct hexdump_tap *)tap;
	char when[HEXDUMP_TIME], *text;

	time_text(when, it, f->end_ns);
	if (asprintf(&text, "%c %s%s%s end of %s direction at 0x%llx",
		f->outbound ? 'O' : 'I', when, it->name[0] != '\0' ? " " : "",
		it->name, f->outbound ? "our" : "the peer's",
		(unsigned long long)it->at) == -1)
		return;
	hexdump_note(it->dump, text);
	free(text);
}

static void
hexdump_tap_free(struct tap *tap)
{
	struct hexdump_tap *it = (struct hexdump_tap *)tap;

	free(it->name);
	free(it);
}

static const struct tap_ops hexdump_ops = {
	.name = "hexdump",
	.see = hexdump_see,
	.end = hexdump_end,
	.free = hexdump_tap_free,
};

void
hexdump_init(struct hexdump *dump, struct sink *sink, enum hexdump_times times)
{
	*dump = (struct hexdump){ .sink = sink, .times = times };
}

void
hexdump_free(struct hexdump *dump)
{
	buffer_free(&dump->text);
}

void
hexdump_note(struct hexdump *dump, const char *text)
{
	struct iovec line[] = {
		{ .iov_base = (char[]){ "# " }, .iov_len = 2 },
		{ .iov_base = (void *)(uintptr_t)text,
		    .iov_len = strlen(text) },
		{ .iov_base = (char[]){ "\n" }, .iov_len = 1 },
	};

	sink_writev(dump->sink, line, 3);
}

struct tap *
hexdump_tap(struct hexdump *dump, const char *name, int64_t start_ns)
{
	struct hexdump_tap *tap = xcalloc(1, sizeof(*tap));

	tap->tap.ops = &hexdump_ops;
	tap->dump = dump;
	tap->name = xstrdup(name);
	tap->start_ns = start_ns;
	return &tap->tap;
}
