/* SPDX-License-Identifier: ISC */
/* test_buffer.c - a bounded byte queue */
#include "buffer.h"
#include "support.h"

START_TEST(zeroed_is_empty_and_has_no_room)
{
	struct buffer b = { 0 };

	ck_assert_uint_eq(b.len, 0);
	ck_assert_uint_eq(buffer_room(&b), 0);
	ck_assert_uint_eq(buffer_find(&b, 'x'), BUFFER_NOT_FOUND);
	buffer_append(&b, "", 0);
	buffer_consume(&b, 0);
	buffer_free(&b);
}
END_TEST

START_TEST(memory_is_taken_for_the_first_byte)
{
	struct buffer b;

	buffer_init(&b, 8);
	ck_assert_ptr_null(b.data);
	buffer_append(&b, "a", 1);
	ck_assert_ptr_nonnull(b.data);
	buffer_free(&b);
	ck_assert_ptr_null(b.data);
	ck_assert_uint_eq(b.len, 0);
	ck_assert_uint_eq(buffer_room(&b), 8);
}
END_TEST

/* Nothing may be done with what an empty one holds, but one may ask. */
START_TEST(head_of_an_empty_one_may_be_asked_for)
{
	struct buffer b;

	buffer_init(&b, 8);
	(void)buffer_head(&b);
	buffer_free(&b);
}
END_TEST

START_TEST(fills_to_the_last_byte)
{
	struct buffer b;

	buffer_init(&b, 4);
	buffer_append(&b, "abcd", 4);
	ck_assert_uint_eq(buffer_room(&b), 0);
	ck_assert_mem_eq(buffer_head(&b), "abcd", 4);
	buffer_consume(&b, 4);
	ck_assert_uint_eq(buffer_room(&b), 4);
	buffer_free(&b);
}
END_TEST

/* The room in front of the first byte counts, and is there when asked for. */
START_TEST(room_in_front_is_used)
{
	struct buffer b;

	buffer_init(&b, 4);
	buffer_append(&b, "abcd", 4);
	buffer_consume(&b, 3);
	ck_assert_uint_eq(buffer_room(&b), 3);
	buffer_append(&b, "efg", 3);
	ck_assert_uint_eq(b.len, 4);
	ck_assert_mem_eq(buffer_head(&b), "defg", 4);
	buffer_free(&b);
}
END_TEST

START_TEST(bytes_may_be_put_at_the_tail)
{
	struct buffer b;

	buffer_init(&b, 6);
	memcpy(buffer_tail(&b), "abc", 3);
	buffer_added(&b, 3);
	buffer_consume(&b, 2);
	memcpy(buffer_tail(&b), "defgh", 5);
	buffer_added(&b, 5);
	ck_assert_mem_eq(buffer_head(&b), "cdefgh", 6);
	buffer_free(&b);
}
END_TEST

START_TEST(finds_from_the_head)
{
	struct buffer b;

	buffer_init(&b, 8);
	buffer_append(&b, "a\nbc\nd", 6);
	ck_assert_uint_eq(buffer_find(&b, '\n'), 1);
	buffer_consume(&b, 2);
	ck_assert_uint_eq(buffer_find(&b, '\n'), 2);
	ck_assert_uint_eq(buffer_find(&b, 'a'), BUFFER_NOT_FOUND);
	ck_assert_uint_eq(buffer_find(&b, 'd'), 3);
	buffer_consume(&b, 4);
	ck_assert_uint_eq(buffer_find(&b, 'd'), BUFFER_NOT_FOUND);
	buffer_free(&b);
}
END_TEST

START_TEST(loses_its_end)
{
	struct buffer b;

	buffer_init(&b, 8);
	buffer_append(&b, "abcdef", 6);
	buffer_consume(&b, 2);
	buffer_shorten(&b, 1);
	ck_assert_uint_eq(b.len, 3);
	ck_assert_mem_eq(buffer_head(&b), "cde", 3);
	buffer_shorten(&b, 3);
	buffer_append(&b, "12345678", 8);
	ck_assert_mem_eq(buffer_head(&b), "12345678", 8);
	buffer_free(&b);
}
END_TEST

/* Against a plain counter: byte i of the stream is (uint8_t)i. */
START_TEST(is_a_queue_for_any_use)
{
	struct rng rng = rng_of(1);
	struct buffer b;
	uint8_t put_next = 0, get_next = 0;
	int wrong = 0;

	buffer_init(&b, 100);
	for (int i = 0; i < 20000; i++) {
		size_t n = rng_below(&rng, buffer_room(&b) + 1);
		uint8_t *tail = n > 0 ? buffer_tail(&b) : NULL;

		for (size_t k = 0; k < n; k++)
			tail[k] = put_next++;
		buffer_added(&b, n);
		n = rng_below(&rng, b.len + 1);
		for (size_t k = 0; k < n; k++)
			wrong += buffer_head(&b)[k] != get_next++;
		buffer_consume(&b, n);
		wrong += b.len != (uint8_t)(put_next - get_next);
	}
	ck_assert_int_eq(wrong, 0);
	buffer_free(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		zeroed_is_empty_and_has_no_room,
		memory_is_taken_for_the_first_byte,
		head_of_an_empty_one_may_be_asked_for,
		fills_to_the_last_byte,
		room_in_front_is_used,
		bytes_may_be_put_at_the_tail,
		finds_from_the_head,
		loses_its_end,
		is_a_queue_for_any_use,
	};
	int failed = run_tests("buffer", tests, COUNT(tests));

	return failed != 0;
}
