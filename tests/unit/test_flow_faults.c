/* SPDX-License-Identifier: ISC */
/* test_flow_faults.c - whose fault it was, each way */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "flow_ways.h"
#include "wire.h"

#define NOW 1000 /* ms; some time */

static void
reset(int *fd)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(*fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	wire_close(fd);
}

/* The reset may be on its way for a moment. */
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

START_TEST(a_lost_reader_is_a_fault_of_the_destination)
{
	static const struct flow_way *const ways[] = { &flow_memory,
		&flow_direct, &flow_pipe };
	struct wire r;

	for (size_t i = 0; i < COUNT(ways); i++) {
		wire_to_pipe(&r, false, ways[i]);
		wire_close(&r.out);
		put(r.in, "abc");
		flow_settle_at(&r.f, NOW);
		ck_assert_int_eq(r.f.state, FLOW_DONE);
		ck_assert_int_eq(r.f.fault, FLOW_DST);
		ck_assert_int_eq(r.dst->error_code, EPIPE);
		wire_free(&r);
	}
}
END_TEST

/* ... but not where nobody minds: what comes is taken, up to the end. */
START_TEST(a_lost_reader_that_is_in_its_right_is_no_fault)
{
	static const struct flow_way *const ways[] = { &flow_memory,
		&flow_direct, &flow_pipe };
	struct wire r;

	for (size_t i = 0; i < COUNT(ways); i++) {
		wire_to_pipe(&r, false, ways[i]);
		r.dst->flags |= CH_INDIFFERENT;
		wire_close(&r.out);
		flow_settle_at(&r.f, NOW);
		ck_assert_int_eq(r.f.state, FLOW_OPEN);
		put(r.in, "abc");
		flow_settle_at(&r.f, NOW);
		put(r.in, "def");
		flow_settle_at(&r.f, NOW);
		ck_assert_int_eq(r.f.state, FLOW_OPEN);
		ck_assert_uint_eq(r.f.taken, 6);
		ck_assert_uint_eq(flow_held(&r.f), 0);
		wire_close(&r.in);
		flow_settle_at(&r.f, NOW);
		ck_assert_int_eq(r.f.state, FLOW_DONE);
		ck_assert(r.f.src_eof);
		ck_assert_int_eq(r.f.fault, FLOW_FINE);
		wire_free(&r);
	}
}
END_TEST

/* It leaves while the pipe to it is full. */
START_TEST(a_reader_in_its_right_may_leave_when_it_is_late)
{
	static const struct flow_way *const ways[] = { &flow_memory,
		&flow_direct, &flow_pipe };
	static char bytes[100000];
	struct wire r;

	for (size_t i = 0; i < COUNT(ways); i++) {
		wire_to_pipe(&r, false, ways[i]);
		r.dst->flags |= CH_INDIFFERENT;
		fcntl(r.stdio, F_SETPIPE_SZ, 4096);
		set_nonblocking(r.in);
		ck_assert_int_gt(write(r.in, bytes, sizeof(bytes)), 4096);
		flow_settle_at(&r.f, NOW);
		ck_assert_int_eq(r.dst->wwait, POLLOUT);
		wire_close(&r.out);
		wire_close(&r.in);
		ck_assert(channel_ready(r.dst, CH_WRITE));
		ck_assert(!r.dst->lost);
		flow_settle_at(&r.f, NOW);
		ck_assert_int_eq(r.f.state, FLOW_DONE);
		ck_assert(r.f.src_eof);
		ck_assert_int_eq(r.f.fault, FLOW_FINE);
		wire_free(&r);
	}
}
END_TEST

START_TEST(a_closed_peer_is_a_fault_of_the_destination)
{
	static const struct flow_way *const ways[] = { &flow_memory,
		&flow_direct };
	struct wire r;

	for (size_t i = 0; i < COUNT(ways); i++) {
		wire_from_pipe(&r, ways[i]);
		wire_close(&r.out);
		put(r.in, "abc");
		flow_settle_at(&r.f, NOW);
		ck_assert_int_eq(r.f.state, FLOW_DONE);
		ck_assert_int_eq(r.f.fault, FLOW_DST);
		ck_assert_int_eq(r.dst->error_code, EPIPE);
		wire_free(&r);
	}
	wire_from_file(&r, 100, &flow_pipe);
	wire_close(&r.out);
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.fault, FLOW_DST);
	ck_assert_int_eq(r.dst->error_code, EPIPE);
	wire_free(&r);
}
END_TEST

START_TEST(a_reset_is_a_fault_of_the_source)
{
	static const struct flow_way *const ways[] = { &flow_memory,
		&flow_direct, &flow_pipe };
	struct wire r;

	for (size_t i = 0; i < COUNT(ways); i++) {
		wire_to_pipe(&r, true, ways[i]);
		put(r.in, "abc");
		reset(&r.in);
		settle_until_done(&r.f);
		ck_assert_int_eq(r.f.fault, FLOW_SRC);
		ck_assert_int_eq(r.src->error_code, ECONNRESET);
		ck_assert(!r.f.src_eof);
		expect(r.out, "abc");
		expect_end(r.out);
		wire_free(&r);
	}
}
END_TEST

START_TEST(a_file_that_takes_no_more_is_a_fault_of_the_destination)
{
	static const struct flow_way *const ways[] = { &flow_memory,
		&flow_pipe };
	struct wire r;

	for (size_t i = 0; i < COUNT(ways); i++) {
		wire_to_file(&r, false, ways[i]);
		fcntl(r.stdio, F_ADD_SEALS, F_SEAL_GROW);
		put(r.in, "abc");
		flow_settle_at(&r.f, NOW);
		ck_assert_int_eq(r.f.state, FLOW_DONE);
		ck_assert_int_eq(r.f.fault, FLOW_DST);
		ck_assert_int_eq(r.dst->error_code, EPERM);
		wire_free(&r);
	}
}
END_TEST

/* A full device is none that could be spliced to. */
START_TEST(a_full_device_is_a_fault_of_the_destination)
{
	struct wire r;

	wire_to_file(&r, false, &flow_memory);
	close(r.stdio);
	r.stdio = open("/dev/full", O_WRONLY | O_CLOEXEC);
	channel_close(r.dst);
	r.dst = channel_stdio(-1, r.stdio);
	flow_free(&r.f);
	flow_init(&r.f, r.src, r.dst);
	flow_start(&r.f);
	put(r.in, "abc");
	flow_settle_at(&r.f, NOW);
	ck_assert_int_eq(r.f.fault, FLOW_DST);
	ck_assert_int_eq(r.dst->error_code, ENOSPC);
	wire_free(&r);
}
END_TEST

/* An end that is not the source's own must not look like one. */
START_TEST(after_a_fault_of_the_source_the_connection_is_reset)
{
	int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), to[2];
	struct wire w = { .in = -1, .stdio = folder };
	char byte;

	tcp_pair(to);
	w.out = to[1];
	w.src = channel_stdio(folder, -1);
	w.dst = channel_socket(to[0]);
	wire_start(&w, &flow_memory);
	settle_until_done(&w.f);
	ck_assert_int_eq(w.f.fault, FLOW_SRC);
	ck_assert_int_eq(w.src->error_code, EISDIR);
	channel_close(w.dst);
	ck_assert_int_eq(read(w.out, &byte, 1), -1);
	ck_assert_int_eq(errno, ECONNRESET);
	w.dst = NULL;
	wire_free(&w);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_lost_reader_is_a_fault_of_the_destination,
		a_lost_reader_that_is_in_its_right_is_no_fault,
		a_reader_in_its_right_may_leave_when_it_is_late,
		a_closed_peer_is_a_fault_of_the_destination,
		a_reset_is_a_fault_of_the_source,
		a_file_that_takes_no_more_is_a_fault_of_the_destination,
		a_full_device_is_a_fault_of_the_destination,
		after_a_fault_of_the_source_the_connection_is_reset,
	};
	int failed = run_tests("flow_faults", tests, COUNT(tests));

	return failed != 0;
}
