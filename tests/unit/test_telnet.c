/* SPDX-License-Identifier: ISC */
/* test_telnet.c - the filter that refuses every telnet option (RFC 854) */
#include <sys/socket.h>

#include "flaky.h"
#include "talk.h"
#include "telnet.h"

#define IAC  "\377"
#define DONT "\376"
#define DO   "\375"
#define WONT "\374"
#define WILL "\373"
#define SB   "\372"
#define SE   "\360"

/* The filter, and the flow that its answers go to. */
struct rig {
	struct flaky end;
	struct channel *ch;
	struct flow to_peer;
	struct filter *filter;
	struct buffer out;
};

static void
rig_init(struct rig *r)
{
	flaky_init(&r->end, 1, 65536);
	r->ch = flaky_channel(&r->end);
	flow_init(&r->to_peer, r->ch, r->ch);
	r->filter = telnet_filter(&r->to_peer);
	buffer_init(&r->out, 65536);
}

static void
rig_free(struct rig *r)
{
	r->filter->ops->free(r->filter);
	flow_free(&r->to_peer);
	channel_close(r->ch);
	flaky_free(&r->end);
	buffer_free(&r->out);
}

static void
rig_run(struct rig *r, const void *bytes, size_t n)
{
	r->filter->ops->run(r->filter, bytes, n, &r->out);
}

static void
check_buffer(const struct buffer *b, const void *want, size_t len)
{
	ck_assert_uint_eq(b->len, len);
	if (len > 0)
		ck_assert_mem_eq(buffer_head(b), want, len);
}

/* In two runs, split at every place; and byte by byte. */
static void
check(const void *input, size_t len, const void *out, size_t out_len,
    const void *answers, size_t answers_len)
{
	const uint8_t *bytes = input;

	for (size_t cut = 0; cut <= len + 1; cut++) {
		struct rig r;

		rig_init(&r);
		if (cut <= len) {
			rig_run(&r, bytes, cut);
			rig_run(&r, bytes + cut, len - cut);
		} else {
			for (size_t i = 0; i < len; i++)
				rig_run(&r, bytes + i, 1);
		}
		check_buffer(&r.out, out, out_len);
		check_buffer(&r.to_peer.answers, answers, answers_len);
		rig_free(&r);
	}
}

#define CHECK(input, out, answers)                                     \
	check(input, sizeof(input) - 1, out, sizeof(out) - 1, answers, \
	    sizeof(answers) - 1)

START_TEST(data_passes)
{
	CHECK("", "", "");
	CHECK("login: \r\n\0\001\376\360 x", "login: \r\n\0\001\376\360 x", "");
}
END_TEST

START_TEST(offers_and_requests_are_refused)
{
	CHECK("a" IAC WILL "\001b", "ab", IAC DONT "\001");
	CHECK("a" IAC DO "\030b", "ab", IAC WONT "\030");
}
END_TEST

/* To answer a refusal could go on for ever (RFC 1143 section 2). */
START_TEST(refusals_are_not_answered)
{
	CHECK("a" IAC WONT "\003b", "ab", "");
	CHECK("a" IAC DONT "\003b", "ab", "");
}
END_TEST

START_TEST(any_option_is_refused)
{
	for (int option = 0; option < 256; option++) {
		const uint8_t input[] = { 255, 253, (uint8_t)option };
		const uint8_t answer[] = { 255, 252, (uint8_t)option };

		check(input, 3, "", 0, answer, 3);
	}
}
END_TEST

START_TEST(several_are_answered_in_order)
{
	CHECK(IAC WILL "\001" IAC DO "\002x" IAC WILL "\003", "x",
	    IAC DONT "\001" IAC WONT "\002" IAC DONT "\003");
}
END_TEST

START_TEST(commands_of_two_bytes_are_taken_out)
{
	for (int command = 240; command < 250; command++) {
		const uint8_t input[] = { 'a', 255, (uint8_t)command, 'b' };

		check(input, 4, "ab", 2, "", 0);
	}
}
END_TEST

START_TEST(a_doubled_iac_is_one_byte_of_data)
{
	CHECK("a" IAC IAC "b", "a" IAC "b", "");
	CHECK(IAC IAC IAC IAC, IAC IAC, "");
	CHECK(IAC IAC IAC WILL "\001", IAC, IAC DONT "\001");
}
END_TEST

START_TEST(subnegotiations_are_taken_out)
{
	CHECK("a" IAC SB "\030\001" IAC SE "b", "ab", "");
	CHECK("a" IAC SB "\030" IAC IAC "\001" IAC SE "b", "ab", "");
	CHECK("a" IAC SB IAC SE "b", "ab", "");
	CHECK("a" IAC SB SE SE IAC SE "b", "ab", "");
	CHECK("a" IAC SB "x" IAC IAC SE "y" IAC SE "b", "ab", "");
	CHECK("a" IAC SB "never ends", "a", "");
}
END_TEST

/* A peer that does not read them gets no more, and none is cut. */
START_TEST(answers_are_bounded_and_whole)
{
	static const uint8_t will[] = { 255, 251, 1 };
	struct rig r;

	rig_init(&r);
	for (int i = 0; i < 5000; i++)
		rig_run(&r, will, sizeof(will));
	ck_assert_uint_gt(r.to_peer.answers.len, 1000);
	ck_assert_uint_lt(r.to_peer.answers.len, 5000 * 3);
	ck_assert_uint_eq(r.to_peer.answers.len % 3, 0);
	ck_assert_uint_eq(r.out.len, 0);
	rig_free(&r);
}
END_TEST

START_TEST(nothing_is_answered_after_the_end)
{
	static const uint8_t will[] = { 255, 251, 1, 'x' };
	struct rig r;

	rig_init(&r);
	flow_abort(&r.to_peer);
	rig_run(&r, will, sizeof(will));
	ck_assert_uint_eq(r.to_peer.answers.len, 0);
	check_buffer(&r.out, "x", 1);
	rig_free(&r);
}
END_TEST

START_TEST(the_output_never_grows)
{
	for (uint64_t seed = 1; seed <= 2000; seed++) {
		struct rng rng = rng_of(seed);
		uint8_t input[64];
		struct rig r;

		rig_init(&r);
		ck_assert_uint_eq(r.filter->ops->grow, 1);
		for (size_t i = 0; i < sizeof(input); i++)
			input[i] = (uint8_t)(238 + rng_below(&rng, 18));
		rig_run(&r, input, sizeof(input));
		if (r.out.len > sizeof(input))
			ck_abort_msg("seed %llu", (unsigned long long)seed);
		rig_free(&r);
	}
}
END_TEST

/* The answer reaches the peer though our input is silent, and our input is not
 * disturbed by it. */
START_TEST(in_a_relay_the_answer_reaches_the_peer)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->flow[RELAY_INBOUND].filter =
	    telnet_filter(&t.r->flow[RELAY_OUTBOUND]);
	ck_assert(talk_at(&t, 0));
	put(t.peer, IAC DO "\030" IAC WILL "\001login: ");
	ck_assert(talk_at(&t, 0));
	expect(t.out, "login: ");
	expect(t.peer, IAC WONT "\030" IAC DONT "\001");
	put(t.in, "root\n");
	ck_assert(talk_at(&t, 0));
	expect(t.peer, "root\n");
	talk_free(&t);
}
END_TEST

/* Our input has ended: nothing may be sent any more. */
START_TEST(in_a_relay_there_is_no_answer_after_our_end)
{
	struct talk t;

	talk_init(&t, SOCK_STREAM);
	t.r->flow[RELAY_INBOUND].filter =
	    telnet_filter(&t.r->flow[RELAY_OUTBOUND]);
	talk_close(&t.in);
	ck_assert(talk_at(&t, 0));
	expect_end(t.peer);
	put(t.peer, IAC DO "\030bye");
	shutdown(t.peer, SHUT_WR);
	ck_assert(!talk_at(&t, 0));
	expect(t.out, "bye");
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.out_fault, FLOW_FINE);
	talk_free(&t);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		data_passes,
		offers_and_requests_are_refused,
		refusals_are_not_answered,
		any_option_is_refused,
		several_are_answered_in_order,
		commands_of_two_bytes_are_taken_out,
		a_doubled_iac_is_one_byte_of_data,
		subnegotiations_are_taken_out,
		answers_are_bounded_and_whole,
		nothing_is_answered_after_the_end,
		the_output_never_grows,
		in_a_relay_the_answer_reaches_the_peer,
		in_a_relay_there_is_no_answer_after_our_end,
	};
	int failed = run_tests("telnet", tests, COUNT(tests));

	return failed != 0;
}
