/* SPDX-License-Identifier: ISC */
/* test_flow_limits.c - what a flow may read: --max-bytes, --rate, a last call
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chat.h"
#include "clock.h"
#include "crlf.h"
#include "flow.h"
#include "support.h"
#include "until.h"
#include "xalloc.h"

#define NOW 1000 /* ms; some time */

/* From a socket of the test (in) to another (out). */
struct rig {
	int in, out;
	struct channel *src, *dst;
	struct flow f;
};

static void
rig_init(struct rig *r, int from, int to)
{
	int in[2], out[2];

	pair_of(from, in);
	pair_of(to, out);
	r->in = in[1];
	r->out = out[1];
	r->src = channel_socket(in[0]);
	r->dst = channel_socket(out[0]);
	flow_init(&r->f, r->src, r->dst);
}

static void
rig_free(struct rig *r)
{
	flow_free(&r->f);
	channel_close(r->src);
	channel_close(r->dst);
	close(r->in);
	close(r->out);
}

static void
check_limit(const struct rig *r, const char *limit)
{
	ck_assert_int_eq(r->f.state, FLOW_DONE);
	ck_assert_int_eq(r->f.fault, FLOW_FINE);
	ck_assert_ptr_nonnull(r->f.limit);
	ck_assert_str_eq(r->f.limit, limit);
}

START_TEST(so_many_bytes_and_no_more)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	r.f.bytes_max = 5;
	flow_start(&r.f);
	put(r.in, "abc");
	flow_settle_at(&r.f, NOW);
	ck_assert_ptr_null(r.f.limit);
	put(r.in, "defgh");
	flow_settle_at(&r.f, NOW);
	check_limit(&r, "max-bytes");
	ck_assert_uint_eq(r.f.taken, 5);
	ck_assert_uint_eq(r.f.bytes, 5);
	ck_assert(!r.f.src_eof);
	expect(r.out, "abcde");
	expect_end(r.out);
	rig_free(&r);
}
END_TEST

START_TEST(what_is_beyond_stays_where_it_is)
{
	char rest[16];
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	r.f.bytes_max = 5;
	flow_start(&r.f);
	put(r.in, "abcdefgh");
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(take(r.src->rfd, rest, sizeof(rest)), 3);
	ck_assert_mem_eq(rest, "fgh", 3);
	rig_free(&r);
}
END_TEST

START_TEST(an_end_before_that_is_the_end)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	r.f.bytes_max = 5;
	flow_start(&r.f);
	put(r.in, "abcd");
	shutdown(r.in, SHUT_WR);
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	ck_assert_ptr_null(r.f.limit);
	ck_assert(r.f.src_eof);
	expect(r.out, "abcd");
	rig_free(&r);
}
END_TEST

/* A file is not sent by splice(2) then, nor a pipe. */
START_TEST(it_is_exact_for_what_would_be_spliced)
{
	static const char text[200000];
	uint64_t most[] = { 1, 65536, 100001 };

	for (size_t i = 0; i < COUNT(most); i++) {
		struct channel *src =
		    channel_stdio(file_of(text, sizeof(text)), -1);
		int copy = file_of("", 0), kept = dup(copy);
		struct channel *dst = channel_stdio(-1, copy);
		struct flow f;

		flow_init(&f, src, dst);
		f.bytes_max = most[i];
		flow_start(&f);
		flow_settle_at(&f, NOW);
		ck_assert_uint_eq(f.bytes, most[i]);
		ck_assert_int_eq(lseek(kept, 0, SEEK_END), (off_t)most[i]);
		ck_assert_int_eq(lseek(src->rfd, 0, SEEK_CUR), (off_t)most[i]);
		flow_free(&f);
		close(src->rfd);
		channel_close(src);
		channel_close(dst);
		close(copy);
		close(kept);
	}
}
END_TEST

/* Outbound it is what a filter makes of the input that counts. */
START_TEST(bytes_are_counted_on_the_network)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	r.f.outbound = true;
	r.f.bytes_max = 7;
	r.f.filter = crlf_filter();
	flow_start(&r.f);
	put(r.in, "a\nb\nc\nd\n");
	flow_settle_at(&r.f, NOW);
	check_limit(&r, "max-bytes");
	expect(r.out, "a\r\nb\r\nc");
	expect_end(r.out);
	rig_free(&r);
}
END_TEST

START_TEST(inbound_a_filter_does_not_count)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	r.f.bytes_max = 4;
	r.f.filter = crlf_filter();
	flow_start(&r.f);
	put(r.in, "a\nb\nc\n");
	flow_settle_at(&r.f, NOW);
	check_limit(&r, "max-bytes");
	expect(r.out, "a\r\nb\r\n");
	rig_free(&r);
}
END_TEST

START_TEST(the_last_words_of_a_filter_count_too)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	r.f.outbound = true;
	r.f.bytes_max = 6; /* "<a> hi" without the line's end */
	r.f.filter = chat_filter("a", false);
	flow_start(&r.f);
	put(r.in, "hi");
	flow_settle_at(&r.f, NOW);
	check_limit(&r, "max-bytes");
	expect(r.out, "<a> hi");
	expect_end(r.out);
	rig_free(&r);
}
END_TEST

START_TEST(a_datagram_is_whole_or_not_there)
{
	struct rig r;

	rig_init(&r, SOCK_DGRAM, SOCK_DGRAM);
	r.f.bytes_max = 8;
	flow_start(&r.f);
	put(r.in, "three");
	put(r.in, "four");
	put(r.in, "abc");
	flow_settle_at(&r.f, NOW);
	check_limit(&r, "max-bytes");
	ck_assert_uint_eq(r.f.taken, 5);
	expect(r.out, "three");
	expect_none(r.out);
	rig_free(&r);
	rig_init(&r, SOCK_DGRAM, SOCK_DGRAM);
	r.f.bytes_max = 9;
	flow_start(&r.f);
	put(r.in, "three");
	put(r.in, "four");
	flow_settle_at(&r.f, NOW);
	check_limit(&r, "max-bytes");
	expect(r.out, "three");
	expect(r.out, "four");
	rig_free(&r);
}
END_TEST

START_TEST(input_becomes_datagrams_of_just_as_much)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_DGRAM);
	r.f.outbound = true;
	r.f.message_max = 4;
	r.f.bytes_max = 6;
	flow_start(&r.f);
	put(r.in, "abcdefgh");
	flow_settle_at(&r.f, NOW);
	check_limit(&r, "max-bytes");
	expect(r.out, "abcd");
	expect(r.out, "ef");
	rig_free(&r);
}
END_TEST

START_TEST(each_limit_has_its_word)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	r.f.reads_max = 1;
	flow_start(&r.f);
	put(r.in, "abc");
	flow_settle_at(&r.f, NOW);
	check_limit(&r, "recv-limit");
	rig_free(&r);
	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	r.f.bytes_max = 3; /* in the same read as the text */
	r.f.reads_max = 1;
	r.f.filter = until_filter((const uint8_t *)"b", 1, &r.f);
	flow_start(&r.f);
	put(r.in, "abc");
	flow_settle_at(&r.f, NOW);
	check_limit(&r, "until");
	expect(r.out, "ab");
	expect_end(r.out);
	rig_free(&r);
}
END_TEST

/* Settles whenever the flow says that it has to go on, from NOW on for so long;
 * how often. */
static unsigned
pace(struct rig *r, int64_t length_ms)
{
	int64_t now_ms = NOW;
	unsigned turns = 0;

	for (; now_ms < NOW + length_ms; turns++) {
		int64_t next_ms;

		flow_settle_at(&r->f, now_ms);
		next_ms = flow_deadline(&r->f, now_ms);
		if (next_ms == CLOCK_NEVER)
			break;
		ck_assert_int_gt(next_ms, now_ms);
		now_ms = next_ms;
	}
	return turns;
}

static void
check_rate(uint64_t bytes, int64_t rate, unsigned turns)
{
	ck_assert_uint_ge(bytes, (uint64_t)rate * 19 / 20);
	ck_assert_uint_le(bytes, (uint64_t)rate * 21 / 20);
	ck_assert_uint_le(turns, 52);
}

START_TEST(a_second_has_so_many_bytes)
{
	static const char text[60000];
	char *taken = xcalloc(1, sizeof(text));
	struct rig r;
	unsigned turns;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	rate_init(&r.f.rate, 50000);
	flow_start(&r.f);
	ck_assert_int_eq(write(r.in, text, sizeof(text)), sizeof(text));
	turns = pace(&r, 1000);
	check_rate(r.f.bytes, 50000, turns);
	ck_assert_int_eq(take(r.out, taken, sizeof(text)), (ssize_t)r.f.bytes);
	free(taken);
	rig_free(&r);
}
END_TEST

START_TEST(what_a_filter_adds_is_paced_as_well)
{
	char lines[10000];
	struct rig r;
	unsigned turns;

	memset(lines, '\n', sizeof(lines));
	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	rate_init(&r.f.rate, 5000);
	r.f.outbound = true;
	r.f.filter = crlf_filter();
	flow_start(&r.f);
	ck_assert_int_eq(write(r.in, lines, sizeof(lines)), sizeof(lines));
	turns = pace(&r, 1000);
	check_rate(r.f.bytes, 5000, turns);
	rig_free(&r);
}
END_TEST

/* It is not asked for, so that poll(2) does not report it. */
START_TEST(meanwhile_nothing_is_read)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	rate_init(&r.f.rate, 10);
	flow_start(&r.f);
	put(r.in, "abc");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "a");
	ck_assert(!flow_wants_read(&r.f, NOW + 99));
	ck_assert(!flow_runnable(&r.f, NOW + 99));
	ck_assert_int_eq(flow_deadline(&r.f, NOW), NOW + 100);
	ck_assert(flow_wants_read(&r.f, NOW + 100));
	ck_assert_int_eq(flow_deadline(&r.f, NOW + 100), CLOCK_NEVER);
	flow_settle_at(&r.f, NOW + 100);
	expect(r.out, "b");
	rig_free(&r);
}
END_TEST

START_TEST(its_end_is_seen_in_its_turn)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	rate_init(&r.f.rate, 10);
	flow_start(&r.f);
	put(r.in, "ab");
	shutdown(r.in, SHUT_WR);
	pace(&r, 5000);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	ck_assert_int_eq(r.f.ended_ms, NOW + 200);
	expect(r.out, "ab");
	expect_end(r.out);
	rig_free(&r);
}
END_TEST

START_TEST(a_slow_destination_needs_no_deadline)
{
	static const char text[10000];
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	rate_init(&r.f.rate, 1000);
	flow_start(&r.f);
	ck_assert_int_eq(write(r.in, text, sizeof(text)), sizeof(text));
	flow_pump(&r.f, NOW);
	r.dst->wwait = POLLOUT;
	flow_pump(&r.f, NOW + 20);
	ck_assert_uint_gt(flow_held(&r.f), 0);
	ck_assert_int_eq(flow_deadline(&r.f, NOW + 20), CLOCK_NEVER);
	ck_assert(!flow_runnable(&r.f, NOW + 20));
	rig_free(&r);
}
END_TEST

START_TEST(datagrams_are_paced_whole)
{
	struct rig r;

	rig_init(&r, SOCK_DGRAM, SOCK_DGRAM);
	rate_init(&r.f.rate, 10);
	flow_start(&r.f);
	put(r.in, "twenty bytes of them");
	put(r.in, "");
	put(r.in, "x");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "twenty bytes of them");
	expect_none(r.out);
	ck_assert_int_eq(flow_deadline(&r.f, NOW), NOW + 2000);
	flow_settle_at(&r.f, NOW + 1999);
	expect_none(r.out);
	flow_settle_at(&r.f, NOW + 2000);
	expect(r.out, "");
	expect(r.out, "x");
	rig_free(&r);
}
END_TEST

START_TEST(input_becomes_full_datagrams)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_DGRAM);
	rate_init(&r.f.rate, 10);
	r.f.outbound = true;
	r.f.message_max = 4;
	flow_start(&r.f);
	put(r.in, "abcdefgh");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "abcd");
	expect_none(r.out);
	flow_settle_at(&r.f, NOW + 400);
	expect(r.out, "efgh");
	rig_free(&r);
}
END_TEST

/* What comes faster than it is read would never be all. */
START_TEST(a_paced_last_call_is_for_what_is_there)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	rate_init(&r.f.rate, 10);
	flow_start(&r.f);
	put(r.in, "abc");
	flow_settle_at(&r.f, NOW);
	flow_last_call(&r.f);
	put(r.in, "defghi");
	pace(&r, 5000);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	ck_assert(!r.f.src_eof);
	expect(r.out, "abc");
	expect_end(r.out);
	rig_free(&r);
}
END_TEST

START_TEST(a_last_call_for_nothing_ends_at_once)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	rate_init(&r.f.rate, 10);
	flow_start(&r.f);
	flow_settle_at(&r.f, NOW);
	flow_last_call(&r.f);
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		so_many_bytes_and_no_more,
		what_is_beyond_stays_where_it_is,
		an_end_before_that_is_the_end,
		it_is_exact_for_what_would_be_spliced,
		bytes_are_counted_on_the_network,
		inbound_a_filter_does_not_count,
		the_last_words_of_a_filter_count_too,
		a_datagram_is_whole_or_not_there,
		input_becomes_datagrams_of_just_as_much,
		each_limit_has_its_word,
		a_second_has_so_many_bytes,
		what_a_filter_adds_is_paced_as_well,
		meanwhile_nothing_is_read,
		its_end_is_seen_in_its_turn,
		a_slow_destination_needs_no_deadline,
		datagrams_are_paced_whole,
		input_becomes_full_datagrams,
		a_paced_last_call_is_for_what_is_there,
		a_last_call_for_nothing_ends_at_once,
	};
	int failed = run_tests("flow_limits", tests, COUNT(tests));

	return failed != 0;
}
