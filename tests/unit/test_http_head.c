/* SPDX-License-Identifier: ISC */
/* test_http_head.c - the head of an HTTP response: status line and fields */
#include <stdio.h>
#include <stdlib.h>

#include "hearing.h"
#include "http_head.h"
#include "xalloc.h"

#define OK "HTTP/1.1 200 OK\r\n"

/* From memory of its own, as in hearing.c; *used as http_head_feed() has it,
 * over all pieces. */
static enum http_head_result
feed(
    struct http_head *h, const char *bytes, size_t n, size_t step, size_t *used)
{
	enum http_head_result result = HTTP_HEAD_MORE;
	size_t taken;

	for (*used = 0; *used < n && result == HTTP_HEAD_MORE; *used += taken) {
		size_t share = n - *used < step ? n - *used : step;
		uint8_t *copy = xcalloc(1, share);

		memcpy(copy, bytes + *used, share);
		result = http_head_feed(h, copy, share, &taken);
		free(copy);
		if (taken > share ||
		    (result == HTTP_HEAD_MORE && taken < share))
			ck_abort_msg("took %zu of %zu", taken, share);
	}
	return result;
}

static const size_t steps[] = { 1, 2, 3, 7, SIZE_MAX };

/* A head that is complete with the last of its bytes, whatever follows it. */
static void
check_good(struct http_head *h, struct bytes head, size_t step)
{
	char *bytes = xcalloc(1, head.len + sizeof(SESSION));
	size_t used;

	memcpy(bytes, head.at, head.len);
	memcpy(bytes + head.len, SESSION, sizeof(SESSION));
	http_head_init(h);
	if (feed(h, bytes, head.len + strlen(SESSION), step, &used) !=
	    HTTP_HEAD_DONE)
		ck_abort_msg("refused: %s", bytes);
	ck_assert_uint_eq(used, head.len);
	free(bytes);
}

static void
check_status(struct bytes head, int status, const char *line)
{
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct http_head h;

		check_good(&h, head, steps[i]);
		ck_assert_int_eq(h.status, status);
		ck_assert_str_eq(h.line, line);
		http_head_free(&h);
		ck_assert_ptr_null(h.text);
	}
}

/* It is bad, and no earlier and no later than with its last byte. */
static void
check_bad(struct bytes head)
{
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct http_head h;
		size_t used;

		http_head_init(&h);
		if (feed(&h, head.at, head.len, steps[i], &used) !=
		    HTTP_HEAD_BAD)
			ck_abort_msg("not refused: %s", head.at);
		ck_assert_uint_eq(used, head.len);
		http_head_free(&h);
	}
}

static void
check_all_bad(const struct bytes *heads, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_bad(heads[i]);
}

START_TEST(status_lines)
{
	static const struct {
		struct bytes head;
		int status;
		const char *line;
	} cases[] = {
		{ BYTES(OK "\r\n"), 200, "HTTP/1.1 200 OK" },
		{ BYTES("HTTP/1.0 200 Connection established\n\n"), 200,
		    "HTTP/1.0 200 Connection established" },
		{ BYTES("HTTP/1.1 100 \r\n\r\n"), 100, "HTTP/1.1 100" },
		{ BYTES("HTTP/1.1 599\r\n\r\n"), 599, "HTTP/1.1 599" },
		{ BYTES("HTTP/1.9 403 \351t\351\r\n\n"), 403,
		    "HTTP/1.9 403 \351t\351" },
		{ BYTES("HTTP/1.1 407 a\tb  \r\n\r\n"), 407,
		    "HTTP/1.1 407 a\tb" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		check_status(cases[i].head, cases[i].status, cases[i].line);
}
END_TEST

/* What never was HTTP is known by its first bytes. */
START_TEST(other_protocols_are_refused_at_once)
{
	static const struct bytes heads[] = { BYTES("S"), BYTES("\0"),
		BYTES("\5"), BYTES("\r\n"), BYTES("\n"), BYTES(" "),
		BYTES("HTTp"), BYTES("HTTP/2"), BYTES("HTTP/0"),
		BYTES("HTTP/1 "), BYTES("h"), BYTES("<") };

	check_all_bad(heads, COUNT(heads));
}
END_TEST

START_TEST(bad_status_lines_are_refused)
{
	static const struct bytes heads[] = { BYTES("HTTP/1.1 20\r\n"),
		BYTES("HTTP/1.1 2000\n"), BYTES("HTTP/1.1 200OK\r\n"),
		BYTES("HTTP/1.1  200 OK\r\n"), BYTES("HTTP/1.1 099 x\r\n"),
		BYTES("HTTP/1.1 600 x\r\n"), BYTES("HTTP/1.1 000\r\n"),
		BYTES("HTTP/1.1 abc x\r\n"), BYTES("HTTP/1.1 2x0 x\r\n"),
		BYTES("HTTP/1.10 200 OK\r\n"), BYTES("HTTP/1.x 200 OK\r\n"),
		BYTES("HTTP/1.1\t200 OK\r\n"), BYTES("HTTP/1.1\r\n"),
		BYTES("HTTP/1.1 \r\n"), BYTES("HTTP/1.\r\n"),
		BYTES("HTTP/1.1 -20 OK\r\n"), BYTES("HT\r\n") };

	check_all_bad(heads, COUNT(heads));
}
END_TEST

START_TEST(control_bytes_are_refused)
{
	for (int byte = 0; byte < 256; byte++) {
		const char line[] = { 'H', 'T', 'T', 'P', '/', '1', '.', '1',
			' ', '2', '0', '0', ' ', (char)byte };
		struct bytes head = { line, sizeof(line) };
		struct http_head h;
		size_t used;

		if ((byte < ' ' && strchr("\t\r\n", byte) == NULL) ||
		    byte == '\0' || byte == 0x7f) {
			check_bad(head);
			continue;
		}
		http_head_init(&h);
		ck_assert_int_eq(
		    feed(&h, line, sizeof(line), 1, &used), HTTP_HEAD_MORE);
		http_head_free(&h);
	}
}
END_TEST

START_TEST(bad_fields_are_refused)
{
	static const struct bytes heads[] = { BYTES(OK "A: b\0"),
		BYTES(OK "A: b\033"), BYTES(OK "A: b\rc"), BYTES(OK "A: b\r\r"),
		BYTES(OK "\r\r"), BYTES(OK "no colon\r\n"),
		BYTES(OK ": no name\r\n"), BYTES(OK "A: b\nno colon\n"),
		BYTES(OK " "), BYTES(OK "\t"), BYTES("HTTP/1.1 200 OK\n ") };

	check_all_bad(heads, COUNT(heads));
}
END_TEST

/* What two heads have in all their fields of a name. */
static void
check_fields(struct bytes head, const char *name, const char *const *values)
{
	for (size_t i = 0; i < COUNT(steps); i++) {
		const char *value = NULL;
		struct http_head h;
		size_t count = 0;

		check_good(&h, head, steps[i]);
		while ((value = http_head_field(&h, name, value)) != NULL) {
			ck_assert_ptr_nonnull(values[count]);
			ck_assert_str_eq(value, values[count++]);
		}
		ck_assert_ptr_null(values[count]);
		http_head_free(&h);
	}
}

#define VALUES(...)               \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}

START_TEST(fields_are_found_whatever_their_case)
{
	struct bytes head = BYTES(OK "Via: a\r\nProxy-Authenticate: Basic\r\n"
				     "via:b\r\nVIA:\t c d \t\r\n\r\n");

	check_fields(head, "Via", VALUES("a", "b", "c d"));
	check_fields(head, "proxy-authenticate", VALUES("Basic"));
	check_fields(head, "Vi", VALUES(NULL));
	check_fields(head, "Viaa", VALUES(NULL));
	check_fields(head, "a", VALUES(NULL));
	check_fields(head, "HTTP/1.1 200 OK", VALUES(NULL));
}
END_TEST

START_TEST(fields_may_be_empty)
{
	struct bytes head = BYTES(OK "A:\r\nA: \r\nB: x\r\nA: x\r\n\r\n");
	struct bytes none = BYTES(OK "\r\n");

	check_fields(head, "A", VALUES("", "", "x"));
	check_fields(none, "A", VALUES(NULL));
}
END_TEST

START_TEST(fields_may_go_on_in_the_next_line)
{
	struct bytes head = BYTES(OK "A: x\r\n y\r\n\t z\r\nB: 1\r\nA: 2\r\n"
				     " \r\n\t\r\n \n b: 3\r\nC:\n c\n\n");

	check_fields(head, "A", VALUES("x y  z", "2 b: 3"));
	check_fields(head, "B", VALUES("1"));
	check_fields(head, "C", VALUES("c"));
}
END_TEST

/* A head of so many bytes, but for its empty line; to be freed. */
static char *
head_of(size_t size, bool one_line)
{
	static const char start[] = OK "A: ";
	char *text = xcalloc(1, size + 1);

	memset(text, 'x', size);
	memcpy(text, start, strlen(start));
	for (size_t i = 1000; i + 1000 < size && !one_line; i += 1000)
		memcpy(text + i, "\r\nB: ", 5);
	memcpy(text + size - 2, "\r\n", 2);
	return text;
}

static void
check_size(size_t size, bool one_line)
{
	char *text = head_of(size - 2, one_line);
	char *whole = xcalloc(1, size + sizeof(SESSION));
	bool fits = size <= HTTP_HEAD_MAX;
	struct http_head h;
	size_t used;

	snprintf(whole, size + sizeof(SESSION), "%s\r\n%s", text, SESSION);
	for (size_t i = 0; i < COUNT(steps); i++) {
		http_head_init(&h);
		ck_assert_int_eq(feed(&h, whole, size + 5, steps[i], &used),
		    fits ? HTTP_HEAD_DONE : HTTP_HEAD_LARGE);
		ck_assert_uint_eq(used, fits ? size : HTTP_HEAD_MAX);
		http_head_free(&h);
	}
	free(whole);
	free(text);
}

START_TEST(a_head_has_a_largest_size)
{
	for (int one_line = 0; one_line < 2; one_line++) {
		check_size(HTTP_HEAD_MAX - 1, one_line);
		check_size(HTTP_HEAD_MAX, one_line);
		check_size(HTTP_HEAD_MAX + 1, one_line);
		check_size(HTTP_HEAD_MAX + 2, one_line);
		check_size(65536, one_line);
	}
}
END_TEST

/* Each begins a line of its own, or continues one. */
START_TEST(many_short_lines_have_the_same_limit)
{
	static const char *const lines[] = { "A:\n", "A:\r\n", " \n",
		"\t\r\n" };

	for (size_t i = 0; i < COUNT(lines); i++) {
		static const char start[] = OK "A:\n";
		enum http_head_result result;
		struct http_head h;
		size_t used, sum;

		http_head_init(&h);
		result = feed(&h, start, strlen(start), SIZE_MAX, &sum);
		while (result == HTTP_HEAD_MORE && sum < 65536) {
			result = feed(
			    &h, lines[i], strlen(lines[i]), SIZE_MAX, &used);
			sum += used;
		}
		ck_assert_int_eq(result, HTTP_HEAD_LARGE);
		ck_assert_uint_eq(sum, HTTP_HEAD_MAX);
		http_head_free(&h);
	}
}
END_TEST

START_TEST(after_its_end_it_takes_nothing)
{
	struct bytes head = BYTES(OK "\r\n");
	struct http_head h;
	size_t used;

	check_good(&h, head, SIZE_MAX);
	ck_assert_int_eq(
	    http_head_feed(&h, (const uint8_t *)"x", 1, &used), HTTP_HEAD_DONE);
	ck_assert_uint_eq(used, 0);
	http_head_free(&h);
}
END_TEST

START_TEST(half_a_head_is_not_enough)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n";

	for (size_t len = 1; len < sizeof(head) - 1; len++) {
		struct http_head h;
		size_t used;

		http_head_init(&h);
		ck_assert_int_eq(
		    feed(&h, head, len, SIZE_MAX, &used), HTTP_HEAD_MORE);
		http_head_free(&h);
	}
}
END_TEST

/* Whatever comes, it ends; and what is found then lies in the head. */
START_TEST(noise_always_ends)
{
	static const char likely[] = "\r\n\r\n\n\n\t  ::,ab\"=\\x";

	for (uint64_t seed = 1; seed <= 4000; seed++) {
		enum http_head_result result = HTTP_HEAD_MORE;
		struct rng rng = rng_of(seed);
		const char *value = NULL;
		struct http_head h;
		char noise[64];
		size_t used;

		http_head_init(&h);
		if (seed % 8 > 0)
			feed(&h, OK, strlen(OK), 5, &used);
		while (result == HTTP_HEAD_MORE) {
			size_t n = 1 + rng_below(&rng, sizeof(noise));

			for (size_t i = 0; i < n; i++)
				noise[i] = rng_below(&rng, 500) == 0 ?
				    (char)rng_next(&rng) :
				    likely[rng_below(&rng, sizeof(likely) - 1)];
			result = feed(&h, noise, n, n, &used);
			if (h.size > HTTP_HEAD_MAX)
				ck_abort_msg("seed %llu: %zu",
				    (unsigned long long)seed, h.size);
		}
		while (result == HTTP_HEAD_DONE &&
		    (value = http_head_field(&h, "a", value)) != NULL)
			ck_assert_uint_lt(strlen(value), HTTP_HEAD_MAX);
		http_head_free(&h);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		status_lines,
		other_protocols_are_refused_at_once,
		bad_status_lines_are_refused,
		control_bytes_are_refused,
		bad_fields_are_refused,
		fields_are_found_whatever_their_case,
		fields_may_be_empty,
		fields_may_go_on_in_the_next_line,
		a_head_has_a_largest_size,
		many_short_lines_have_the_same_limit,
		after_its_end_it_takes_nothing,
		half_a_head_is_not_enough,
		noise_always_ends,
	};
	int failed = run_tests("http_head", tests, COUNT(tests));

	return failed != 0;
}
