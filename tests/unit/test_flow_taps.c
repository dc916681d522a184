/* SPDX-License-Identifier: ISC */
/* test_flow_taps.c - what looks at a flow: all the network's bytes, once */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crlf.h"
#include "flaky.h"
#include "flow.h"
#include "flow_ways.h"
#include "telnet.h"

#define NOW 1000 /* ms; some time */
/* bytes that a tap of these tests can remember */
#define SEEN_MAX (1024 * 1024)

/* A tap that remembers. */
struct witness {
	struct tap tap; /* first: it is a tap */
	struct buffer seen;
	unsigned calls, empty, ends, frees;
	unsigned *order;  /* a counter that several share, or NULL */
	unsigned at;      /* what it was when this one saw something */
	bool before_time; /* it has not been told when that was */
};

static void
witness_see(
    struct tap *tap, const struct flow *f, const uint8_t *bytes, size_t n)
{
	struct witness *w = (struct witness *)tap;

	buffer_append(&w->seen, bytes, n);
	w->calls++;
	w->empty += n == 0;
	w->before_time |= f->first_ns == 0 || f->last_ns < f->first_ns;
	if (w->order != NULL)
		w->at = ++*w->order;
}

static void
witness_end(struct tap *tap, const struct flow *f)
{
	struct witness *w = (struct witness *)tap;

	w->ends++;
	w->before_time |= f->end_ns == 0;
}

static void
witness_free(struct tap *tap)
{
	((struct witness *)tap)->frees++;
}

static const struct tap_ops witness_ops = {
	.name = "witness",
	.see = witness_see,
	.end = witness_end,
	.free = witness_free,
};

static void
witness_init(struct witness *w, struct flow *f)
{
	*w = (struct witness){ .tap = { .ops = &witness_ops } };
	buffer_init(&w->seen, SEEN_MAX);
	taps_add(&f->taps, &w->tap);
}

/* It has seen exactly this. */
static void
check_seen(const struct witness *w, const void *want, size_t n)
{
	ck_assert_uint_eq(w->seen.len, n);
	if (n > 0)
		ck_assert_mem_eq(buffer_head(&w->seen), want, n);
	ck_assert(!w->before_time);
}

static void
witness_done(struct witness *w)
{
	ck_assert_uint_eq(w->frees, 1);
	buffer_free(&w->seen);
}

/* A flow between two channels that do as they are told. */
struct rig {
	struct flaky from, to;
	struct channel *src, *dst;
	struct flow f;
	struct witness w;
};

static void
rig_init(struct rig *r, bool outbound, const void *input, size_t n)
{
	flaky_init(&r->from, 1, 0);
	flaky_init(&r->to, 2, SEEN_MAX);
	r->from.input = input;
	r->from.input_len = n;
	r->src = flaky_channel(&r->from);
	r->dst = flaky_channel(&r->to);
	flow_init(&r->f, r->src, r->dst);
	r->f.outbound = outbound;
	witness_init(&r->w, &r->f);
}

static void
rig_free(struct rig *r)
{
	flow_free(&r->f);
	witness_done(&r->w);
	channel_close(r->src);
	channel_close(r->dst);
	flaky_free(&r->from);
	flaky_free(&r->to);
}

static void
run(struct rig *r)
{
	flow_start(&r->f);
	flow_settle_at(&r->f, NOW);
	ck_assert_int_eq(r->f.state, FLOW_DONE);
}

START_TEST(what_is_received_is_seen_as_it_came)
{
	static const char said[] = "a\377\373\001b"; /* IAC WILL ECHO */
	struct flow back;
	struct flaky peer;
	struct channel *ch;
	struct rig r;

	rig_init(&r, false, said, 5);
	flaky_init(&peer, 3, 0);
	ch = flaky_channel(&peer);
	flow_init(&back, ch, ch);
	r.f.filter = telnet_filter(&back);
	run(&r);
	check_seen(&r.w, said, 5);
	ck_assert_uint_eq(r.w.ends, 1);
	ck_assert_uint_eq(r.to.taken.len, 2);
	ck_assert_mem_eq(buffer_head(&r.to.taken), "ab", 2);
	flow_free(&back);
	channel_close(ch);
	flaky_free(&peer);
	rig_free(&r);
}
END_TEST

START_TEST(what_is_sent_is_seen_as_it_left)
{
	struct rig r;

	rig_init(&r, true, "one\ntwo\n", 8);
	r.f.filter = crlf_filter();
	run(&r);
	check_seen(&r.w, "one\r\ntwo\r\n", 10);
	ck_assert_uint_eq(r.w.ends, 1);
	rig_free(&r);
}
END_TEST

START_TEST(answers_of_our_own_are_seen_too)
{
	struct rig r;

	rig_init(&r, true, "abc", 3);
	r.f.answering = true;
	flow_start(&r.f);
	ck_assert(flow_answer(&r.f, "\377\376\001", 3)); /* IAC DONT ECHO */
	flow_settle_at(&r.f, NOW);
	check_seen(&r.w, "\377\376\001abc", 6);
	rig_free(&r);
}
END_TEST

START_TEST(what_is_sent_is_seen_once_it_has_been)
{
	struct rig r;

	rig_init(&r, true, "abcdef", 6);
	flow_start(&r.f);
	r.dst->wwait = POLLIN;
	flow_pump(&r.f, NOW);
	ck_assert_uint_gt(flow_held(&r.f), 0);
	ck_assert_uint_eq(r.w.calls, 0);
	r.dst->wwait = 0;
	flow_settle_at(&r.f, NOW);
	check_seen(&r.w, "abcdef", 6);
	rig_free(&r);
}
END_TEST

/* Of both kinds, in the worst of worlds. */
START_TEST(nothing_is_seen_twice_or_out_of_order)
{
	uint8_t *bytes = malloc(SEEN_MAX / 4);
	struct rng rng = rng_of(7);
	struct rig r;

	ck_assert_ptr_nonnull(bytes);
	rng_fill(&rng, bytes, SEEN_MAX / 4);
	for (uint64_t seed = 0; seed < 40; seed++) {
		rig_init(&r, seed % 2 == 0, bytes, SEEN_MAX / 4);
		r.from.rng = rng_of(seed * 2 + 1);
		r.to.rng = rng_of(seed * 2 + 2);
		r.from.waits = r.to.waits = 2;
		r.to.share = 1 + (size_t)rng_below(&rng, 20000);
		flow_start(&r.f);
		while (r.f.state != FLOW_DONE) {
			flow_settle_at(&r.f, NOW);
			r.src->rwait = r.dst->wwait = 0;
			ck_assert_uint_eq(r.w.seen.len,
			    r.f.outbound ? r.to.taken.len : r.from.given);
		}
		check_seen(&r.w, bytes, SEEN_MAX / 4);
		ck_assert_uint_eq(r.w.empty, 0);
		ck_assert_uint_eq(r.w.ends, 1);
		rig_free(&r);
	}
	free(bytes);
}
END_TEST

START_TEST(a_reset_is_no_end)
{
	struct rig r;

	rig_init(&r, false, "abc", 3);
	r.from.read_error = ECONNRESET;
	run(&r);
	check_seen(&r.w, "abc", 3);
	ck_assert_uint_eq(r.w.ends, 0);
	rig_free(&r);
}
END_TEST

START_TEST(what_was_not_taken_is_not_seen)
{
	struct rig r;

	rig_init(&r, true, "abcdef", 6);
	r.to.take_max = 2;
	r.to.write_error = EPIPE;
	run(&r);
	check_seen(&r.w, "ab", 2);
	ck_assert_uint_eq(r.w.ends, 0);
	rig_free(&r);
}
END_TEST

START_TEST(an_end_that_was_not_sent_is_not_told)
{
	struct rig r;

	rig_init(&r, true, "abc", 3);
	r.f.keep_open = true;
	run(&r);
	check_seen(&r.w, "abc", 3);
	ck_assert_uint_eq(r.w.ends, 0);
	rig_free(&r);
}
END_TEST

/* stdin has ended, or our own output was shut. */
START_TEST(the_end_of_our_side_is_none_of_the_network)
{
	struct rig r;

	rig_init(&r, false, "abc", 3);
	flow_start(&r.f);
	r.src->rwait = POLLIN;
	flow_end(&r.f, NOW);
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	ck_assert_uint_eq(r.to.shuts, 1);
	ck_assert_uint_eq(r.w.ends, 0);
	rig_free(&r);
}
END_TEST

START_TEST(many_look_in_their_order)
{
	struct witness second;
	unsigned order = 0;
	struct rig r;

	rig_init(&r, false, "abc", 3);
	witness_init(&second, &r.f);
	r.w.order = second.order = &order;
	r.from.share = 0;
	run(&r);
	check_seen(&second, "abc", 3);
	check_seen(&r.w, "abc", 3);
	ck_assert_uint_eq(second.at, r.w.at + 1);
	ck_assert_uint_eq(second.ends, 1);
	rig_free(&r);
	witness_done(&second);
}
END_TEST

START_TEST(who_has_no_use_for_something_is_not_asked)
{
	static const struct tap_ops ops = { .name = "blind",
		.free = witness_free };
	struct rig r;

	rig_init(&r, false, "abc", 3);
	r.w.tap.ops = &ops;
	run(&r);
	ck_assert_uint_eq(r.w.calls + r.w.ends, 0);
	rig_free(&r);
}
END_TEST

/* Sockets: what they do, a flaky channel does not. */
struct sockets {
	int in, out; /* the test's */
	struct channel *src, *dst;
	struct flow f;
	struct witness w;
};

static void
sockets_init(struct sockets *s, int type, bool outbound)
{
	int in[2], out[2];

	pair_of(type, in);
	pair_of(type, out);
	s->in = in[1];
	s->out = out[1];
	s->src = channel_socket(in[0]);
	s->dst = channel_socket(out[0]);
	flow_init(&s->f, s->src, s->dst);
	s->f.outbound = outbound;
	witness_init(&s->w, &s->f);
	flow_start(&s->f);
}

static void
sockets_free(struct sockets *s)
{
	flow_free(&s->f);
	witness_done(&s->w);
	channel_close(s->src);
	channel_close(s->dst);
	close(s->in);
	close(s->out);
}

START_TEST(datagrams_are_seen_one_by_one_and_empty_ones_too)
{
	char bytes[16];

	for (int outbound = 0; outbound < 2; outbound++) {
		struct sockets s;

		sockets_init(&s, SOCK_DGRAM, outbound);
		put(s.in, "one");
		ck_assert_int_eq(send(s.in, "", 0, 0), 0);
		put(s.in, "two");
		flow_settle_at(&s.f, NOW);
		check_seen(&s.w, "onetwo", 6);
		ck_assert_uint_eq(s.w.calls, 3);
		ck_assert_uint_eq(s.w.empty, 1);
		expect(s.out, "one");
		ck_assert_int_eq(take(s.out, bytes, sizeof(bytes)), 0);
		expect(s.out, "two");
		sockets_free(&s);
	}
}
END_TEST

START_TEST(a_flow_that_is_looked_at_stays_in_memory)
{
	char *bytes = calloc(1, FLOW_SMALL_MOVE);
	struct sockets s;
	char taken[4096];

	ck_assert_ptr_nonnull(bytes);
	sockets_init(&s, SOCK_STREAM, false);
	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(
		    send(s.in, bytes, FLOW_SMALL_MOVE, 0), FLOW_SMALL_MOVE);
		flow_settle_at(&s.f, NOW);
		while (take(s.out, taken, sizeof(taken)) > 0)
			s.dst->wwait = 0;
		flow_settle_at(&s.f, NOW);
		ck_assert_ptr_eq(s.f.way, &flow_memory);
	}
	ck_assert_uint_gt(s.w.seen.len, FLOW_SMALL_MOVE);
	sockets_free(&s);
	free(bytes);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_is_received_is_seen_as_it_came,
		what_is_sent_is_seen_as_it_left,
		answers_of_our_own_are_seen_too,
		what_is_sent_is_seen_once_it_has_been,
		nothing_is_seen_twice_or_out_of_order,
		a_reset_is_no_end,
		what_was_not_taken_is_not_seen,
		an_end_that_was_not_sent_is_not_told,
		the_end_of_our_side_is_none_of_the_network,
		many_look_in_their_order,
		who_has_no_use_for_something_is_not_asked,
		datagrams_are_seen_one_by_one_and_empty_ones_too,
		a_flow_that_is_looked_at_stays_in_memory,
	};
	int failed = run_tests("flow_taps", tests, COUNT(tests));

	return failed != 0;
}
