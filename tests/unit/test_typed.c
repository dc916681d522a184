/* SPDX-License-Identifier: ISC */
/* test_typed.c - input that is typed by hand, as a channel */
#include <errno.h>
#include <stdlib.h>

#include "support.h"
#include "typed.h"

#define ROOM (4 * TYPED_LINE)

/* What is below: it gives its input in shares, and may be read from only where
 * poll(2) has said so since the last time, as a terminal. */
struct below {
	const char *input;
	size_t len, given;
	size_t share; /* bytes of a read; 0: all */
	int error;    /* errno in place of the end; 0: the end */
	bool polled;
	char written[16];
	bool shut, closed;
};

static ssize_t
below_read(struct channel *ch, void *bytes, size_t n)
{
	struct below *b = ch->state;

	ck_assert_msg(b->polled, "it would block");
	ck_assert_int_eq(ch->rkind, FD_PIPE);
	b->polled = false;
	ch->rwait = POLLIN;
	if (n > b->len - b->given)
		n = b->len - b->given;
	if (b->share != 0 && n > b->share)
		n = b->share;
	if (n == 0)
		return b->error == 0 ? IO_EOF :
				       channel_fail_errno(ch, b->error);
	memcpy(bytes, b->input + b->given, n);
	b->given += n;
	return (ssize_t)n;
}

static ssize_t
below_write(struct channel *ch, const void *bytes, size_t n)
{
	struct below *b = ch->state;

	ck_assert_uint_lt(n, sizeof(b->written));
	memcpy(b->written, bytes, n);
	return (ssize_t)n;
}

static int
below_shut(struct channel *ch)
{
	struct below *b = ch->state;

	b->shut = true;
	return 0;
}

static void
below_close(struct channel *ch)
{
	struct below *b = ch->state;

	b->closed = true;
}

static const struct channel_ops below_ops = {
	.name = "below",
	.read = below_read,
	.write = below_write,
	.shut = below_shut,
	.close = below_close,
};

static struct channel *
typed_over(struct below *b, const struct typed_style *style)
{
	struct channel *ch = channel_new(&below_ops);

	ch->state = b;
	ch->rkind = FD_PIPE;
	ch->rwait = POLLIN;
	typed_channel(ch, style);
	ck_assert_int_eq(ch->rkind, FD_OTHER);
	return ch;
}

static struct below
below_of(const char *text)
{
	return (struct below){ .input = text, .len = strlen(text) };
}

/* The next read that does not wait, with poll(2) as often as it is asked. */
static ssize_t
next(struct channel *ch, struct below *b, void *bytes, size_t n)
{
	ssize_t got;

	do {
		if (ch->rwait != 0) {
			ch->rwait = 0;
			b->polled = true;
		}
		got = channel_read(ch, bytes, n);
	} while (got == IO_WAIT);
	return got;
}

static void
expect_read(struct channel *ch, struct below *b, const char *want)
{
	char got[64];
	ssize_t n = next(ch, b, got, sizeof(got));

	ck_assert_int_eq(n, (ssize_t)strlen(want));
	ck_assert_mem_eq(got, want, strlen(want));
}

static void
expect_last(struct channel *ch, struct below *b, ssize_t want)
{
	char byte;

	ck_assert_int_eq(next(ch, b, &byte, 1), want);
}

/* All that it gives until its end, in reads of so many bytes. */
static void
check_all(const struct typed_style *style, const char *text, size_t share,
    size_t size, const char *want)
{
	struct below b = below_of(text);
	struct channel *ch = typed_over(&b, style);
	size_t len = 0;
	char all[128];
	ssize_t n;

	b.share = share;
	while ((n = next(ch, &b, all + len, size)) >= 0)
		len += (size_t)n;
	ck_assert_int_eq(n, IO_EOF);
	ck_assert_uint_eq(len, strlen(want));
	ck_assert_mem_eq(all, want, len);
	channel_close(ch);
	ck_assert(b.closed);
}

static void
check(struct typed_style style, const char *text, const char *want)
{
	for (int messages = 0; messages < 2; messages++) {
		style.messages = messages;
		for (size_t share = 0; share < strlen(text); share++)
			for (size_t size = 1; size < 8; size++)
				check_all(&style, text, share, size, want);
	}
}

START_TEST(escapes_are_taken_however_they_are_split)
{
	struct typed_style style = { .form = TYPED_ESCAPES };

	check(
	    style, "GET / HTTP/1.0\\r\\n\\r\\n\\c\n", "GET / HTTP/1.0\r\n\r\n");
	check(style, "one\n\\x41\\101\n\nlast", "one\nAA\n\nlast");
}
END_TEST

START_TEST(digits_are_taken_however_they_are_split)
{
	struct typed_style style = { .form = TYPED_HEX };

	check(style, "41 4243 # abc\n\n  44\r\n45", "ABCDE");
}
END_TEST

START_TEST(an_end_of_line_is_cr_lf_where_it_is_wanted)
{
	struct typed_style style = { .form = TYPED_ESCAPES, .crlf = true };

	check(style, "a\nb\r\n\nc\\n\nd\\r\ne\\c\nf",
	    "a\r\nb\r\n\r\nc\n\r\nd\r\nef");
}
END_TEST

START_TEST(a_message_is_a_line)
{
	struct typed_style style = { .form = TYPED_ESCAPES, .messages = true };
	struct below b = below_of("one\\ntwo\n\\c\nthree\\c\nfour\n");
	struct channel *ch = typed_over(&b, &style);

	expect_read(ch, &b, "one\ntwo\n");
	expect_read(ch, &b, "");
	expect_read(ch, &b, "three");
	expect_read(ch, &b, "four\n");
	expect_last(ch, &b, IO_EOF);
	expect_last(ch, &b, IO_EOF);
	channel_close(ch);
}
END_TEST

/* The other lines have been read with the first: poll(2) would wait for more.
 */
START_TEST(what_is_held_is_not_waited_for)
{
	struct typed_style style = { .form = TYPED_ESCAPES, .messages = true };
	struct below b = below_of("one\ntwo\nthr");
	struct channel *ch = typed_over(&b, &style);

	expect_read(ch, &b, "one\n");
	ck_assert_int_eq(ch->rwait, 0);
	expect_read(ch, &b, "two\n");
	ck_assert_int_eq(ch->rwait, POLLIN);
	expect_read(ch, &b, "thr");
	ck_assert_int_eq(ch->rwait, 0);
	expect_last(ch, &b, IO_EOF);
	channel_close(ch);
}
END_TEST

START_TEST(a_line_without_digits_is_no_message)
{
	struct typed_style style = { .form = TYPED_HEX, .messages = true };
	struct below b = below_of("0a\n\n# none\n0d0a\n");
	struct channel *ch = typed_over(&b, &style);

	expect_read(ch, &b, "\n");
	expect_read(ch, &b, "\r\n");
	expect_last(ch, &b, IO_EOF);
	channel_close(ch);
}
END_TEST

START_TEST(a_message_has_its_size)
{
	struct typed_style style = {
		.form = TYPED_HEX, .messages = true, .message_max = 2
	};
	struct below b = below_of("4142434445\n46\n");
	struct channel *ch = typed_over(&b, &style);

	expect_read(ch, &b, "AB");
	expect_read(ch, &b, "CD");
	expect_read(ch, &b, "E");
	expect_read(ch, &b, "F");
	channel_close(ch);
}
END_TEST

START_TEST(a_stream_has_all_the_lines_there_are)
{
	struct typed_style style = { .form = TYPED_ESCAPES };
	struct below b = below_of("one\ntwo\nthree");
	struct channel *ch = typed_over(&b, &style);

	expect_read(ch, &b, "one\ntwo\n");
	expect_read(ch, &b, "three");
	expect_last(ch, &b, IO_EOF);
	channel_close(ch);
}
END_TEST

START_TEST(a_wrong_line_is_the_end_after_those_before_it)
{
	static const bool both[] = { false, true };

	for (size_t i = 0; i < COUNT(both); i++) {
		struct typed_style style = { .form = TYPED_ESCAPES,
			.messages = both[i] };
		struct below b = below_of("one\nbad\\q\nthree\n");
		struct channel *ch = typed_over(&b, &style);

		expect_read(ch, &b, "one\n");
		expect_last(ch, &b, IO_ERROR);
		ck_assert_str_eq(ch->error,
		    "line 2: \"\\q\": expected a C "
		    "escape such as \\n or \\x1b");
		ck_assert_int_eq(ch->error_code, 0);
		expect_last(ch, &b, IO_ERROR);
		channel_close(ch);
	}
}
END_TEST

struct heard {
	unsigned long line;
	char why[TYPED_COMPLAINT];
	unsigned count;
};

static void
hear(unsigned long line, const char *why, void *arg)
{
	struct heard *heard = arg;

	heard->line = line;
	strlcpy(heard->why, why, sizeof(heard->why));
	heard->count++;
}

START_TEST(a_wrong_line_is_left_out_where_somebody_hears_of_it)
{
	for (size_t share = 0; share < 20; share++) {
		struct heard heard = { 0 };
		struct typed_style style = { .form = TYPED_HEX,
			.messages = true,
			.wrong = hear,
			.arg = &heard };
		struct below b = below_of("41\n42 4\n43 zz zz\n44\n");
		struct channel *ch = typed_over(&b, &style);

		b.share = share;
		expect_read(ch, &b, "A");
		expect_read(ch, &b, "D");
		expect_last(ch, &b, IO_EOF);
		ck_assert_uint_eq(heard.count, 2);
		ck_assert_uint_eq(heard.line, 3);
		ck_assert_str_eq(heard.why,
		    "\"zz\": expected pairs of "
		    "hexadecimal digits such as 0d 0a");
		channel_close(ch);
	}
}
END_TEST

START_TEST(the_errors_of_what_is_below_are_its_own)
{
	struct typed_style style = { .form = TYPED_ESCAPES };
	struct below b = below_of("one\ntwo");
	struct channel *ch = typed_over(&b, &style);

	b.error = EIO;
	expect_read(ch, &b, "one\n");
	expect_last(ch, &b, IO_ERROR);
	ck_assert_int_eq(ch->error_code, EIO);
	channel_close(ch);
}
END_TEST

START_TEST(writing_is_as_it_was)
{
	struct typed_style style = { .form = TYPED_ESCAPES };
	struct below b = below_of("");
	struct channel *ch = typed_over(&b, &style);

	ck_assert_int_eq(channel_write(ch, "a\\n", 3), 3);
	ck_assert_str_eq(b.written, "a\\n");
	ck_assert_int_eq(channel_shut(ch), 0);
	ck_assert(b.shut);
	channel_close(ch);
	ck_assert(b.closed);
}
END_TEST

/* Of n times the same, and of what follows it. */
static char *
text_of(const char *unit, size_t n, const char *end)
{
	size_t len = strlen(unit);
	char *text = malloc(n * len + strlen(end) + 1);

	ck_assert_ptr_nonnull(text);
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, unit, len);
	memcpy(text + n * len, end, strlen(end) + 1);
	return text;
}

START_TEST(the_largest_datagram_is_one_message)
{
	struct typed_style style = {
		.form = TYPED_ESCAPES, .messages = true, .message_max = 65507
	};
	char *text = text_of("\\x41", 65507, "\\c\n");
	struct below b = below_of(text);
	struct channel *ch = typed_over(&b, &style);
	static char got[65507 + 1];

	b.share = 4096;
	ck_assert_int_eq(next(ch, &b, got, sizeof(got)), 65507);
	expect_last(ch, &b, IO_EOF);
	channel_close(ch);
	free(text);
}
END_TEST

/* A line of any length gets through; one that is wrong at its end does up to
 * there, and the one after it is right again. */
START_TEST(a_line_that_is_too_long_goes_in_pieces)
{
	struct heard heard = { 0 };
	struct typed_style style = {
		.form = TYPED_HEX, .wrong = hear, .arg = &heard
	};
	char *text = text_of("41 ", TYPED_LINE, "zz 41 #\n42\n");
	struct below b = below_of(text);
	struct channel *ch = typed_over(&b, &style);
	static char got[ROOM];
	size_t len = 0;
	ssize_t n;

	b.share = 60000;
	while ((n = next(ch, &b, got + len, sizeof(got) - len)) >= 0)
		len += (size_t)n;
	ck_assert_uint_gt(len, TYPED_LINE / 2);
	ck_assert_int_eq(got[0], 'A');
	ck_assert_int_eq(got[len - 2], 'A');
	ck_assert_int_eq(got[len - 1], 'B');
	ck_assert_uint_eq(heard.count, 1);
	ck_assert_uint_eq(heard.line, 1);
	channel_close(ch);
	free(text);
}
END_TEST

START_TEST(a_comment_may_be_longer_than_a_line)
{
	struct typed_style style = { .form = TYPED_HEX };
	char *text = text_of("# zz", TYPED_LINE, "\n42\n");
	struct below b = below_of(text);
	struct channel *ch = typed_over(&b, &style);

	b.share = 60000;
	expect_read(ch, &b, "B");
	expect_last(ch, &b, IO_EOF);
	channel_close(ch);
	free(text);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		escapes_are_taken_however_they_are_split,
		digits_are_taken_however_they_are_split,
		an_end_of_line_is_cr_lf_where_it_is_wanted,
		a_message_is_a_line,
		what_is_held_is_not_waited_for,
		a_line_without_digits_is_no_message,
		a_message_has_its_size,
		a_stream_has_all_the_lines_there_are,
		a_wrong_line_is_the_end_after_those_before_it,
		a_wrong_line_is_left_out_where_somebody_hears_of_it,
		the_errors_of_what_is_below_are_its_own,
		writing_is_as_it_was,
		the_largest_datagram_is_one_message,
		a_line_that_is_too_long_goes_in_pieces,
		a_comment_may_be_longer_than_a_line,
	};
	int failed = run_tests("typed", tests, COUNT(tests));

	return failed != 0;
}
