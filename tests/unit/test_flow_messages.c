/* SPDX-License-Identifier: ISC */
/* test_flow_messages.c - lines, datagrams and the pause between them */
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "crlf.h"
#include "flow.h"
#include "support.h"

#define NOW 1000 /* ms; some time */

/* From a socket of the test (in) to another (out); both keep boundaries or
 * not, as the type says. */
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

START_TEST(a_datagram_stays_one)
{
	struct rig r;

	rig_init(&r, SOCK_DGRAM, SOCK_DGRAM);
	flow_start(&r.f);
	put(r.in, "one");
	put(r.in, "two");
	put(r.in, "three");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "one");
	expect(r.out, "two");
	expect(r.out, "three");
	expect_none(r.out);
	ck_assert_uint_eq(r.f.reads, 3);
	rig_free(&r);
}
END_TEST

/* CONTRACT: one read is one datagram is one write, from 0 bytes on. */
START_TEST(an_empty_datagram_is_passed_on)
{
	struct rig r;

	rig_init(&r, SOCK_DGRAM, SOCK_DGRAM);
	flow_start(&r.f);
	put(r.in, "one");
	put(r.in, "");
	put(r.in, "two");
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_OPEN);
	expect(r.out, "one");
	expect(r.out, "");
	expect(r.out, "two");
	expect_none(r.out);
	rig_free(&r);
}
END_TEST

START_TEST(an_empty_datagram_is_nothing_in_a_stream)
{
	struct rig r;

	rig_init(&r, SOCK_DGRAM, SOCK_STREAM);
	flow_start(&r.f);
	put(r.in, "one");
	put(r.in, "");
	put(r.in, "two");
	flow_settle_at(&r.f, NOW);
	ck_assert_uint_eq(r.f.reads, 3);
	ck_assert_int_eq(r.f.state, FLOW_OPEN);
	expect(r.out, "onetwo");
	rig_free(&r);
}
END_TEST

START_TEST(any_datagram_fits)
{
	static uint8_t sent[65507], got[sizeof(sent) + 1];
	struct rng rng = rng_of(3);
	struct rig r;

	rng_fill(&rng, sent, sizeof(sent));
	rig_init(&r, SOCK_DGRAM, SOCK_DGRAM);
	r.f.message_max = 16384; /* is for what has no messages of its own */
	flow_start(&r.f);
	for (size_t n = 1; n <= sizeof(sent); n = n * 5 / 2 + 1) {
		ck_assert_int_eq(write(r.in, sent, n), (ssize_t)n);
		flow_settle_at(&r.f, NOW);
		ck_assert_int_eq(take(r.out, got, sizeof(got)), (ssize_t)n);
		ck_assert_mem_eq(got, sent, n);
	}
	rig_free(&r);
}
END_TEST

START_TEST(a_datagram_waits_for_the_one_before)
{
	struct rig r;

	rig_init(&r, SOCK_DGRAM, SOCK_DGRAM);
	flow_start(&r.f);
	r.dst->wwait = POLLHUP; /* which does not come */
	put(r.in, "one");
	put(r.in, "two");
	flow_pump(&r.f, NOW);
	ck_assert_uint_eq(r.f.reads, 1);
	ck_assert_uint_eq(flow_held(&r.f), 3);
	ck_assert(!flow_wants_read(&r.f, 0));
	r.dst->wwait = 0;
	flow_settle_at(&r.f, NOW);
	expect(r.out, "one");
	expect(r.out, "two");
	rig_free(&r);
}
END_TEST

START_TEST(a_stream_becomes_messages_of_at_most_so_many_bytes)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_DGRAM);
	r.f.message_max = 4;
	flow_start(&r.f);
	put(r.in, "abcdefghij");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "abcd");
	expect(r.out, "efgh");
	expect(r.out, "ij");
	put(r.in, "k");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "k");
	rig_free(&r);
}
END_TEST

START_TEST(lines_become_messages)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_DGRAM);
	r.f.message_max = 100;
	r.f.lines = true;
	flow_start(&r.f);
	put(r.in, "one\n\ntwo\nthr");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "one\n");
	expect(r.out, "\n");
	expect(r.out, "two\n");
	expect_none(r.out);
	put(r.in, "ee\nlast");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "three\n");
	expect_none(r.out);
	shutdown(r.in, SHUT_WR);
	flow_settle_at(&r.f, NOW);
	expect(r.out, "last");
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	rig_free(&r);
}
END_TEST

START_TEST(a_line_that_is_too_long_is_cut)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_DGRAM);
	r.f.message_max = 4;
	r.f.lines = true;
	flow_start(&r.f);
	put(r.in, "abcdefghij\nk\n");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "abcd");
	expect(r.out, "efgh");
	expect(r.out, "ij\n");
	expect(r.out, "k\n");
	rig_free(&r);
}
END_TEST

/* message_max 0: any length */
START_TEST(a_line_of_any_length_waits_for_its_rest)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_DGRAM);
	r.f.lines = true;
	flow_start(&r.f);
	put(r.in, "one\ntw");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "one\n");
	expect_none(r.out);
	put(r.in, "o\n");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "two\n");
	rig_free(&r);
}
END_TEST

START_TEST(lines_are_made_after_the_filter)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_DGRAM);
	r.f.message_max = 100;
	r.f.lines = true;
	r.f.filter = crlf_filter();
	flow_start(&r.f);
	put(r.in, "one\ntwo\r\nthree\r");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "one\r\n");
	expect(r.out, "two\r\n");
	expect_none(r.out);
	put(r.in, "\n");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "three\r\n");
	rig_free(&r);
}
END_TEST

/* In a stream a line that is not complete may go. */
START_TEST(lines_of_a_stream_do_not_wait_for_their_rest)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	r.f.lines = true;
	flow_start(&r.f);
	put(r.in, "one\ntw");
	flow_settle_at(&r.f, NOW);
	expect(r.out, "one\ntw");
	rig_free(&r);
}
END_TEST

START_TEST(after_a_line_there_is_a_pause)
{
	int64_t before = clock_ms();
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	r.f.lines = true;
	r.f.pace_ms = 3600 * 1000;
	flow_start(&r.f);
	put(r.in, "one\ntwo\nthree");
	flow_settle_at(&r.f, before);
	expect(r.out, "one\n");
	ck_assert_int_ge(r.f.next_ms, before + r.f.pace_ms);
	ck_assert_int_le(r.f.next_ms, clock_ms() + r.f.pace_ms);
	ck_assert_int_eq(flow_deadline(&r.f, NOW), r.f.next_ms);
	ck_assert(!flow_wants_write(&r.f, r.f.next_ms - 1));
	ck_assert(flow_wants_write(&r.f, r.f.next_ms));
	flow_settle_at(&r.f, r.f.next_ms - 1);
	expect_none(r.out);
	r.f.next_ms = before; /* it is over */
	flow_settle_at(&r.f, before);
	expect(r.out, "two\n");
	rig_free(&r);
}
END_TEST

START_TEST(the_end_waits_for_the_pause)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	r.f.lines = true;
	r.f.pace_ms = 3600 * 1000;
	flow_start(&r.f);
	put(r.in, "one\ntwo");
	shutdown(r.in, SHUT_WR);
	flow_settle_at(&r.f, NOW);
	expect(r.out, "one\n");
	expect_none(r.out);
	ck_assert_int_eq(r.f.state, FLOW_DRAINING);
	r.f.next_ms = NOW; /* it is over */
	flow_settle_at(&r.f, NOW);
	expect(r.out, "two");
	expect_end(r.out);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	rig_free(&r);
}
END_TEST

START_TEST(a_pause_does_not_stop_the_reading)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM, SOCK_STREAM);
	r.f.lines = true;
	r.f.pace_ms = 3600 * 1000;
	flow_start(&r.f);
	put(r.in, "one\n");
	flow_settle_at(&r.f, NOW);
	put(r.in, "two\n");
	flow_settle_at(&r.f, NOW);
	ck_assert_uint_eq(r.f.taken, 8);
	ck_assert_uint_eq(r.f.bytes, 4);
	ck_assert_int_ne(flow_deadline(&r.f, NOW), CLOCK_NEVER);
	rig_free(&r);
}
END_TEST

START_TEST(a_record_source_ends)
{
	struct rig r;

	rig_init(&r, SOCK_SEQPACKET, SOCK_SEQPACKET);
	flow_start(&r.f);
	put(r.in, "one");
	put(r.in, "two");
	shutdown(r.in, SHUT_WR);
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	expect(r.out, "one");
	expect(r.out, "two");
	expect_end(r.out);
	rig_free(&r);
}
END_TEST

START_TEST(the_last_call_takes_the_datagrams_that_are_there)
{
	struct rig r;

	rig_init(&r, SOCK_DGRAM, SOCK_DGRAM);
	flow_start(&r.f);
	flow_settle_at(&r.f, NOW);
	put(r.in, "one");
	put(r.in, "two");
	flow_last_call(&r.f);
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	expect(r.out, "one");
	expect(r.out, "two");
	rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_datagram_stays_one,
		an_empty_datagram_is_passed_on,
		an_empty_datagram_is_nothing_in_a_stream,
		any_datagram_fits,
		a_datagram_waits_for_the_one_before,
		a_stream_becomes_messages_of_at_most_so_many_bytes,
		lines_become_messages,
		a_line_that_is_too_long_is_cut,
		a_line_of_any_length_waits_for_its_rest,
		lines_are_made_after_the_filter,
		lines_of_a_stream_do_not_wait_for_their_rest,
		after_a_line_there_is_a_pause,
		the_end_waits_for_the_pause,
		a_pause_does_not_stop_the_reading,
		a_record_source_ends,
		the_last_call_takes_the_datagrams_that_are_there,
	};
	int failed = run_tests("flow_messages", tests, COUNT(tests));

	return failed != 0;
}
