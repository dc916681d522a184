/* SPDX-License-Identifier: ISC */
/* test_until.c - the filter that ends a flow behind a text */
#include <string.h>

#include "support.h"
#include "until.h"

#define INPUT_MAX 64

/* Gives input to the filter in runs that end where a bit of cuts is set; how
 * many bytes came out.  found: the flow has its limit. */
static size_t
filtered(const uint8_t *input, size_t len, uint64_t cuts, const uint8_t *text,
    size_t text_len, bool *found)
{
	struct flow f = { 0 };
	struct filter *filter = until_filter(text, text_len, &f);
	struct buffer b;
	size_t start = 0, n;

	buffer_init(&b, INPUT_MAX);
	for (size_t i = 0; i < len; i++) {
		if ((cuts >> i) & 1) {
			filter->ops->run(
			    filter, input + start, i + 1 - start, &b);
			start = i + 1;
		}
	}
	filter->ops->run(filter, input + start, len - start, &b);
	n = b.len;
	if (n > 0)
		ck_assert_mem_eq(buffer_head(&b), input, n);
	*found = f.limit != NULL;
	if (*found)
		ck_assert_str_eq(f.limit, "until");
	buffer_free(&b);
	filter->ops->free(filter);
	return n;
}

/* In all ways to split the input, the output ends with want. */
static void
check(const char *text, const char *input, const char *want)
{
	size_t len = strlen(input), text_len = strlen(text);
	bool ends = strlen(want) >= text_len &&
	    strcmp(want + strlen(want) - text_len, text) == 0;
	bool found;

	for (uint64_t cuts = 0; cuts < UINT64_C(1) << len; cuts++) {
		size_t n = filtered((const uint8_t *)input, len, cuts,
		    (const uint8_t *)text, text_len, &found);

		ck_assert_uint_eq(n, strlen(want));
		ck_assert(found == ends);
	}
}

START_TEST(it_ends_behind_the_text_however_it_is_split)
{
	check("OK", "x OK behind", "x OK");
	check("OK", "OK", "OK");
	check("OK", "OKOK", "OK");
	check("a", "bcda", "bcda");
	check("end", "at the end", "at the end");
}
END_TEST

START_TEST(without_the_text_all_passes)
{
	check("OK", "", "");
	check("OK", "O", "O");
	check("OK", "KO OOO K", "KO OOO K");
	check("longer than that", "longer", "longer");
}
END_TEST

START_TEST(beginnings_may_overlap)
{
	check("aab", "aaab", "aaab");
	check("aab", "aaaaabaab", "aaaaab");
	check("abab!", "ababab!x", "ababab!");
	check("abcabd", "abcabcabd!", "abcabcabd");
	check("aaaa", "aaabaaaaa", "aaabaaaa");
	check("nano", "nanananona", "nananano");
}
END_TEST

START_TEST(any_bytes_may_be_looked_for)
{
	static const uint8_t text[] = { 0, 0xff, 0 };
	static const uint8_t input[] = { 0, 0, 0xff, 0xff, 0, 0xff, 0, 7 };
	bool found;

	for (uint64_t cuts = 0; cuts < UINT64_C(1) << sizeof(input); cuts++) {
		ck_assert_uint_eq(filtered(input, sizeof(input), cuts, text,
				      sizeof(text), &found),
		    7);
		ck_assert(found);
	}
}
END_TEST

/* Where the text ends for the first time; len for nowhere. */
static size_t
place(const uint8_t *input, size_t len, const uint8_t *text, size_t text_len)
{
	const uint8_t *at = memmem(input, len, text, text_len);

	return at == NULL ? len : (size_t)(at - input) + text_len;
}

START_TEST(it_finds_what_memmem_finds)
{
	for (uint64_t seed = 1; seed <= 20000; seed++) {
		struct rng rng = rng_of(seed);
		size_t len = rng_below(&rng, INPUT_MAX);
		size_t text_len = 1 + rng_below(&rng, 6);
		uint8_t input[INPUT_MAX], text[6];
		bool found;
		size_t n, want;

		for (size_t i = 0; i < len; i++)
			input[i] = (uint8_t) "ab"[rng_below(&rng, 2)];
		for (size_t i = 0; i < text_len; i++)
			text[i] = (uint8_t) "ab"[rng_below(&rng, 2)];
		n = filtered(
		    input, len, rng_next(&rng), text, text_len, &found);
		want = place(input, len, text, text_len);
		if (n != want ||
		    found != (memmem(input, len, text, text_len) != NULL))
			ck_abort_msg("seed %llu", (unsigned long long)seed);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_ends_behind_the_text_however_it_is_split,
		without_the_text_all_passes,
		beginnings_may_overlap,
		any_bytes_may_be_looked_for,
		it_finds_what_memmem_finds,
	};
	int failed = run_tests("until", tests, COUNT(tests));

	return failed != 0;
}
