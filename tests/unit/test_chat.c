/* SPDX-License-Identifier: ISC */
/* test_chat.c - the filter that makes a talker's bytes fit for terminals */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "chat.h"
#include "flow_ways.h"
#include "wire.h"
#include "xalloc.h"

#define PREFIX "<me> "
/* the longest name, and what is made of it */
#define LONG_NAME "0123456789012345678901234567890"

/* A filter, and all that it has given. */
struct rig {
	struct filter *filter;
	struct buffer out;
};

static void
rig_init(struct rig *r, const char *name, size_t room)
{
	r->filter = chat_filter(name, false);
	buffer_init(&r->out, room);
}

static void
rig_free(struct rig *r)
{
	r->filter->ops->free(r->filter);
	buffer_free(&r->out);
}

/* It never gives more than it says. */
static void
run(struct rig *r, const void *bytes, size_t n)
{
	size_t before = r->out.len;

	r->filter->ops->run(r->filter, bytes, n, &r->out);
	if (r->out.len - before > n * r->filter->ops->grow)
		ck_abort_msg("%zu bytes became %zu", n, r->out.len - before);
}

static void
end(struct rig *r)
{
	r->filter->ops->end(r->filter, &r->out);
}

static void
check_out(const struct rig *r, const char *want)
{
	ck_assert_uint_eq(r->out.len, strlen(want));
	if (r->out.len > 0)
		ck_assert_mem_eq(buffer_head(&r->out), want, r->out.len);
}

/* However it is cut, and with its end, the input becomes this. */
static void
check(const char *input, const char *want)
{
	size_t len = strlen(input);
	struct rig r;

	ck_assert_uint_lt(len, 12);
	for (uint64_t cuts = 0; cuts < UINT64_C(1) << len; cuts++) {
		size_t start = 0;

		rig_init(&r, "me", 1024);
		for (size_t i = 0; i < len; i++) {
			if (!((cuts >> i) & 1) && i + 1 < len)
				continue;
			run(&r, input + start, i + 1 - start);
			start = i + 1;
		}
		end(&r);
		check_out(&r, want);
		rig_free(&r);
	}
}

START_TEST(each_line_bears_the_name)
{
	check("", "");
	check("hi\n", PREFIX "hi\n");
	check("a\nb\n", PREFIX "a\n" PREFIX "b\n");
	check("\n\n", PREFIX "\n" PREFIX "\n");
	check("a\tb c\n", PREFIX "a\tb c\n");
}
END_TEST

START_TEST(the_last_line_is_ended)
{
	check("hi", PREFIX "hi\n");
	check("a\nb", PREFIX "a\n" PREFIX "b\n");
	check("\xc3", PREFIX "\\303\n");
	check("\xf0\x9f\x98", PREFIX "\\360\\237\\230\n");
}
END_TEST

START_TEST(a_line_may_end_in_crlf)
{
	check("hi\r\n", PREFIX "hi\n");
	check("\r\n\r\n", PREFIX "\n" PREFIX "\n");
	check("hi\r", PREFIX "hi\n");
}
END_TEST

START_TEST(another_carriage_return_is_shown)
{
	check("a\rb\n", PREFIX "a\\015b\n");
	check("\r\r\n", PREFIX "\\015\n");
	check("\n\r\ra\n", PREFIX "\n" PREFIX "\\015\\015a\n");
	check("\r\xc3\xa4\n", PREFIX "\\015\xc3\xa4\n");
	check("\r\x1b\n", PREFIX "\\015\\033\n");
}
END_TEST

/* All of ISO 6429: C0 but for TAB, LF and CR; DEL; C1. */
START_TEST(control_characters_are_shown)
{
	char input[4], want[32];

	for (int c = 1; c <= 0x9f; c++) {
		if (strchr("\t\n\r", c) != NULL || (c >= ' ' && c < 0x7f))
			continue;
		if (c < 0x80) {
			snprintf(input, sizeof(input), "%c\n", c);
			snprintf(want, sizeof(want), PREFIX "\\%03o\n", c);
		} else {
			snprintf(input, sizeof(input), "\xc2%c\n", c);
			snprintf(want, sizeof(want), PREFIX "\\302\\%03o\n", c);
		}
		check(input, want);
	}
}
END_TEST

START_TEST(a_nul_is_shown)
{
	struct rig r;

	rig_init(&r, "me", 1024);
	run(&r, "a\0b\n", 4);
	check_out(&r, PREFIX "a\\000b\n");
	rig_free(&r);
}
END_TEST

/* The first and the last of each length, and those beside what is left out. */
START_TEST(utf8_stays)
{
	static const char *const texts[] = { "\xc2\xa0", "\xc3\xa4", "\xdf\xbf",
		"\xe0\xa0\x80", "\xe2\x82\xac", "\xed\x9f\xbf", "\xee\x80\x80",
		"\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf0\x9f\x98\x80",
		"\xf4\x8f\xbf\xbf" };
	char want[32];

	for (size_t i = 0; i < COUNT(texts); i++) {
		snprintf(want, sizeof(want), PREFIX "%s\n", texts[i]);
		check(texts[i], want);
	}
	check("a\xc3\xa4o\xc3\xbc\n", PREFIX "a\xc3\xa4o\xc3\xbc\n");
}
END_TEST

/* RFC 3629 section 4: too long, surrogates, too large, without a begin. */
START_TEST(what_is_no_utf8_is_shown)
{
	check("\x80", PREFIX "\\200\n");
	check("\xbf", PREFIX "\\277\n");
	check("\xc0\xaf", PREFIX "\\300\\257\n");
	check("\xc1\xbf", PREFIX "\\301\\277\n");
	check("\xe0\x9f\xbf", PREFIX "\\340\\237\\277\n");
	check("\xed\xa0\x80", PREFIX "\\355\\240\\200\n");
	check("\xf0\x8f\xbf\xbf", PREFIX "\\360\\217\\277\\277\n");
	check("\xf4\x90\x80\x80", PREFIX "\\364\\220\\200\\200\n");
	check("\xf5\x80", PREFIX "\\365\\200\n");
	check("\xff\xfe", PREFIX "\\377\\376\n");
}
END_TEST

START_TEST(a_character_that_breaks_off_is_shown)
{
	check("\xc3z\n", PREFIX "\\303z\n");
	check("\xe2\x82\n", PREFIX "\\342\\202\n");
	check("\xf0\x9f\x98 \n", PREFIX "\\360\\237\\230 \n");
	check("\xe2\x82\xc3\xa4\n", PREFIX "\\342\\202\xc3\xa4\n");
	check("\xc3\xc3\xa4", PREFIX "\\303\xc3\xa4\n");
	check("\xe2\r\n", PREFIX "\\342\n");
}
END_TEST

static void
check_lines(const char *unit, size_t count)
{
	size_t len = strlen(unit), line = 0, longest = 0;
	struct rig r;

	rig_init(&r, "me", count * len * 64);
	for (size_t i = 0; i < count; i++)
		run(&r, unit, len);
	for (size_t i = 0; i < r.out.len; i++) {
		line = buffer_head(&r.out)[i] == '\n' ? 0 : line + 1;
		if (line > longest)
			longest = line;
	}
	ck_assert_uint_ge(longest, CHAT_LINE);
	ck_assert_uint_lt(longest, CHAT_LINE + 4 * 4 + sizeof(PREFIX));
	rig_free(&r);
}

START_TEST(a_line_that_gets_too_long_is_ended)
{
	check_lines("a", 3 * CHAT_LINE);
	check_lines("\x1b", 3 * CHAT_LINE);
	check_lines("\r", 3 * CHAT_LINE);
	check_lines("\xc3", 3 * CHAT_LINE);
	check_lines("\xc3\xa4", 3 * CHAT_LINE);
	check_lines("\xe2\x82\xac", 3 * CHAT_LINE);
	check_lines("\xf0\x9f\x98\x80", 3 * CHAT_LINE);
	check_lines("\xf0\x9f\x98", 3 * CHAT_LINE);
}
END_TEST

START_TEST(a_line_of_just_that_length_is_one)
{
	char text[CHAT_LINE + 2];
	struct rig r;

	memset(text, 'a', CHAT_LINE);
	text[CHAT_LINE] = '\r';
	text[CHAT_LINE + 1] = '\n';
	rig_init(&r, "me", 64 * sizeof(text));
	run(&r, text, sizeof(text));
	ck_assert_uint_eq(r.out.len, strlen(PREFIX) + CHAT_LINE + 1);
	run(&r, "\n", 1);
	ck_assert_mem_eq(buffer_head(&r.out) + strlen(PREFIX) + CHAT_LINE + 1,
	    PREFIX "\n", strlen(PREFIX) + 1);
	end(&r);
	rig_free(&r);
}
END_TEST

START_TEST(a_long_line_goes_on_in_the_next)
{
	char text[CHAT_LINE + 8];
	struct rig r;

	memset(text, 'a', sizeof(text));
	rig_init(&r, "me", 2 * sizeof(text) * 64);
	run(&r, text, sizeof(text));
	end(&r);
	ck_assert_uint_eq(
	    r.out.len, sizeof(text) + 2 * sizeof(PREFIX "\n") - 2);
	ck_assert_mem_eq(buffer_head(&r.out) + CHAT_LINE + strlen(PREFIX),
	    "\n" PREFIX "aaaaaaaa\n", 15);
	rig_free(&r);
}
END_TEST

/* A datagram may come without an end of line, and never with another part. */
START_TEST(a_message_is_a_line)
{
	struct rig r = { .filter = chat_filter("me", true) };

	buffer_init(&r.out, 1024);
	run(&r, "hi", 2);
	run(&r, "a\nb\n", 4);
	run(&r, "\xc3", 1);
	run(&r, "\xa4\r", 2);
	check_out(&r,
	    PREFIX "hi\n" PREFIX "a\n" PREFIX "b\n" PREFIX "\\303\n" PREFIX
		   "\\244\n");
	rig_free(&r);
}
END_TEST

START_TEST(a_name_that_is_too_long_is_cut)
{
	struct rig r;

	rig_init(&r, LONG_NAME "this is too much", 1024);
	run(&r, "\n", 1);
	end(&r);
	ck_assert_uint_le(r.out.len, r.filter->ops->grow);
	ck_assert_mem_eq(buffer_head(&r.out), "<" LONG_NAME, CHAT_NAME);
	rig_free(&r);
}
END_TEST

/* Of these most noise is made: what the filter has states for. */
static const char likely[] = "ab\t\n\r\x1b\x7f\x80\xbf\xc2\xc3\xa4\xe2\x82"
			     "\xac\xed\xa0\xf0\x9f\x98\x80\xf4\x90\xff";

/* Takes names and \ooo out again: what is left is the input.  Fails where a
 * terminal could be steered. */
static size_t
read_back(const uint8_t *out, size_t n, uint8_t *into)
{
	size_t len = 0, i = 0;

	while (i < n) {
		ck_assert_uint_lt(i + strlen(PREFIX), n);
		ck_assert_mem_eq(out + i, PREFIX, strlen(PREFIX));
		for (i += strlen(PREFIX); out[i] != '\n'; i++) {
			if (out[i] != '\t' && (out[i] < ' ' || out[i] == 0x7f))
				ck_abort_msg("byte %d is bare", out[i]);
			into[len] = out[i];
			if (out[i] == '\\') {
				into[len] = (uint8_t)strtol(
				    (const char[]){ (char)out[i + 1],
					(char)out[i + 2], (char)out[i + 3],
					'\0' },
				    NULL, 8);
				i += 3;
			}
			len++;
		}
		into[len++] = '\n';
		i++;
	}
	return len;
}

/* What the filter is to keep of the input. */
static size_t
without_line_ends(uint8_t *bytes, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (bytes[i] != '\r' || (i + 1 < n && bytes[i + 1] != '\n'))
			bytes[len++] = bytes[i];
	}
	if (len > 0 && bytes[len - 1] != '\n')
		bytes[len++] = '\n';
	return len;
}

START_TEST(noise_can_be_read_back)
{
	for (uint64_t seed = 1; seed <= 2000; seed++) {
		struct rng rng = rng_of(seed);
		uint8_t input[512], back[4096];
		size_t n = rng_below(&rng, sizeof(input)), at = 0, share;
		struct rig r;

		for (size_t i = 0; i < n; i++)
			input[i] = (uint8_t)
			    likely[rng_below(&rng, sizeof(likely) - 1)];
		rig_init(&r, "me", n * 64 + 64);
		for (; at < n; at += share) {
			share = 1 + rng_below(&rng, n - at);
			run(&r, input + at, share);
		}
		end(&r);
		share = read_back(buffer_head(&r.out), r.out.len, back);
		n = without_line_ends(input, n);
		ck_assert_uint_eq(share, n);
		if (n > 0)
			ck_assert_mem_eq(back, input, n);
		rig_free(&r);
	}
}
END_TEST

/* Nothing is taken from the flow, so that its buffer gets as full as it may;
 * the buffer itself fails where more is put in. */
static void
check_flow(const char *unit)
{
	size_t len = strlen(unit), all = FLOW_BUFSIZE / len * len;
	char *bytes = xcalloc(all, 1);
	struct wire w = { 0 };
	int fds[2];

	for (size_t i = 0; i < all; i++)
		bytes[i] = unit[i % len];
	w.in = -1;
	w.stdio = file_of(bytes, all);
	w.src = channel_stdio(w.stdio, -1);
	pipe_pair(fds);
	w.out = fds[0];
	w.dst = channel_stdio(-1, fds[1]);
	flow_init(&w.f, w.src, w.dst);
	w.f.filter = chat_filter(LONG_NAME, false);
	w.f.lines = true;
	flow_start(&w.f);
	flow_settle_at(&w.f, 1);
	ck_assert_uint_gt(w.f.buf.len, w.f.buf.cap / 2);
	flow_end(&w.f, 1);
	ck_assert_uint_le(w.f.buf.len, w.f.buf.cap);
	close(fds[1]);
	wire_free(&w);
	free(bytes);
}

START_TEST(a_flow_has_room_for_the_worst)
{
	check_flow("\n");
	check_flow("\x1b");
	check_flow("\xf0\x9f\x98\n");
	check_flow("a");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_line_bears_the_name,
		the_last_line_is_ended,
		a_line_may_end_in_crlf,
		another_carriage_return_is_shown,
		control_characters_are_shown,
		a_nul_is_shown,
		utf8_stays,
		what_is_no_utf8_is_shown,
		a_character_that_breaks_off_is_shown,
		a_line_that_gets_too_long_is_ended,
		a_line_of_just_that_length_is_one,
		a_long_line_goes_on_in_the_next,
		a_message_is_a_line,
		a_name_that_is_too_long_is_cut,
		noise_can_be_read_back,
		a_flow_has_room_for_the_worst,
	};
	int failed = run_tests("chat", tests, COUNT(tests));

	return failed != 0;
}
