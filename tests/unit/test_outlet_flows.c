/* SPDX-License-Identifier: ISC */
/* test_outlet_flows.c - flows from many clients into one output */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flow_ways.h"
#include "outlet.h"
#include "support.h"
#include "xalloc.h"

#define CLIENTS 4
/* bytes of a piece, at most: more than the pipe has room for */
#define PIECE_MAX 10000
#define PIECES    200
#define SEEDS     30

static const struct hub_member stream = { 0 };

/* One client of an outlet. */
struct client {
	int peer; /* what it says goes in here */
	struct channel *network, *ours;
	struct flow f;
};

static void
client_init(struct client *c, struct outlet *outlet)
{
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	c->peer = fds[0];
	c->network = channel_socket(fds[1]);
	c->ours = outlet_channel(outlet, NULL, stream);
	flow_init(&c->f, c->network, c->ours);
	flow_start(&c->f);
}

static void
client_free(struct client *c)
{
	flow_free(&c->f);
	channel_close(c->network);
	channel_close(c->ours);
	close(c->peer);
}

static void
client_pump(struct client *c)
{
	flow_settle_at(&c->f, 1);
	ck_assert_int_eq(c->f.fault, FLOW_FINE);
}

/* A piece is its length in two bytes, and then one letter all the time. */
static void
say_piece(struct client *c, struct rng *rng, char letter)
{
	size_t n = 1 + rng_below(rng, PIECE_MAX);
	uint8_t bytes[PIECE_MAX + 2];

	bytes[0] = (uint8_t)(n >> 8);
	bytes[1] = (uint8_t)n;
	memset(bytes + 2, letter, n);
	ck_assert_int_eq(write(c->peer, bytes, n + 2), (ssize_t)n + 2);
}

/* How many pieces there are, and that each is whole. */
static unsigned
count_pieces(const uint8_t *bytes, size_t n)
{
	unsigned pieces = 0;
	size_t at = 0, len;

	for (; at < n; at += len + 2) {
		ck_assert_uint_le(at + 2, n);
		len = (size_t)bytes[at] << 8 | bytes[at + 1];
		ck_assert_uint_le(at + 2 + len, n);
		for (size_t i = 1; i < len; i++) {
			if (bytes[at + 2 + i] != bytes[at + 2])
				ck_abort_msg("piece %u is mixed", pieces);
		}
		pieces++;
	}
	return pieces;
}

struct party {
	struct rng rng;
	int fds[2]; /* the pipe that is the output */
	struct outlet *outlet;
	struct client clients[CLIENTS];
	uint8_t *said;
	size_t len;
};

static void
party_read(struct party *p)
{
	ssize_t got = take(
	    p->fds[0], p->said + p->len, 1 + rng_below(&p->rng, PIECE_MAX));

	if (got > 0)
		p->len += (size_t)got;
}

/* A client says its next piece when the last one has been read from it: two
 * that are read at once are one. */
static bool
has_said_all(const struct client *c)
{
	char byte;

	return recv(c->network->rfd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1;
}

static void
talk(struct party *p)
{
	int left = PIECES;

	while (left > 0) {
		size_t i = rng_below(&p->rng, CLIENTS);
		struct client *c = &p->clients[i];

		if (has_said_all(c)) {
			say_piece(c, &p->rng, (char)('a' + i));
			left--;
		}
		client_pump(c);
		if (rng_below(&p->rng, 2) == 0)
			party_read(p);
	}
}

static void
drain(struct party *p)
{
	size_t before;

	do {
		before = p->len;
		party_read(p);
		for (size_t i = 0; i < CLIENTS; i++)
			client_pump(&p->clients[i]);
	} while (p->len > before);
}

START_TEST(a_read_is_never_mixed_with_another)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct party p = { .rng = rng_of(seed) };

		pipe_pair(p.fds);
		fcntl(p.fds[1], F_SETPIPE_SZ, 4096);
		p.outlet = outlet_new(p.fds[1]);
		p.said = xcalloc(PIECES, PIECE_MAX + 2);
		for (size_t i = 0; i < CLIENTS; i++)
			client_init(&p.clients[i], p.outlet);
		talk(&p);
		drain(&p);
		ck_assert_uint_eq(count_pieces(p.said, p.len), PIECES);
		for (size_t i = 0; i < CLIENTS; i++)
			client_free(&p.clients[i]);
		outlet_free(p.outlet);
		close_pair(p.fds);
		free(p.said);
	}
}
END_TEST

/* Numbers that go on, so that a byte out of place is seen. */
static size_t
say_numbers(struct client *c, size_t from)
{
	uint8_t bytes[100000];
	ssize_t n;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)((from + i) % 251);
	set_nonblocking(c->peer);
	n = write(c->peer, bytes, sizeof(bytes));
	ck_assert_int_gt(n, 0);
	return from + (size_t)n;
}

static void
check_numbers(int file, size_t n)
{
	uint8_t *got = xcalloc(n + 1, 1);

	ck_assert_uint_eq(file_bytes(file, got, n + 1), n);
	for (size_t i = 0; i < n; i++) {
		if (got[i] != i % 251)
			ck_abort_msg("byte %zu is another", i);
	}
	free(got);
}

START_TEST(who_is_not_alone_any_more_goes_on_in_memory)
{
	int file = file_of("", 0);
	struct outlet *outlet = outlet_new(file);
	struct client one, two;
	size_t n = 0;

	client_init(&one, outlet);
	while (one.f.way != &flow_pipe && n < 10000000) {
		n = say_numbers(&one, n);
		client_pump(&one);
	}
	ck_assert_ptr_eq(one.f.way, &flow_pipe);
	client_init(&two, outlet);
	n = say_numbers(&one, n);
	client_pump(&one);
	ck_assert_ptr_eq(one.f.way, &flow_memory);
	ck_assert_int_eq(one.f.pipe[0], -1);
	client_free(&two);
	n = say_numbers(&one, n);
	client_pump(&one);
	check_numbers(file, n);
	client_free(&one);
	outlet_free(outlet);
	close(file);
}
END_TEST

/* A stream gets no pipe as long as others write there. */
START_TEST(many_do_not_splice)
{
	int file = file_of("", 0);
	struct outlet *outlet = outlet_new(file);
	struct client one, two;
	size_t n = 0;

	client_init(&one, outlet);
	client_init(&two, outlet);
	for (int i = 0; i < 50; i++) {
		n = say_numbers(&one, n);
		client_pump(&one);
		ck_assert_ptr_eq(one.f.way, &flow_memory);
	}
	ck_assert_ptr_eq(two.f.way, &flow_memory);
	check_numbers(file, n);
	client_free(&one);
	client_free(&two);
	outlet_free(outlet);
	close(file);
}
END_TEST

/* From a socket straight into our output, which is a pipe that is full. */
START_TEST(what_is_spliced_to_a_pipe_becomes_pieces)
{
	struct client one, two;
	struct outlet *outlet;
	char got[8];
	int fds[2];

	pipe_pair(fds);
	outlet = outlet_new(fds[1]);
	client_init(&one, outlet);
	ck_assert_ptr_eq(one.f.way, &flow_direct);
	put(one.peer, "one");
	client_pump(&one);
	client_init(&two, outlet);
	put(one.peer, "two");
	client_pump(&one);
	ck_assert_ptr_eq(one.f.way, &flow_memory);
	put(two.peer, "six");
	client_pump(&two);
	expect(fds[0], "onetwosix");
	ck_assert_int_eq(take(fds[0], got, sizeof(got)), -1);
	client_free(&one);
	client_free(&two);
	outlet_free(outlet);
	close_pair(fds);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_read_is_never_mixed_with_another,
		who_is_not_alone_any_more_goes_on_in_memory,
		many_do_not_splice,
		what_is_spliced_to_a_pipe_becomes_pieces,
	};
	int failed = run_tests("outlet_flows", tests, COUNT(tests));

	return failed != 0;
}
