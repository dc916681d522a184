/* SPDX-License-Identifier: ISC */
/* test_crlf.c - the filter that ends lines with CR LF */
#include "crlf.h"
#include "support.h"

#define INPUT_MAX 300

/* Gives input to the filter in runs that end where a bit of cuts is set. */
static size_t
filtered(const void *input, size_t len, uint64_t cuts, uint8_t *out)
{
	struct filter *filter = crlf_filter();
	const uint8_t *bytes = input;
	struct buffer b;
	size_t start = 0, n;

	buffer_init(&b, len * filter->ops->grow + 1);
	for (size_t i = 0; i < len; i++) {
		if ((cuts >> (i % 64)) & 1) {
			filter->ops->run(
			    filter, bytes + start, i + 1 - start, &b);
			start = i + 1;
		}
	}
	filter->ops->run(filter, bytes + start, len - start, &b);
	n = b.len;
	if (n > 0)
		memcpy(out, buffer_head(&b), n);
	buffer_free(&b);
	filter->ops->free(filter);
	return n;
}

static void
check(const char *input, const char *want)
{
	size_t len = strlen(input);
	uint8_t out[64];

	for (uint64_t cuts = 0; cuts < UINT64_C(1) << len; cuts++) {
		size_t n = filtered(input, len, cuts, out);

		ck_assert_uint_eq(n, strlen(want));
		ck_assert_mem_eq(out, want, n);
	}
}

START_TEST(a_line_feed_gets_its_carriage_return)
{
	check("", "");
	check("abc", "abc");
	check("\n", "\r\n");
	check("a\nb\n", "a\r\nb\r\n");
	check("\n\n", "\r\n\r\n");
}
END_TEST

START_TEST(what_has_one_stays_however_it_is_split)
{
	check("\r\n", "\r\n");
	check("a\r\nb", "a\r\nb");
	check("\r\r\n", "\r\r\n");
	check("\r\n\r\n", "\r\n\r\n");
	check("\r\n\n", "\r\n\r\n");
	check("\n\r\n", "\r\n\r\n");
}
END_TEST

START_TEST(a_lone_carriage_return_stays)
{
	check("\r", "\r");
	check("a\rb", "a\rb");
	check("\r\ra\n", "\r\ra\r\n");
}
END_TEST

START_TEST(an_empty_run_changes_nothing)
{
	struct filter *filter = crlf_filter();
	struct buffer b;

	buffer_init(&b, 8);
	filter->ops->run(filter, (const uint8_t *)"\r", 1, &b);
	filter->ops->run(filter, (const uint8_t *)"", 0, &b);
	filter->ops->run(filter, (const uint8_t *)"\n", 1, &b);
	ck_assert_uint_eq(b.len, 2);
	ck_assert_mem_eq(buffer_head(&b), "\r\n", 2);
	buffer_free(&b);
	filter->ops->free(filter);
}
END_TEST

/* The input is what is left when the CRs that came in are taken out. */
static bool
is_input_with_returns(
    const uint8_t *input, size_t len, const uint8_t *out, size_t n)
{
	size_t o = 0;

	for (size_t i = 0; i < len; i++) {
		bool added = o + 1 < n && out[o] == '\r' &&
		    out[o + 1] == '\n' && input[i] == '\n';

		if (added && i > 0 && input[i - 1] == '\r')
			return false; /* it had one */
		if (!added && input[i] == '\n' &&
		    (i == 0 || input[i - 1] != '\r'))
			return false; /* it has none */
		o += added;
		if (o == n || out[o++] != input[i])
			return false;
	}
	return o == n;
}

START_TEST(taking_the_added_ones_out_gives_the_input)
{
	for (uint64_t seed = 1; seed <= 3000; seed++) {
		struct rng rng = rng_of(seed);
		size_t len = rng_below(&rng, INPUT_MAX), n;
		uint8_t input[INPUT_MAX], out[INPUT_MAX * 2];

		for (size_t i = 0; i < len; i++)
			input[i] = (uint8_t) "\r\n\nab"[rng_below(&rng, 5)];
		n = filtered(input, len, rng_next(&rng), out);
		if (!is_input_with_returns(input, len, out, n))
			ck_abort_msg("seed %llu", (unsigned long long)seed);
	}
}
END_TEST

START_TEST(twice_is_once)
{
	for (uint64_t seed = 1; seed <= 1000; seed++) {
		struct rng rng = rng_of(seed);
		size_t len = rng_below(&rng, INPUT_MAX / 2), n, again;
		uint8_t input[INPUT_MAX], one[INPUT_MAX], two[INPUT_MAX * 2];

		rng_fill(&rng, input, len);
		n = filtered(input, len, rng_next(&rng), one);
		again = filtered(one, n, rng_next(&rng), two);
		if (n != again || memcmp(one, two, n) != 0)
			ck_abort_msg("seed %llu", (unsigned long long)seed);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_line_feed_gets_its_carriage_return,
		what_has_one_stays_however_it_is_split,
		a_lone_carriage_return_stays,
		an_empty_run_changes_nothing,
		taking_the_added_ones_out_gives_the_input,
		twice_is_once,
	};
	int failed = run_tests("crlf", tests, COUNT(tests));

	return failed != 0;
}
