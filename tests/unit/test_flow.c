/* SPDX-License-Identifier: ISC */
/* test_flow.c - one direction: its states, its limits and its faults */
#include <errno.h>

#include "clock.h"
#include "flaky.h"
#include "flow.h"

#define NOW 1000 /* ms; some time */

/* A flow between two channels that do as they are told. */
struct rig {
	struct flaky from, to;
	struct channel *src, *dst;
	struct flow f;
};

static void
rig_init(struct rig *r, const char *input)
{
	flaky_init(&r->from, 1, 0);
	flaky_init(&r->to, 2, 65536);
	r->from.input = (const uint8_t *)input;
	r->from.input_len = strlen(input);
	r->src = flaky_channel(&r->from);
	r->dst = flaky_channel(&r->to);
	flow_init(&r->f, r->src, r->dst);
}

static void
rig_free(struct rig *r)
{
	flow_free(&r->f);
	channel_close(r->src);
	channel_close(r->dst);
	flaky_free(&r->from);
	flaky_free(&r->to);
}

static void
check_taken(const struct rig *r, const char *want)
{
	ck_assert_uint_eq(r->to.taken.len, strlen(want));
	if (want[0] != '\0')
		ck_assert_mem_eq(buffer_head(&r->to.taken), want, strlen(want));
}

START_TEST(an_end_is_passed_on_after_the_bytes)
{
	struct rig r;

	rig_init(&r, "abc");
	flow_start(&r.f);
	ck_assert_int_eq(r.f.state, FLOW_OPEN);
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	ck_assert_int_eq(r.f.fault, FLOW_FINE);
	ck_assert(r.f.src_eof);
	ck_assert_int_eq(r.f.ended_ms, NOW);
	ck_assert_uint_eq(r.f.bytes, 3);
	check_taken(&r, "abc");
	ck_assert_uint_eq(r.to.shuts, 1);
	rig_free(&r);
}
END_TEST

START_TEST(an_empty_input_ends_as_well)
{
	struct rig r;

	rig_init(&r, "");
	flow_start(&r.f);
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	ck_assert_uint_eq(r.f.reads, 0);
	ck_assert_uint_eq(r.to.writes, 0);
	ck_assert_uint_eq(r.to.shuts, 1);
	rig_free(&r);
}
END_TEST

START_TEST(keep_open_leaves_the_destination_alone)
{
	struct rig r;

	rig_init(&r, "abc");
	r.f.keep_open = true;
	flow_start(&r.f);
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	check_taken(&r, "abc");
	ck_assert_uint_eq(r.to.shuts, 0);
	rig_free(&r);
}
END_TEST

START_TEST(a_fault_of_the_source_comes_after_its_bytes)
{
	struct rig r;

	rig_init(&r, "abc");
	r.from.read_error = ECONNRESET;
	r.to.share = 1;
	flow_start(&r.f);
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	ck_assert_int_eq(r.f.fault, FLOW_SRC);
	ck_assert(!r.f.src_eof);
	ck_assert_int_eq(r.src->error_code, ECONNRESET);
	check_taken(&r, "abc");
	ck_assert_uint_eq(r.to.shuts, 1);
	rig_free(&r);
}
END_TEST

START_TEST(a_fault_of_the_destination_ends_it_at_once)
{
	struct rig r;

	rig_init(&r, "abcdef");
	r.from.share = 1;
	r.to.write_error = ENOSPC;
	r.to.take_max = 2;
	flow_start(&r.f);
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	ck_assert_int_eq(r.f.fault, FLOW_DST);
	ck_assert_int_eq(r.dst->error_code, ENOSPC);
	check_taken(&r, "ab");
	ck_assert_uint_eq(r.to.shuts, 0);
	ck_assert_uint_lt(r.from.given, 6);
	ck_assert_uint_eq(flow_undelivered(&r.f), 0);
	rig_free(&r);
}
END_TEST

START_TEST(the_first_fault_is_kept)
{
	struct rig r;

	rig_init(&r, "");
	flow_start(&r.f);
	flow_fail(&r.f, FLOW_SRC, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DRAINING);
	flow_fail(&r.f, FLOW_DST, NOW);
	ck_assert_int_eq(r.f.fault, FLOW_SRC);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	rig_free(&r);
}
END_TEST

START_TEST(an_early_end_delivers_what_is_held)
{
	struct rig r;

	rig_init(&r, "abcdef");
	r.from.share = 2;
	r.dst->wwait = POLLIN;
	flow_start(&r.f);
	flow_pump(&r.f, NOW);
	ck_assert_uint_gt(flow_held(&r.f), 0);
	ck_assert_uint_eq(flow_held(&r.f), r.from.given);
	ck_assert_uint_eq(flow_undelivered(&r.f), r.from.given);
	flow_end(&r.f, NOW + 1);
	flow_end(&r.f, NOW + 2);
	ck_assert_int_eq(r.f.ended_ms, NOW + 1);
	flow_settle_at(&r.f, NOW + 3);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	ck_assert(!r.f.src_eof);
	ck_assert_uint_eq(r.to.taken.len, r.from.given);
	ck_assert_uint_lt(r.from.given, 6);
	rig_free(&r);
}
END_TEST

START_TEST(given_up_it_does_nothing)
{
	struct rig r;

	rig_init(&r, "abc");
	flow_start(&r.f);
	flow_abort(&r.f);
	flow_end(&r.f, NOW);
	flow_last_call(&r.f);
	ck_assert(!flow_runnable(&r.f, NOW));
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	ck_assert_uint_eq(r.from.reads + r.to.writes + r.to.shuts, 0);
	rig_free(&r);
}
END_TEST

START_TEST(it_knows_whether_the_source_spoke)
{
	struct rig r;

	rig_init(&r, "abc");
	r.src->rwait = POLLIN;
	flow_start(&r.f);
	ck_assert(!flow_src_spoke(&r.f));
	flow_settle_at(&r.f, NOW);
	ck_assert(flow_src_spoke(&r.f));
	rig_free(&r);
	rig_init(&r, "");
	flow_start(&r.f);
	ck_assert(!flow_src_spoke(&r.f));
	flow_settle_at(&r.f, NOW);
	ck_assert(flow_src_spoke(&r.f));
	rig_free(&r);
}
END_TEST

START_TEST(it_waits_for_what_it_lacks)
{
	struct rig r;

	rig_init(&r, "abc");
	r.src->rwait = POLLIN;
	flow_start(&r.f);
	ck_assert(flow_wants_read(&r.f, 0));
	ck_assert(!flow_wants_write(&r.f, NOW));
	ck_assert(!flow_runnable(&r.f, NOW));
	ck_assert_int_eq(flow_deadline(&r.f, NOW), CLOCK_NEVER);
	r.src->rwait = 0;
	ck_assert(flow_runnable(&r.f, NOW));
	r.dst->wwait = POLLOUT;
	flow_pump(&r.f, NOW);
	ck_assert(flow_wants_write(&r.f, NOW));
	ck_assert(!flow_runnable(&r.f, NOW));
	rig_free(&r);
}
END_TEST

/* A source that is always ready must not keep others from their turn. */
START_TEST(a_pump_ends_though_there_is_more)
{
	static char input[60000];
	struct rig r;

	memset(input, 'x', sizeof(input) - 1);
	rig_init(&r, input);
	r.from.share = 1;
	flow_start(&r.f);
	flow_pump(&r.f, NOW);
	ck_assert_uint_gt(r.f.reads, 0);
	ck_assert_uint_le(r.f.reads, 64);
	ck_assert(flow_runnable(&r.f, NOW));
	rig_free(&r);
}
END_TEST

START_TEST(so_many_reads_and_no_more)
{
	struct rig r;

	for (uint64_t most = 1; most <= 40; most++) {
		rig_init(&r, "0123456789012345678901234567890123456789more");
		r.from.share = 1;
		r.f.reads_max = most;
		flow_start(&r.f);
		flow_settle_at(&r.f, NOW);
		ck_assert_int_eq(r.f.state, FLOW_DONE);
		ck_assert_uint_eq(r.f.reads, most);
		ck_assert_uint_eq(r.from.given, most);
		ck_assert_uint_eq(r.to.taken.len, most);
		ck_assert_uint_eq(r.to.shuts, 1);
		rig_free(&r);
	}
}
END_TEST

/* The source would have to wait after its last read: nothing wakes the flow,
 * which has to know that it is over. */
START_TEST(the_last_read_of_a_pump_may_be_the_last_of_all)
{
	for (uint64_t most = 1; most <= 40; most++) {
		struct rig r;

		rig_init(&r, "0123456789012345678901234567890123456789more");
		r.from.share = 1;
		r.f.reads_max = most;
		flow_start(&r.f);
		while (r.f.reads < most)
			flow_pump(&r.f, NOW);
		if (r.f.state == FLOW_OPEN)
			r.src->rwait = POLLIN;
		ck_assert_msg(
		    r.f.state == FLOW_DONE || flow_runnable(&r.f, NOW),
		    "asleep after %llu reads", (unsigned long long)most);
		rig_free(&r);
	}
}
END_TEST

START_TEST(answers_go_between_the_bytes_of_the_source)
{
	struct rig r;

	rig_init(&r, "abc");
	r.f.answering = true;
	flow_start(&r.f);
	ck_assert(flow_answer(&r.f, "ONE", 3));
	ck_assert(flow_answer(&r.f, "TWO", 3));
	ck_assert_uint_eq(flow_held(&r.f), 6);
	flow_settle_at(&r.f, NOW);
	check_taken(&r, "ONETWOabc");
	ck_assert_uint_eq(r.f.taken, 3);
	ck_assert(!flow_answer(&r.f, "late", 4));
	rig_free(&r);
}
END_TEST

START_TEST(answers_are_sent_while_the_source_is_silent)
{
	struct rig r;

	rig_init(&r, "abc");
	r.f.answering = true;
	flow_start(&r.f);
	r.src->rwait = POLLIN;
	ck_assert(!flow_runnable(&r.f, NOW));
	ck_assert(flow_answer(&r.f, "ONE", 3));
	ck_assert(flow_runnable(&r.f, NOW));
	flow_pump(&r.f, NOW);
	check_taken(&r, "ONE");
	rig_free(&r);
}
END_TEST

START_TEST(answers_are_whole_or_dropped)
{
	char answer[100] = "";
	size_t taken = 0;
	struct rig r;

	rig_init(&r, "");
	r.f.answering = true;
	flow_start(&r.f);
	r.dst->wwait = POLLOUT;
	while (taken < 65536 && flow_answer(&r.f, answer, sizeof(answer)))
		taken += sizeof(answer);
	ck_assert_uint_lt(taken, 65536);
	ck_assert_uint_eq(flow_held(&r.f), taken);
	r.dst->wwait = 0;
	flow_settle_at(&r.f, NOW);
	ck_assert_uint_eq(r.to.taken.len, taken);
	rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_end_is_passed_on_after_the_bytes,
		an_empty_input_ends_as_well,
		keep_open_leaves_the_destination_alone,
		a_fault_of_the_source_comes_after_its_bytes,
		a_fault_of_the_destination_ends_it_at_once,
		the_first_fault_is_kept,
		an_early_end_delivers_what_is_held,
		given_up_it_does_nothing,
		it_knows_whether_the_source_spoke,
		it_waits_for_what_it_lacks,
		a_pump_ends_though_there_is_more,
		so_many_reads_and_no_more,
		the_last_read_of_a_pump_may_be_the_last_of_all,
		answers_go_between_the_bytes_of_the_source,
		answers_are_sent_while_the_source_is_silent,
		answers_are_whole_or_dropped,
	};
	int failed = run_tests("flow", tests, COUNT(tests));

	return failed != 0;
}
