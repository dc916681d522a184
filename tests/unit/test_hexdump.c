/* SPDX-License-Identifier: ISC */
/* test_hexdump.c - the text of a dump, to the letter */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "flow.h"
#include "hexdump.h"
#include "support.h"

#define S INT64_C(1000000000) /* ns */

static void
check_lines(const void *bytes, size_t n, const char *want)
{
	char text[8192];
	size_t len;

	ck_assert_uint_le(hexdump_room(n, "", ""), sizeof(text));
	len = hexdump_lines(text, bytes, n, "", "");
	ck_assert_uint_le(len, hexdump_room(n, "", ""));
	text[len] = '\0';
	ck_assert_str_eq(text, want);
}

START_TEST(a_line_has_offset_hex_and_ascii)
{
	check_lines("abc\nGET / HTTP/1.0\r\n\0\1\177\377 tail", 29,
	    "0000  61 62 63 0a 47 45 54 20  2f 20 48 54 54 50 2f 31  "
	    "|abc.GET / HTTP/1|\n"
	    "0010  2e 30 0d 0a 00 01 7f ff  20 74 61 69 6c           "
	    "|.0...... tail|\n");
}
END_TEST

START_TEST(short_lines_have_their_columns_too)
{
	check_lines("x", 1,
	    "0000  78                                                |x|\n");
	check_lines("12345678", 8,
	    "0000  31 32 33 34 35 36 37 38                           "
	    "|12345678|\n");
	check_lines("123456789", 9,
	    "0000  31 32 33 34 35 36 37 38  39                       "
	    "|123456789|\n");
}
END_TEST

START_TEST(nothing_has_an_offset)
{
	check_lines("", 0, "0000\n");
}
END_TEST

START_TEST(every_byte_is_shown_and_none_steers_a_terminal)
{
	uint8_t bytes[256];
	char text[8192];
	size_t len;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	len = hexdump_lines(text, bytes, sizeof(bytes), "", "");
	text[len] = '\0';
	for (size_t i = 0; i < len; i++)
		ck_assert(text[i] == '\n' || (text[i] >= ' ' && text[i] < 127));
	ck_assert_ptr_nonnull(strstr(text, "\n0020  20 21 22 23"));
	ck_assert_ptr_nonnull(strstr(text, "| !\"#$%&'()*+,-./|\n"));
	ck_assert_ptr_nonnull(strstr(text, "pqrstuvwxyz{|}~.|\n"));
}
END_TEST

START_TEST(offsets_grow_as_they_must)
{
	size_t n = 0x100010, len;
	uint8_t *bytes = calloc(1, n);
	char *text = malloc(hexdump_room(n, "<", ">"));

	ck_assert_ptr_nonnull(bytes);
	ck_assert_ptr_nonnull(text);
	len = hexdump_lines(text, bytes, n, "<", ">");
	ck_assert_uint_le(len, hexdump_room(n, "<", ">"));
	text[len - 1] = '\0';
	ck_assert_ptr_nonnull(strstr(text, "\n<fff0  00"));
	ck_assert_ptr_nonnull(strstr(text, "\n<10000  00"));
	ck_assert_ptr_nonnull(strstr(text, "\n<100000  00"));
	ck_assert_str_eq(text + len - 2, ">");
	free(text);
	free(bytes);
}
END_TEST

START_TEST(a_wall_time_has_date_and_zone)
{
	char when[HEXDUMP_TIME];

	setenv("TZ", "XYZ-5:30", 1);
	tzset();
	hexdump_wall(when, 1700000000 * S + 123456789);
	ck_assert_str_eq(when, "2023-11-15T03:43:20.123456+05:30");
	setenv("TZ", "UTC", 1);
	tzset();
	hexdump_wall(when, 1700000000 * S);
	ck_assert_str_eq(when, "2023-11-14T22:13:20.000000+00:00");
}
END_TEST

/* A dump of a session with two flows that only say what a tap asks them. */
struct rig {
	char folder[32], path[64];
	struct sink *sink;
	struct hexdump dump;
	struct channel *network;
	struct flow flow[2]; /* outbound, inbound */
};

static void
failed(const char *path, int error, void *arg)
{
	(void)arg;
	ck_abort_msg("%s: %s", path, strerror(error));
}

static void
rig_init(struct rig *r, enum hexdump_times times)
{
	int fds[2];

	temp_folder_make(r->folder);
	strlcpy(r->path, temp_path(r->folder, "dump"), sizeof(r->path));
	r->sink = sink_open(r->path, SINK_NEW, failed, NULL);
	ck_assert_ptr_nonnull(r->sink);
	hexdump_init(&r->dump, r->sink, times);
	tcp_pair(fds);
	close(fds[1]);
	r->network = channel_socket(fds[0]);
	for (int i = 0; i < 2; i++) {
		flow_init(&r->flow[i], r->network, r->network);
		r->flow[i].outbound = i == 0;
	}
}

static void
rig_tap(struct rig *r, const char *name)
{
	for (int i = 0; i < 2; i++)
		taps_add(&r->flow[i].taps, hexdump_tap(&r->dump, name, 10 * S));
}

static void
say(struct rig *r, int i, int64_t at_ns, const char *text)
{
	r->flow[i].last_ns = at_ns;
	taps_see(r->flow[i].taps, &r->flow[i], text, strlen(text));
}

static void
end(struct rig *r, int i, int64_t at_ns)
{
	r->flow[i].end_ns = at_ns;
	taps_end(r->flow[i].taps, &r->flow[i]);
}

/* What there is by now, and the end of it. */
static char *
rig_text(struct rig *r)
{
	size_t size = 4 * 1024 * 1024;
	char *text = malloc(size);
	int fd = open(r->path, O_RDONLY | O_CLOEXEC);

	ck_assert_ptr_nonnull(text);
	text[file_bytes(fd, text, size - 1)] = '\0';
	close(fd);
	for (int i = 0; i < 2; i++)
		flow_free(&r->flow[i]);
	channel_close(r->network);
	hexdump_free(&r->dump);
	ck_assert(sink_close(r->sink));
	temp_folder_remove(r->folder);
	return text;
}

static void
check_text(struct rig *r, const char *want)
{
	char *text = rig_text(r);

	ck_assert_str_eq(text, want);
	free(text);
}

#define GAP "                                            "

START_TEST(times_are_since_the_session_began)
{
	struct rig r;

	rig_init(&r, HEXDUMP_REL);
	hexdump_note(&r.dump, "note");
	rig_tap(&r, "");
	say(&r, 0, 10 * S + 1999, "a");
	say(&r, 1, 75 * S, "bc");
	say(&r, 0, 75 * S, "de");
	end(&r, 0, 76 * S);
	end(&r, 1, 77 * S + 500000000);
	check_text(&r,
	    "# note\n"
	    "O 0.000001 (1 byte at 0x0)\n"
	    "0000  61    " GAP "|a|\n"
	    "I 65.000000 (2 bytes at 0x0)\n"
	    "0000  62 63 " GAP "|bc|\n"
	    "O 65.000000 (2 bytes at 0x1)\n"
	    "0000  64 65 " GAP "|de|\n"
	    "# O 66.000000 end of our direction at 0x3\n"
	    "# I 67.500000 end of the peer's direction at 0x2\n");
}
END_TEST

START_TEST(or_since_the_piece_before)
{
	struct rig r;

	rig_init(&r, HEXDUMP_DELTA);
	rig_tap(&r, "#7 [::1]:80");
	say(&r, 0, 10 * S + 250000000, "a");
	say(&r, 1, 12 * S, "b");
	end(&r, 1, 12 * S + 1000);
	check_text(&r,
	    "O 0.250000 #7 [::1]:80 (1 byte at 0x0)\n"
	    "0000  61    " GAP "|a|\n"
	    "I 1.750000 #7 [::1]:80 (1 byte at 0x0)\n"
	    "0000  62    " GAP "|b|\n"
	    "# I 0.000001 #7 [::1]:80 end of the peer's direction at 0x1\n");
}
END_TEST

START_TEST(or_on_the_wall)
{
	char now[HEXDUMP_TIME], *text;
	struct rig r;

	rig_init(&r, HEXDUMP_ABS);
	rig_tap(&r, "");
	say(&r, 0, clock_ns(), "a");
	hexdump_wall(now, clock_wall_ns(clock_ns()));
	text = rig_text(&r);
	ck_assert_uint_eq(
	    strlen(now), strlen("2023-11-14T22:13:20.000000+00:00"));
	ck_assert_int_eq(strncmp(text, "O 20", 4), 0);
	ck_assert_int_le(strncmp(text + 2, now, 26), 0);
	ck_assert_str_eq(
	    strchr(text, '('), "(1 byte at 0x0)\n0000  61    " GAP "|a|\n");
	free(text);
}
END_TEST

START_TEST(a_direction_has_its_colour_on_each_line)
{
	struct rig r;

	rig_init(&r, HEXDUMP_REL);
	r.dump.colour = true;
	rig_tap(&r, "");
	say(&r, 0, 10 * S, "a");
	say(&r, 1, 10 * S, "b");
	check_text(&r,
	    "\033[32mO 0.000000 (1 byte at 0x0)\033[0m\n"
	    "\033[32m0000  61    " GAP "|a|\033[0m\n"
	    "\033[36mI 0.000000 (1 byte at 0x0)\033[0m\n"
	    "\033[36m0000  62    " GAP "|b|\033[0m\n");
}
END_TEST

static size_t
count_of(const char *text, const char *what)
{
	size_t count = 0;

	while ((text = strstr(text, what)) != NULL) {
		count++;
		text++;
	}
	return count;
}

START_TEST(a_large_piece_of_a_stream_is_cut)
{
	size_t n = 2 * HEXDUMP_PIECE + 1;
	char *bytes = calloc(1, n), *text;
	struct rig r;

	ck_assert_ptr_nonnull(bytes);
	rig_init(&r, HEXDUMP_REL);
	rig_tap(&r, "");
	r.flow[0].last_ns = 10 * S;
	taps_see(r.flow[0].taps, &r.flow[0], bytes, n);
	text = rig_text(&r);
	ck_assert_uint_eq(count_of(text, "O 0.000000 ("), 3);
	ck_assert_uint_eq(count_of(text, "(65280 bytes at 0x0)"), 1);
	ck_assert_uint_eq(count_of(text, "(65280 bytes at 0xff00)"), 1);
	ck_assert_uint_eq(count_of(text, "(1 byte at 0x1fe00)"), 1);
	ck_assert_uint_eq(count_of(text, "\n0000  00"), 3);
	ck_assert_uint_eq(count_of(text, "\nfef0  00"), 2);
	free(text);
	free(bytes);
}
END_TEST

START_TEST(a_message_is_whole_and_may_be_empty)
{
	char *bytes = calloc(1, 100000), *text;
	struct rig r;

	ck_assert_ptr_nonnull(bytes);
	rig_init(&r, HEXDUMP_REL);
	r.network->flags |= CH_DGRAM;
	rig_tap(&r, "");
	r.flow[1].last_ns = 10 * S;
	taps_see(r.flow[1].taps, &r.flow[1], bytes, 100000);
	taps_see(r.flow[1].taps, &r.flow[1], bytes, 0);
	text = rig_text(&r);
	ck_assert_uint_eq(count_of(text, "I 0.000000 ("), 2);
	ck_assert_uint_eq(count_of(text, "(100000 bytes at 0x0)"), 1);
	ck_assert_uint_eq(
	    count_of(text, "I 0.000000 (0 bytes at 0x186a0)\n0000\n"), 1);
	free(text);
	free(bytes);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_line_has_offset_hex_and_ascii,
		short_lines_have_their_columns_too,
		nothing_has_an_offset,
		every_byte_is_shown_and_none_steers_a_terminal,
		offsets_grow_as_they_must,
		a_wall_time_has_date_and_zone,
		times_are_since_the_session_began,
		or_since_the_piece_before,
		or_on_the_wall,
		a_direction_has_its_colour_on_each_line,
		a_large_piece_of_a_stream_is_cut,
		a_message_is_whole_and_may_be_empty,
	};
	int failures = run_tests("hexdump", tests, COUNT(tests));

	return failures != 0;
}
