/* SPDX-License-Identifier: ISC */
/* test_filter_pair.c - two filters that act as one */
#include <stdlib.h>

#include "chat.h"
#include "crlf.h"
#include "filter_pair.h"
#include "flow_ways.h"
#include "support.h"
#include "xalloc.h"

/* A filter that puts its letter before each run, and twice before the end. */
struct marker {
	struct filter filter; /* first: it is a filter */
	char letter;
};

static void
mark(struct filter *filter, const uint8_t *bytes, size_t n, struct buffer *out)
{
	const struct marker *marker = (struct marker *)filter;

	buffer_append(out, &marker->letter, 1);
	buffer_append(out, bytes, n);
}

static void
mark_end(struct filter *filter, struct buffer *out)
{
	mark(filter, (const uint8_t *)"!", 1, out);
}

static void
mark_free(struct filter *filter)
{
	free(filter);
}

static struct filter *
marker_of(char letter)
{
	static const struct filter_ops ops = {
		.name = "marker",
		.grow = 2,
		.run = mark,
		.end = mark_end,
		.free = mark_free,
	};
	struct marker *marker = xcalloc(1, sizeof(*marker));

	marker->filter.ops = &ops;
	marker->letter = letter;
	return &marker->filter;
}

static void
expect_held(struct buffer *b, const char *text)
{
	ck_assert_uint_eq(b->len, strlen(text));
	ck_assert_mem_eq(buffer_head(b), text, b->len);
	buffer_consume(b, b->len);
}

START_TEST(without_one_it_is_the_other)
{
	struct filter *crlf = crlf_filter();

	ck_assert_ptr_eq(filter_pair(crlf, NULL), crlf);
	ck_assert_ptr_eq(filter_pair(NULL, crlf), crlf);
	ck_assert_ptr_null(filter_pair(NULL, NULL));
	crlf->ops->free(crlf);
}
END_TEST

START_TEST(the_second_sees_what_the_first_gives)
{
	struct filter *pair = filter_pair(marker_of('1'), marker_of('2'));
	struct buffer b;

	buffer_init(&b, 64);
	ck_assert_uint_eq(pair->ops->grow, 4);
	pair->ops->run(pair, (const uint8_t *)"ab", 2, &b);
	expect_held(&b, "21ab");
	pair->ops->run(pair, (const uint8_t *)"c", 1, &b);
	expect_held(&b, "21c");
	buffer_free(&b);
	pair->ops->free(pair);
}
END_TEST

START_TEST(both_hear_of_an_empty_read)
{
	struct filter *pair = filter_pair(marker_of('1'), marker_of('2'));
	struct filter *silent = filter_pair(crlf_filter(), crlf_filter());
	struct buffer b;

	buffer_init(&b, 64);
	silent->ops->run(silent, (const uint8_t *)"", 0, &b);
	ck_assert_uint_eq(b.len, 0);
	pair->ops->run(pair, (const uint8_t *)"", 0, &b);
	expect_held(&b, "21");
	buffer_free(&b);
	silent->ops->free(silent);
	pair->ops->free(pair);
}
END_TEST

START_TEST(the_first_ends_before_the_second)
{
	struct filter *pair = filter_pair(marker_of('1'), marker_of('2'));
	struct buffer b;

	buffer_init(&b, 64);
	pair->ops->end(pair, &b);
	expect_held(&b, "21!2!");
	buffer_free(&b);
	pair->ops->free(pair);
}
END_TEST

START_TEST(an_end_that_says_nothing_is_no_read)
{
	struct filter *pair = filter_pair(crlf_filter(), marker_of('2'));
	struct filter *last = filter_pair(marker_of('1'), crlf_filter());
	struct buffer b;

	buffer_init(&b, 64);
	pair->ops->end(pair, &b);
	expect_held(&b, "2!");
	last->ops->end(last, &b);
	expect_held(&b, "1!");
	buffer_free(&b);
	pair->ops->free(pair);
	last->ops->free(last);
}
END_TEST

START_TEST(three_are_a_pair_in_a_pair)
{
	struct filter *three =
	    filter_pair(filter_pair(marker_of('1'), chat_filter("ann", false)),
		crlf_filter());
	struct buffer b;

	buffer_init(&b, 256);
	three->ops->run(three, (const uint8_t *)"a\nb", 3, &b);
	expect_held(&b, "<ann> 1a\r\n<ann> b");
	three->ops->end(three, &b);
	expect_held(&b, "1!\r\n");
	buffer_free(&b);
	three->ops->free(three);
}
END_TEST

START_TEST(a_whole_read_fits)
{
	struct filter *pair = filter_pair(crlf_filter(), crlf_filter());
	size_t n = FLOW_BUFSIZE / pair->ops->grow;
	uint8_t *lines = xreallocarray(NULL, n, 1);
	struct buffer b;

	for (size_t i = 0; i < n; i++)
		lines[i] = '\n';
	buffer_init(&b, FLOW_BUFSIZE);
	pair->ops->run(pair, lines, n, &b);
	ck_assert_uint_eq(b.len, 2 * n);
	buffer_free(&b);
	free(lines);
	pair->ops->free(pair);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_one_it_is_the_other,
		the_second_sees_what_the_first_gives,
		both_hear_of_an_empty_read,
		the_first_ends_before_the_second,
		an_end_that_says_nothing_is_no_read,
		three_are_a_pair_in_a_pair,
		a_whole_read_fits,
	};
	int failed = run_tests("filter_pair", tests, COUNT(tests));

	return failed != 0;
}
