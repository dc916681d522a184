/* SPDX-License-Identifier: ISC */
/* test_flow_urgent.c - TCP's urgent data, at which splice(2) stops */
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "flow_ways.h"
#include "wire.h"

/* bytes; enough for a flow to take its source for a stream of many */
#define BULK 40000

/* Until so many bytes were read, or it is over. */
static void
settle_until(struct wire *w, uint64_t taken)
{
	int64_t until_ms = clock_ms() + PATIENCE_MS;

	for (int64_t now = 1; w->f.taken < taken && w->f.state != FLOW_DONE;
	     now += 100) {
		if (clock_ms() > until_ms)
			ck_abort_msg("%llu bytes, not %llu",
			    (unsigned long long)w->f.taken,
			    (unsigned long long)taken);
		flow_settle_at(&w->f, now);
	}
}

/* The urgent byte keeps its place, and what is around it arrives. */
static void
check_stream(struct wire *w, size_t before)
{
	static char bytes[BULK], got[BULK + 16];
	const char *tail = got + before;
	size_t n = 0;
	ssize_t part;

	memset(bytes, '-', sizeof(bytes));
	ck_assert_int_eq(write(w->in, bytes, before), (ssize_t)before);
	put(w->in, "abc");
	ck_assert_int_eq(send(w->in, "!", 1, MSG_OOB), 1);
	put(w->in, "def");
	settle_until(w, before + 7);
	wire_close(&w->in);
	settle_until(w, UINT64_MAX);
	while ((part = read(w->out, got + n, sizeof(got) - n)) > 0)
		n += (size_t)part;
	ck_assert_msg(n == before + 7 && memcmp(tail, "abc!def", 7) == 0,
	    "%s: %zu bytes, %.7s", w->f.way->name, n - before, tail);
	ck_assert_int_eq(w->f.fault, FLOW_FINE);
	wire_free(w);
}

START_TEST(a_quiet_stream_goes_on_after_urgent_data)
{
	struct wire w;

	wire_to_pipe(&w, true, &flow_memory);
	check_stream(&w, 0);
	wire_to_pipe(&w, true, &flow_direct);
	check_stream(&w, 0);
	wire_to_pipe(&w, true, &flow_pipe);
	check_stream(&w, 0);
}
END_TEST

START_TEST(a_fast_stream_goes_on_after_urgent_data)
{
	struct wire w;

	wire_to_pipe(&w, true, &flow_memory);
	check_stream(&w, BULK);
	wire_to_pipe(&w, true, &flow_direct);
	check_stream(&w, BULK);
	wire_to_pipe(&w, true, &flow_pipe);
	check_stream(&w, BULK);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_quiet_stream_goes_on_after_urgent_data,
		a_fast_stream_goes_on_after_urgent_data,
	};
	int failed = run_tests("flow_urgent", tests, COUNT(tests));

	return failed != 0;
}
