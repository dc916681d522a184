/* SPDX-License-Identifier: ISC */
/* test_flow_ways.c - memory, kernel pipe, splice, and back to memory */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flow.h"
#include "flow_ways.h"
#include "support.h"

#define NOW   1000 /* ms; some time */
#define BYTES (3 * 1000 * 1000)

/* What is at an end of the flow. */
enum what { FILE_END, PIPE_END, UNIX_END, TCP_END, NULL_END, APPEND_END };

/* A flow between such ends; in and out are the test's ends of them. */
struct rig {
	int in, out;  /* -1: none */
	int from, to; /* borrowed by src and dst, -1: owned */
	uint8_t *sent, *got;
	struct channel *src, *dst;
	struct flow f;
};

static void
open_src(struct rig *r, enum what what)
{
	int fds[2] = { -1, -1 };

	switch (what) {
	case PIPE_END:
		pipe_pair(fds);
		break;
	case UNIX_END:
		pair_of(SOCK_STREAM, fds);
		break;
	case TCP_END:
		tcp_pair(fds);
		break;
	default:
		fds[0] = file_of(r->sent, BYTES);
	}
	r->in = fds[1];
	r->from = what == UNIX_END || what == TCP_END ? -1 : fds[0];
	r->src =
	    r->from == -1 ? channel_socket(fds[0]) : channel_stdio(fds[0], -1);
	if (r->in != -1)
		set_nonblocking(r->in);
}

static void
open_dst(struct rig *r, enum what what)
{
	int fds[2] = { -1, -1 };

	switch (what) {
	case PIPE_END:
		pipe_pair(fds);
		break;
	case UNIX_END:
		pair_of(SOCK_STREAM, fds);
		break;
	case TCP_END:
		tcp_pair(fds);
		break;
	case NULL_END:
		fds[1] = open("/dev/null", O_WRONLY | O_CLOEXEC);
		break;
	default:
		fds[1] = file_of("", 0);
	}
	if (what == APPEND_END)
		fcntl(fds[1], F_SETFL, O_APPEND);
	r->out = fds[0];
	r->to = what == UNIX_END || what == TCP_END ? -1 : fds[1];
	r->dst =
	    r->to == -1 ? channel_socket(fds[1]) : channel_stdio(-1, fds[1]);
	if (r->out != -1)
		set_nonblocking(r->out);
}

static void
rig_init(struct rig *r, enum what from, enum what to)
{
	struct rng rng = rng_of(from * 10 + to);

	r->sent = malloc(BYTES);
	r->got = malloc(BYTES);
	rng_fill(&rng, r->sent, BYTES);
	open_src(r, from);
	open_dst(r, to);
	flow_init(&r->f, r->src, r->dst);
	r->f.keep_open = to == FILE_END || to == APPEND_END;
}

static void
rig_free(struct rig *r)
{
	const int fds[] = { r->in, r->out, r->from, r->to };

	flow_free(&r->f);
	channel_close(r->src);
	channel_close(r->dst);
	for (size_t i = 0; i < COUNT(fds); i++) {
		if (fds[i] != -1)
			close(fds[i]);
	}
	free(r->sent);
	free(r->got);
}

/* Feeds and drains until the flow is done; the bytes at the other side. */
static size_t
rig_move(struct rig *r)
{
	size_t fed = 0, got = 0;
	ssize_t n;

	for (int turn = 0; r->f.state != FLOW_DONE; turn++) {
		if (turn == 1000000)
			ck_abort_msg("stuck");
		n = r->in == -1 ? 0 : write(r->in, r->sent + fed, BYTES - fed);
		fed += n > 0 ? (size_t)n : 0;
		if (r->in != -1 && fed == BYTES) {
			close(r->in);
			r->in = -1;
		}
		flow_settle_at(&r->f, NOW + turn * 100);
		n = r->out == -1 ? 0 : read(r->out, r->got + got, BYTES - got);
		got += n > 0 ? (size_t)n : 0;
	}
	while (r->out != -1 && got < BYTES &&
	    (n = read(r->out, r->got + got, BYTES - got)) > 0)
		got += (size_t)n;
	return got;
}

static void
check_way(enum what from, enum what to, const struct flow_way *way)
{
	struct rig r;
	size_t got;

	rig_init(&r, from, to);
	flow_start(&r.f);
	got = rig_move(&r);
	if (way != NULL)
		ck_assert_str_eq(r.f.way->name, way->name);
	ck_assert_int_eq(r.f.fault, FLOW_FINE);
	ck_assert(r.f.src_eof);
	ck_assert_uint_eq(r.f.bytes, BYTES);
	ck_assert_uint_eq(r.f.taken, BYTES);
	ck_assert_uint_eq(flow_held(&r.f), 0);
	if (r.from == -1)
		ck_assert(fcntl(r.src->rfd, F_GETFL) & O_NONBLOCK);
	if (to == FILE_END || to == APPEND_END)
		got = file_bytes(r.to, r.got, BYTES);
	if (to != NULL_END) {
		ck_assert_uint_eq(got, BYTES);
		ck_assert(memcmp(r.got, r.sent, BYTES) == 0);
	}
	if (r.out != -1)
		expect_end(r.out);
	rig_free(&r);
}

START_TEST(memory_takes_anything)
{
	check_way(FILE_END, FILE_END, &flow_memory);
	check_way(FILE_END, PIPE_END, &flow_memory);
	check_way(PIPE_END, FILE_END, &flow_memory);
	check_way(PIPE_END, PIPE_END, &flow_memory);
	check_way(UNIX_END, APPEND_END, &flow_memory);
}
END_TEST

START_TEST(a_socket_is_spliced_to_a_file_or_a_socket)
{
	check_way(UNIX_END, FILE_END, &flow_pipe);
	check_way(UNIX_END, UNIX_END, &flow_pipe);
	check_way(UNIX_END, NULL_END, &flow_pipe);
	check_way(TCP_END, FILE_END, &flow_pipe);
	check_way(TCP_END, TCP_END, &flow_pipe);
}
END_TEST

/* A thousand idle clients must not cost two thousand descriptors. */
START_TEST(a_socket_that_says_little_takes_no_pipe)
{
	struct rig r;

	rig_init(&r, UNIX_END, FILE_END);
	flow_start(&r.f);
	ck_assert_int_eq(write(r.in, r.sent, 1000), 1000);
	flow_settle_at(&r.f, NOW);
	ck_assert_ptr_eq(r.f.way, &flow_memory);
	ck_assert_int_eq(r.f.pipe[0], -1);
	ck_assert_uint_eq(file_bytes(r.to, r.got, BYTES), 1000);
	rig_free(&r);
}
END_TEST

START_TEST(a_pipe_and_a_socket_are_spliced_directly)
{
	check_way(PIPE_END, UNIX_END, &flow_direct);
	check_way(UNIX_END, PIPE_END, &flow_direct);
	check_way(PIPE_END, TCP_END, &flow_direct);
	check_way(TCP_END, PIPE_END, &flow_direct);
}
END_TEST

/* Which way wins is measured; what comes out is the same. */
START_TEST(a_file_is_sent_to_a_socket)
{
	check_way(FILE_END, UNIX_END, NULL);
	check_way(FILE_END, TCP_END, NULL);
}
END_TEST

START_TEST(who_looks_at_the_bytes_has_them_in_memory)
{
	struct rig r;

	rig_init(&r, UNIX_END, PIPE_END);
	r.f.lines = true;
	flow_start(&r.f);
	ck_assert_ptr_eq(r.f.way, &flow_memory);
	rig_free(&r);
	rig_init(&r, UNIX_END, UNIX_END);
	r.f.answering = true;
	flow_start(&r.f);
	ck_assert_ptr_eq(r.f.way, &flow_memory);
	rig_free(&r);
}
END_TEST

START_TEST(a_small_pipe_is_no_obstacle)
{
	struct rig r;

	rig_init(&r, UNIX_END, PIPE_END);
	flow_start(&r.f);
	fcntl(r.to, F_SETPIPE_SZ, 4096);
	ck_assert_uint_eq(rig_move(&r), BYTES);
	ck_assert(memcmp(r.got, r.sent, BYTES) == 0);
	rig_free(&r);
}
END_TEST

/* The file becomes one that refuses splice(2) while bytes are in the pipe. */
START_TEST(a_refusal_in_the_midst_loses_nothing)
{
	struct rig r;

	rig_init(&r, UNIX_END, FILE_END);
	flow_start(&r.f);
	ck_assert(flow_promote(&r.f));
	ck_assert_int_gt(write(r.in, r.sent, 1000), 0);
	r.dst->wwait = POLLHUP; /* which does not come */
	flow_pump(&r.f, NOW);
	ck_assert_uint_eq(flow_held(&r.f), 1000);
	fcntl(r.to, F_SETFL, O_APPEND);
	r.dst->wwait = 0;
	flow_settle_at(&r.f, NOW);
	ck_assert_ptr_eq(r.f.way, &flow_memory);
	ck_assert_uint_eq(file_bytes(r.to, r.got, BYTES), 1000);
	ck_assert_int_gt(write(r.in, r.sent + 1000, 500), 0);
	flow_settle_at(&r.f, NOW);
	ck_assert_uint_eq(file_bytes(r.to, r.got, BYTES), 1500);
	ck_assert_mem_eq(r.got, r.sent, 1500);
	ck_assert_uint_eq(r.f.bytes, 1500);
	ck_assert_int_eq(r.f.pipe[0], -1);
	rig_free(&r);
}
END_TEST

/* The pipe holds more than the buffer would. */
START_TEST(a_refusal_of_many_bytes_loses_nothing)
{
	struct rig r;
	size_t fed = 0;
	ssize_t n;

	rig_init(&r, UNIX_END, FILE_END);
	setsockopt(r.in, SOL_SOCKET, SO_SNDBUF, &(int){ 2 << 20 }, sizeof(int));
	flow_start(&r.f);
	ck_assert(flow_promote(&r.f));
	while (fed < 1 << 20 && (n = write(r.in, r.sent + fed, 32768)) > 0)
		fed += (size_t)n;
	fcntl(r.to, F_SETFL, O_APPEND);
	flow_settle_at(&r.f, NOW);
	ck_assert_ptr_eq(r.f.way, &flow_memory);
	ck_assert_uint_eq(file_bytes(r.to, r.got, BYTES), fed);
	ck_assert(memcmp(r.got, r.sent, fed) == 0);
	rig_free(&r);
}
END_TEST

START_TEST(a_file_that_cannot_be_spliced_to_is_written)
{
	int fd = open("/proc/self/comm", O_RDWR | O_CLOEXEC), fds[2];
	char name[32] = "", was[32] = "";
	struct channel *src, *dst;
	struct flow f;

	file_bytes(fd, was, sizeof(was));
	pair_of(SOCK_STREAM, fds);
	src = channel_socket(fds[0]);
	dst = channel_stdio(-1, fd);
	flow_init(&f, src, dst);
	f.keep_open = true;
	flow_start(&f);
	ck_assert(flow_promote(&f));
	put(fds[1], "ncx-renamed");
	close(fds[1]);
	flow_settle_at(&f, NOW);
	ck_assert_int_eq(f.state, FLOW_DONE);
	ck_assert_int_eq(f.fault, FLOW_FINE);
	file_bytes(fd, name, sizeof(name));
	ck_assert_str_eq(name, "ncx-renamed\n");
	put(fd, was);
	flow_free(&f);
	channel_close(src);
	channel_close(dst);
	close(fd);
}
END_TEST

START_TEST(a_file_that_cannot_be_spliced_from_is_read)
{
	static char want[1 << 16], got[1 << 16];
	int fd = open("/proc/self/limits", O_RDONLY | O_CLOEXEC), fds[2];
	struct channel *src = channel_stdio(fd, -1), *dst;
	size_t len = file_bytes(fd, want, sizeof(want));
	struct flow f;

	pair_of(SOCK_STREAM, fds);
	dst = channel_socket(fds[0]);
	flow_init(&f, src, dst);
	flow_start(&f);
	ck_assert_ptr_eq(f.way, &flow_pipe);
	flow_settle_at(&f, NOW);
	ck_assert_ptr_eq(f.way, &flow_memory);
	ck_assert_int_eq(f.state, FLOW_DONE);
	ck_assert_int_eq(f.fault, FLOW_FINE);
	ck_assert_uint_gt(len, 0);
	ck_assert_int_eq(take(fds[1], got, sizeof(got)), (ssize_t)len);
	ck_assert_mem_eq(got, want, len);
	flow_free(&f);
	channel_close(src);
	channel_close(dst);
	close(fds[1]);
	close(fd);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		memory_takes_anything,
		a_socket_is_spliced_to_a_file_or_a_socket,
		a_socket_that_says_little_takes_no_pipe,
		a_pipe_and_a_socket_are_spliced_directly,
		a_file_is_sent_to_a_socket,
		who_looks_at_the_bytes_has_them_in_memory,
		a_small_pipe_is_no_obstacle,
		a_refusal_in_the_midst_loses_nothing,
		a_refusal_of_many_bytes_loses_nothing,
		a_file_that_cannot_be_spliced_to_is_written,
		a_file_that_cannot_be_spliced_from_is_read,
	};
	int failed = run_tests("flow_ways", tests, COUNT(tests));

	return failed != 0;
}
