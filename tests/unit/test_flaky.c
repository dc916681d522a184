/* SPDX-License-Identifier: ISC */
/* test_flaky.c - whatever the schedule: bytes in are bytes out, in order */
#include "crlf.h"
#include "flaky.h"
#include "flow.h"
#include "relay.h"

#define SEEDS     500
#define INPUT_MAX 4000

/* One direction of one run. */
struct run {
	struct flaky end;
	uint8_t input[INPUT_MAX];
	size_t len;
};

/* Bytes in which CR and LF are common; sometimes none at all. */
static void
run_init(struct run *r, uint64_t seed)
{
	static const uint8_t often[] = { '\r', '\n', '\n', 'x' };
	struct rng rng = rng_of(seed);

	r->len = rng_below(&rng, 8) == 0 ? 0 : rng_below(&rng, INPUT_MAX);
	rng_fill(&rng, r->input, r->len);
	for (size_t i = 0; i < r->len; i++) {
		if (r->input[i] & 1)
			r->input[i] = often[r->input[i] / 2 % sizeof(often)];
	}
	flaky_init(&r->end, seed, INPUT_MAX * 2);
	r->end.input = r->input;
	r->end.input_len = r->len;
	r->end.share = 1 + rng_below(&rng, 900);
	r->end.waits = 2 + rng_below(&rng, 6);
}

/* The filter in the plainest words. */
static size_t
expected(const struct run *r, bool crlf, uint8_t out[INPUT_MAX * 2])
{
	size_t n = 0;

	for (size_t i = 0; i < r->len; i++) {
		bool after_cr = i > 0 && r->input[i - 1] == '\r';

		if (crlf && r->input[i] == '\n' && !after_cr)
			out[n++] = '\r';
		out[n++] = r->input[i];
	}
	return n;
}

static void
check_delivered(
    uint64_t seed, const struct run *from, const struct run *to, bool crlf)
{
	static uint8_t want[INPUT_MAX * 2];
	size_t len = expected(from, crlf, want);

	ck_assert_msg(to->end.taken.len == len, "seed %llu: %zu bytes, not %zu",
	    (unsigned long long)seed, to->end.taken.len, len);
	ck_assert_msg(
	    len == 0 || memcmp(buffer_head(&to->end.taken), want, len) == 0,
	    "seed %llu: other bytes", (unsigned long long)seed);
	ck_assert_msg(!to->end.changed, "seed %llu: not the same bytes again",
	    (unsigned long long)seed);
	ck_assert_msg(to->end.shuts == 1 && !to->end.late,
	    "seed %llu: shut %u times", (unsigned long long)seed,
	    to->end.shuts);
}

/* As a loop would do it, with every wait over at once. */
static void
pump_through(struct flow *f, uint64_t seed)
{
	for (int turn = 0; f->state != FLOW_DONE; turn++) {
		if (turn == INPUT_MAX * 20)
			ck_abort_msg(
			    "seed %llu: stuck", (unsigned long long)seed);
		if (!flow_runnable(f, turn + 1)) {
			channel_await(f->src, CH_READ | CH_WRITE);
			channel_await(f->dst, CH_READ | CH_WRITE);
		}
		flow_pump(f, turn + 1);
	}
}

static void
run_flow(uint64_t seed, bool crlf)
{
	struct run from, to;
	struct channel *src, *dst;
	struct flow f;

	run_init(&from, seed);
	run_init(&to, seed + SEEDS);
	src = flaky_channel(&from.end);
	dst = flaky_channel(&to.end);
	flow_init(&f, src, dst);
	if (crlf)
		f.filter = crlf_filter();
	flow_start(&f);
	pump_through(&f, seed);
	check_delivered(seed, &from, &to, crlf);
	ck_assert_uint_eq(f.taken, from.len);
	ck_assert_uint_eq(f.bytes, to.end.taken.len);
	ck_assert_int_eq(f.fault, FLOW_FINE);
	flow_free(&f);
	channel_close(src);
	channel_close(dst);
	ck_assert_uint_eq(to.end.closes, 1);
	flaky_free(&from.end);
	flaky_free(&to.end);
}

START_TEST(flow_delivers_under_any_schedule)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		run_flow(seed, false);
}
END_TEST

START_TEST(flow_delivers_through_a_filter)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		run_flow(seed, true);
}
END_TEST

static void
note_result(struct relay *r, enum relay_result result, void *arg)
{
	(void)r;
	*(int *)arg = (int)result;
}

static void
run_relay(uint64_t seed, bool crlf)
{
	struct run ours, theirs;
	struct loop loop;
	struct relay *r;
	int result = -1;

	run_init(&ours, seed);
	run_init(&theirs, seed + SEEDS);
	ck_assert_int_eq(loop_init(&loop), 0);
	r = relay_new(flaky_channel(&ours.end), flaky_channel(&theirs.end));
	if (crlf)
		r->flow[RELAY_OUTBOUND].filter = crlf_filter();
	r->on_done = note_result;
	r->arg = &result;
	relay_start(r, &loop);
	ck_assert_int_eq(drive(&loop), 0);
	ck_assert_int_eq(result, RELAY_OVER);
	check_delivered(seed, &ours, &theirs, crlf);
	check_delivered(seed, &theirs, &ours, false);
	ck_assert_uint_eq(ours.end.closes, 1);
	ck_assert_uint_eq(theirs.end.closes, 1);
	flaky_free(&ours.end);
	flaky_free(&theirs.end);
}

START_TEST(relay_delivers_both_ways_under_any_schedule)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		run_relay(seed, false);
}
END_TEST

START_TEST(relay_delivers_both_ways_through_a_filter)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		run_relay(seed, true);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		flow_delivers_under_any_schedule,
		flow_delivers_through_a_filter,
		relay_delivers_both_ways_under_any_schedule,
		relay_delivers_both_ways_through_a_filter,
	};
	int failed = run_tests("flaky", tests, COUNT(tests));

	return failed != 0;
}
