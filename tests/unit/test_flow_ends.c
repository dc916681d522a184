/* SPDX-License-Identifier: ISC */
/* test_flow_ends.c - waits, last calls and ends, each way */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "flow_ways.h"
#include "wire.h"

#define NOW 1000 /* ms; some time */

static void
settle_until_done(struct flow *f)
{
	int64_t until_ms = clock_ms() + PATIENCE_MS;

	for (int64_t now = NOW; f->state != FLOW_DONE; now += 100) {
		if (clock_ms() > until_ms)
			ck_abort_msg("the flow does not end");
		flow_settle_at(f, now);
	}
}

START_TEST(an_empty_source_makes_it_wait_for_input)
{
	static const struct flow_way *const ways[] = { &flow_memory,
		&flow_direct };
	struct wire r;

	for (size_t i = 0; i < COUNT(ways); i++) {
		wire_to_pipe(&r, false, ways[i]);
		flow_settle_at(&r.f, NOW);
		ck_assert_int_eq(r.src->rwait, POLLIN);
		ck_assert_int_eq(r.dst->wwait, 0);
		ck_assert(flow_wants_read(&r.f, 0));
		ck_assert(!flow_wants_write(&r.f, NOW));
		ck_assert(!flow_runnable(&r.f, NOW));
		wire_free(&r);
	}
}
END_TEST

/* Nothing more is read then, and nothing spins. */
START_TEST(a_full_destination_makes_it_wait_for_room)
{
	static char block[4 << 20];
	static const struct flow_way *const ways[] = { &flow_memory,
		&flow_direct, &flow_pipe };
	struct wire r;

	for (size_t i = 0; i < COUNT(ways); i++) {
		wire_to_pipe(&r, true, ways[i]);
		set_nonblocking(r.in);
		while (r.dst->wwait == 0) {
			if (write(r.in, block, sizeof(block)) <= 0)
				channel_await(r.src, CH_READ);
			flow_settle_at(&r.f, NOW);
		}
		ck_assert_int_eq(r.dst->wwait, POLLOUT);
		ck_assert(!flow_wants_read(&r.f, 0));
		ck_assert(flow_wants_write(&r.f, NOW));
		ck_assert(!flow_runnable(&r.f, NOW));
		wire_free(&r);
	}
}
END_TEST

START_TEST(a_file_waits_for_room_in_the_socket)
{
	static char block[1 << 20];
	struct wire r;
	size_t got = 0;
	ssize_t n;

	wire_from_file(&r, sizeof(block), &flow_pipe);
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.dst->wwait, POLLOUT);
	ck_assert_int_eq(r.f.state, FLOW_OPEN);
	while ((n = take(r.out, block, sizeof(block))) > 0) {
		got += (size_t)n;
		flow_settle_at(&r.f, NOW);
	}
	ck_assert_int_eq(n, 0);
	ck_assert_uint_eq(got, sizeof(block));
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	wire_free(&r);
}
END_TEST

/* In small pieces, which fill a pipe long before their bytes do. */
START_TEST(the_last_call_takes_all_that_is_there)
{
	static const struct flow_way *const ways[] = { &flow_memory,
		&flow_pipe };
	struct wire r;

	for (size_t i = 0; i < COUNT(ways); i++) {
		char got[4096];
		size_t n;

		wire_to_file(&r, false, ways[i]);
		setsockopt(r.in, SOL_SOCKET, SO_SNDBUF, &(int){ 1 << 20 },
		    sizeof(int));
		flow_settle_at(&r.f, NOW);
		for (int piece = 0; piece < 270; piece++)
			put(r.in, "0123456789");
		flow_last_call(&r.f);
		flow_settle_at(&r.f, NOW);
		ck_assert_int_eq(r.f.state, FLOW_DONE);
		ck_assert_int_eq(r.f.fault, FLOW_FINE);
		n = file_bytes(r.out, got, sizeof(got));
		ck_assert_msg(n == 2700, "%s: %zu bytes", ways[i]->name, n);
		wire_free(&r);
	}
}
END_TEST

/* The reader is slow, and gets it all the same. */
START_TEST(the_last_call_waits_for_a_slow_reader)
{
	static const struct flow_way *const ways[] = { &flow_memory,
		&flow_direct, &flow_pipe };
	static char block[100000];
	struct wire r;

	for (size_t i = 0; i < COUNT(ways); i++) {
		size_t got = 0;
		ssize_t n;

		wire_to_pipe(&r, false, ways[i]);
		fcntl(r.stdio, F_SETPIPE_SZ, 4096);
		ck_assert_int_eq(
		    write(r.in, block, sizeof(block)), sizeof(block));
		flow_last_call(&r.f);
		flow_settle_at(&r.f, NOW);
		while ((n = take(r.out, block, sizeof(block))) > 0) {
			got += (size_t)n;
			flow_settle_at(&r.f, NOW);
		}
		ck_assert_int_eq(n, 0);
		ck_assert_msg(
		    got == sizeof(block), "%s: %zu bytes", ways[i]->name, got);
		ck_assert_int_eq(r.f.state, FLOW_DONE);
		wire_free(&r);
	}
}
END_TEST

START_TEST(a_last_call_without_an_answer_is_the_end)
{
	struct wire r;

	wire_to_pipe(&r, false, &flow_direct);
	flow_settle_at(&r.f, NOW);
	flow_last_call(&r.f);
	ck_assert(flow_runnable(&r.f, NOW));
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.state, FLOW_DONE);
	ck_assert(!r.f.src_eof);
	expect_end(r.out);
	wire_free(&r);
}
END_TEST

START_TEST(a_source_that_is_missing_is_never_read)
{
	struct channel *src = channel_stdio(-1, -1), *dst;
	struct flow f;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	dst = channel_socket(fds[0]);
	flow_init(&f, src, dst);
	flow_start(&f);
	ck_assert(flow_src_spoke(&f));
	flow_settle_at(&f, NOW);
	ck_assert_int_eq(f.state, FLOW_OPEN);
	ck_assert(!flow_wants_read(&f, 0));
	flow_end(&f, NOW);
	flow_settle_at(&f, NOW);
	ck_assert_int_eq(f.state, FLOW_DONE);
	expect_end(fds[1]);
	flow_free(&f);
	channel_close(src);
	channel_close(dst);
	close(fds[1]);
}
END_TEST

/* Delivered is what the peer's system has acknowledged. */
START_TEST(it_is_done_when_all_is_acknowledged)
{
	static char block[300000];
	struct wire r = { .in = -1, .stdio = file_of(block, sizeof(block)) };
	int to[2];

	tcp_pair(to);
	setsockopt(to[1], SOL_SOCKET, SO_RCVBUF, &(int){ 65536 }, sizeof(int));
	setsockopt(
	    to[0], SOL_SOCKET, SO_SNDBUF, &(int){ 1 << 20 }, sizeof(int));
	r.out = to[1];
	r.src = channel_stdio(r.stdio, -1);
	r.dst = channel_socket(to[0]);
	wire_start(&r, &flow_memory);
	for (int turn = 0; r.f.state != FLOW_ACKING && turn < 1000; turn++)
		flow_settle_at(&r.f, NOW);
	flow_settle_at(&r.f, NOW + 1000);
	ck_assert_int_eq(r.f.state, FLOW_ACKING);
	ck_assert_uint_eq(flow_held(&r.f), 0);
	ck_assert_uint_gt(flow_undelivered(&r.f), 0);
	ck_assert_int_gt(flow_deadline(&r.f, NOW), NOW + 1000);
	ck_assert_int_lt(flow_deadline(&r.f, NOW), NOW + 2000);
	while (read(r.out, block, sizeof(block)) > 0)
		continue;
	settle_until_done(&r.f);
	ck_assert_int_eq(r.f.fault, FLOW_FINE);
	ck_assert_uint_eq(flow_undelivered(&r.f), 0);
	wire_free(&r);
}
END_TEST

/* It keeps the last byte until it knows what comes after. */
struct keeper {
	struct filter filter; /* first: it is a filter */
	uint8_t kept;
	unsigned ends; /* calls */
};

static void
keeper_run(
    struct filter *filter, const uint8_t *bytes, size_t n, struct buffer *out)
{
	struct keeper *k = (struct keeper *)filter;

	for (size_t i = 0; i < n; i++) {
		if (k->kept != 0)
			buffer_append(out, &k->kept, 1);
		k->kept = bytes[i];
	}
}

static void
keeper_end(struct filter *filter, struct buffer *out)
{
	struct keeper *k = (struct keeper *)filter;

	k->ends++;
	buffer_append(out, &k->kept, 1);
	buffer_append(out, ".", 1);
}

static void
keeper_free(struct filter *filter)
{
	(void)filter;
}

static const struct filter_ops keeper_ops = {
	.name = "keeper",
	.grow = 2,
	.run = keeper_run,
	.end = keeper_end,
	.free = keeper_free,
};

/* A flow to a pipe with that filter, which has been given "last". */
static void
keep_last(struct wire *r, struct keeper *k)
{
	*k = (struct keeper){ .filter.ops = &keeper_ops };
	wire_to_pipe(r, true, &flow_memory);
	flow_free(&r->f);
	flow_init(&r->f, r->src, r->dst);
	r->f.filter = &k->filter;
	flow_start(&r->f);
	put(r->in, "last");
	channel_await(r->src, CH_READ);
	flow_settle_at(&r->f, NOW);
	expect(r->out, "las");
	ck_assert_uint_eq(k->ends, 0);
}

START_TEST(a_filter_has_the_last_word)
{
	struct keeper k;
	struct wire r;

	keep_last(&r, &k);
	wire_close(&r.in);
	settle_until_done(&r.f);
	expect(r.out, "t.");
	ck_assert_uint_eq(k.ends, 1);
	ck_assert_uint_eq(r.f.taken, 4);
	ck_assert_uint_eq(r.f.bytes, 5);
	wire_free(&r);
}
END_TEST

START_TEST(also_where_the_source_is_ended)
{
	struct keeper k;
	struct wire r;

	keep_last(&r, &k);
	flow_end(&r.f, NOW);
	flow_end(&r.f, NOW);
	settle_until_done(&r.f);
	expect(r.out, "t.");
	ck_assert_uint_eq(k.ends, 1);
	wire_free(&r);
}
END_TEST

START_TEST(also_where_the_source_fails)
{
	const struct linger none = { .l_onoff = 1, .l_linger = 0 };
	struct keeper k;
	struct wire r;

	keep_last(&r, &k);
	setsockopt(r.in, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	wire_close(&r.in);
	channel_await(r.src, CH_READ);
	settle_until_done(&r.f);
	ck_assert_int_eq(r.f.fault, FLOW_SRC);
	expect(r.out, "t.");
	ck_assert_uint_eq(k.ends, 1);
	wire_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_empty_source_makes_it_wait_for_input,
		a_full_destination_makes_it_wait_for_room,
		a_file_waits_for_room_in_the_socket,
		the_last_call_takes_all_that_is_there,
		the_last_call_waits_for_a_slow_reader,
		a_last_call_without_an_answer_is_the_end,
		a_source_that_is_missing_is_never_read,
		it_is_done_when_all_is_acknowledged,
		a_filter_has_the_last_word,
		also_where_the_source_is_ended,
		also_where_the_source_fails,
	};
	int failed = run_tests("flow_ends", tests, COUNT(tests));

	return failed != 0;
}
