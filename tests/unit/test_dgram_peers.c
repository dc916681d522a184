/* SPDX-License-Identifier: ISC */
/* test_dgram_peers.c - the peers of datagram sockets, each a channel */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "peers_rig.h"
#include "xalloc.h"

#define LONGEST 65507
#define CROWD   3000

START_TEST(peers_stay_apart_and_whole)
{
	static const size_t sizes[] = { 0, 1, 2, LONGEST, 1472, 0, 16384 };
	uint8_t *bytes = xcalloc(2, LONGEST);
	struct rng rng = rng_of(1);
	struct peers_rig r;
	int fds[2];

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	rng_fill(&rng, bytes, 2 * LONGEST);
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = peers_rig_client(&r, NULL);
	for (size_t i = 0; i < 2 * COUNT(sizes); i++)
		peers_rig_say(&r, fds[i % 2], bytes + i * 100, sizes[i / 2]);
	ck_assert_uint_eq(r.count, 2);
	for (size_t i = 0; i < 2 * COUNT(sizes); i++)
		expect_datagram(r.ch[i % 2], bytes + i * 100, sizes[i / 2]);
	for (size_t i = 0; i < COUNT(fds); i++)
		expect_no_datagram(r.ch[i]);
	close_pair(fds);
	peers_rig_free(&r);
	free(bytes);
}
END_TEST

static void
check_answers(const char *host)
{
	struct address own;
	struct peers_rig r;
	int fds[2];

	peers_rig_init(&r, 0);
	peers_rig_add(&r, host);
	for (int i = 0; i < 2; i++) {
		fds[i] = strcmp(host, "unix") == 0 ?
		    peers_rig_named(&r, i == 0 ? "a" : "b") :
		    peers_rig_client(&r, NULL);
		peers_rig_text(&r, fds[i], "hello");
		ck_assert_int_eq(address_of_socket(fds[i], &own), 0);
		ck_assert_uint_eq(r.from[i].len, own.len);
		ck_assert_mem_eq(&r.from[i].addr, &own.addr, own.len);
		ck_assert_int_eq(r.from[i].socktype, SOCK_DGRAM);
	}
	ck_assert_int_eq(channel_write(r.ch[1], "second", 6), 6);
	ck_assert_int_eq(channel_write(r.ch[0], "first", 5), 5);
	ck_assert_int_eq(channel_write(r.ch[0], "", 0), 0);
	expect(fds[0], "first");
	expect_end(fds[0]);
	expect(fds[1], "second");
	expect_none(fds[1]);
	close_pair(fds);
	peers_rig_free(&r);
}

START_TEST(each_is_answered)
{
	check_answers("127.0.0.1");
	if (peers_rig_ipv6())
		check_answers("::1");
	check_answers("unix");
}
END_TEST

/* A client with a connected socket takes no other. */
START_TEST(the_answer_comes_from_where_it_was_written_to)
{
	struct peers_rig r;
	int fds[2];

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "0.0.0.0");
	fds[0] = peers_rig_client(&r, "127.0.0.2");
	fds[1] = peers_rig_client(&r, "127.0.0.3");
	for (size_t i = 0; i < COUNT(fds); i++) {
		peers_rig_text(&r, fds[i], "hello");
		ck_assert_int_eq(channel_write(r.ch[i], "answer", 6), 6);
		expect(fds[i], "answer");
	}
	close_pair(fds);
	peers_rig_free(&r);
}
END_TEST

START_TEST(the_wildcard_of_ipv6_answers_as_well)
{
	struct peers_rig r;
	int fd;

	if (!peers_rig_ipv6())
		return;
	peers_rig_init(&r, 0);
	peers_rig_add(&r, "::");
	fd = peers_rig_client(&r, "::1");
	peers_rig_text(&r, fd, "hello");
	ck_assert_int_eq(channel_write(r.ch[0], "answer", 6), 6);
	expect(fd, "answer");
	close(fd);
	peers_rig_free(&r);
}
END_TEST

/* What came before the system was asked for local addresses. */
START_TEST(an_early_datagram_is_of_the_same_peer)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct peers_rig r;
	int client;

	peers_rig_init(&r, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	ck_assert_int_eq(address_of_socket(fd, &r.at[0]), 0);
	client = peers_rig_client(&r, "127.0.0.2");
	put(client, "early");
	dgram_peers_add(r.peers, r.fds[0] = fd);
	peers_rig_hear(&r, 0);
	peers_rig_text(&r, client, "late");
	ck_assert_uint_eq(r.count, 1);
	expect_datagram(r.ch[0], "early", 5);
	expect_datagram(r.ch[0], "late", 4);
	ck_assert_int_eq(channel_write(r.ch[0], "answer", 6), 6);
	expect(client, "answer");
	close(client);
	peers_rig_free(&r);
}
END_TEST

/* One client, two of our addresses or sockets: two conversations. */
START_TEST(who_writes_to_two_sockets_is_two_peers)
{
	struct peers_rig r;
	int fd;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	peers_rig_add(&r, "127.0.0.2");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (size_t i = 0; i < 4; i++) {
		const struct address *to = &r.at[i % 2];

		ck_assert_int_eq(sendto(fd, "x", 1, 0,
				     (struct sockaddr *)&to->addr, to->len),
		    1);
		peers_rig_hear(&r, i % 2);
	}
	ck_assert_uint_eq(r.count, 2);
	for (size_t i = 0; i < 2; i++) {
		expect_datagram(r.ch[i], "x", 1);
		expect_datagram(r.ch[i], "x", 1);
		expect_no_datagram(r.ch[i]);
	}
	close(fd);
	peers_rig_free(&r);
}
END_TEST

START_TEST(one_that_does_not_fit_is_an_error)
{
	struct peers_rig r;
	char got[2];
	int fd;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	fd = peers_rig_client(&r, NULL);
	peers_rig_text(&r, fd, "long");
	peers_rig_text(&r, fd, "ok");
	ck_assert_int_eq(channel_read(r.ch[0], got, 2), IO_ERROR);
	ck_assert_str_eq(r.ch[0]->error, "message of 4 bytes is longer than 2");
	expect_datagram(r.ch[0], "ok", 2);
	close(fd);
	peers_rig_free(&r);
}
END_TEST

START_TEST(a_datagram_ends_the_waiting)
{
	struct pollset set = { 0 };
	struct peers_rig r;
	int fd;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	fd = peers_rig_client(&r, NULL);
	peers_rig_text(&r, fd, "one");
	expect_datagram(r.ch[0], "one", 3);
	expect_no_datagram(r.ch[0]);
	channel_prepare(r.ch[0], &set, CH_READ);
	ck_assert_uint_eq(set.count, 0);
	channel_collect(r.ch[0], &set);
	ck_assert_int_eq(r.ch[0]->rwait, POLLIN);
	peers_rig_text(&r, fd, "");
	ck_assert_int_eq(r.ch[0]->rwait, 0);
	expect_datagram(r.ch[0], "", 0);
	close(fd);
	peers_rig_free(&r);
}
END_TEST

/* Bytes: an MiB; and the other peer's come through all the same. */
START_TEST(a_full_queue_drops_and_holds_up_nobody)
{
	char *bytes = xcalloc(1, LONGEST);
	const size_t fits = PEER_QUEUE_MAX / LONGEST;
	struct peers_rig r;
	int fds[2];

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = peers_rig_client(&r, NULL);
	for (size_t i = 0; i < fits + 8; i++)
		peers_rig_say(&r, fds[0], bytes, LONGEST);
	peers_rig_text(&r, fds[1], "here");
	expect_datagram(r.ch[1], "here", 4);
	for (size_t i = 0; i < fits; i++)
		expect_datagram(r.ch[0], bytes, LONGEST);
	expect_no_datagram(r.ch[0]);
	peers_rig_text(&r, fds[0], "again");
	expect_datagram(r.ch[0], "again", 5);
	close_pair(fds);
	peers_rig_free(&r);
	free(bytes);
}
END_TEST

START_TEST(a_queue_has_a_number_of_datagrams)
{
	size_t got = 0;
	struct peers_rig r;
	char byte;
	int fd;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	fd = peers_rig_client(&r, NULL);
	for (size_t i = 0; i < PEER_QUEUE_COUNT + 8; i++)
		peers_rig_say(&r, fd, "", 0);
	while (channel_read(r.ch[0], &byte, 1) == 0)
		got++;
	ck_assert_uint_eq(got, PEER_QUEUE_COUNT);
	close(fd);
	peers_rig_free(&r);
}
END_TEST

/* Who writes a lot does not get more than a relay moves in its turn. */
START_TEST(a_turn_is_shared)
{
	struct peers_rig r;
	int fds[2], got = 0;
	char byte;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = peers_rig_client(&r, NULL);
	for (int i = 0; i < PEER_TURN + 4; i++)
		put(fds[0], "x");
	put(fds[1], "y");
	peers_rig_hear(&r, 0);
	while (channel_read(r.ch[0], &byte, 1) == 1)
		got++;
	ck_assert_int_le(got, PEER_TURN);
	while (r.count < 2)
		peers_rig_hear(&r, 0);
	while (channel_read(r.ch[0], &byte, 1) == 1)
		got++;
	ck_assert_int_eq(got, PEER_TURN + 4);
	close_pair(fds);
	peers_rig_free(&r);
}
END_TEST

START_TEST(a_closed_peer_that_writes_again_is_a_new_one)
{
	struct peers_rig r;
	int fd;

	peers_rig_init(&r, 1);
	peers_rig_add(&r, "127.0.0.1");
	fd = peers_rig_client(&r, NULL);
	for (size_t i = 0; i < 3; i++) {
		peers_rig_text(&r, fd, "one");
		peers_rig_text(&r, fd, "two");
		ck_assert_uint_eq(r.count, i + 1);
		expect_datagram(r.ch[i], "one", 3);
		channel_close(r.ch[i]);
		r.ch[i] = NULL;
	}
	close(fd);
	peers_rig_free(&r);
}
END_TEST

/* All that came, and none is closed. */
struct crowd {
	struct channel *ch[CROWD];
	size_t count;
};

static void
join_crowd(struct channel *ch, const struct address *from, void *arg)
{
	struct crowd *c = arg;

	ck_assert_ptr_nonnull(from);
	ck_assert_uint_lt(c->count, CROWD);
	c->ch[c->count++] = ch;
}

/* One of a crowd: it writes to another of our addresses than the others. */
static void
say_as(int client, struct peers_rig *r, uint32_t i, const void *bytes, size_t n)
{
	struct sockaddr_in to;

	memcpy(&to, &r->at[0].addr, sizeof(to));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK + i);
	ck_assert_int_eq(
	    sendto(client, bytes, n, 0, (struct sockaddr *)&to, sizeof(to)),
	    (ssize_t)n);
	peers_rig_hear(r, 0);
}

static struct crowd *
crowd_init(struct peers_rig *r)
{
	struct crowd *c = xcalloc(1, sizeof(*c));

	peers_rig_init(r, 0);
	dgram_peers_close(r->peers);
	r->peers = dgram_peers_new(0, join_crowd, c);
	peers_rig_add(r, "0.0.0.0");
	return c;
}

/* The table grows, and finds them all. */
START_TEST(thousands_of_peers)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct peers_rig r;
	struct crowd *c = crowd_init(&r);

	for (uint32_t i = 0; i < CROWD; i++)
		say_as(fd, &r, i, &i, sizeof(i));
	for (uint32_t i = 0; i < CROWD; i += 7)
		say_as(fd, &r, i, &i, sizeof(i));
	ck_assert_uint_eq(c->count, CROWD);
	for (uint32_t i = 0; i < CROWD; i++) {
		expect_datagram(c->ch[i], &i, sizeof(i));
		if (i % 7 == 0)
			expect_datagram(c->ch[i], &i, sizeof(i));
		expect_no_datagram(c->ch[i]);
		channel_close(c->ch[i]);
	}
	close(fd);
	peers_rig_free(&r);
	free(c);
}
END_TEST

/* However many there are, their queues together have an end; but each may say
 * something. */
START_TEST(all_queues_together_have_a_limit)
{
	enum { FULL = PEERS_QUEUE_MAX / PEER_QUEUE_MAX + 4 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint8_t *bytes = xcalloc(1, LONGEST);
	struct peers_rig r;
	struct crowd *c = crowd_init(&r);
	size_t held = 0;

	for (uint32_t i = 0; i < FULL * 16; i++)
		say_as(fd, &r, i / 16, bytes, LONGEST);
	say_as(fd, &r, FULL, bytes, LONGEST);
	ck_assert_uint_eq(c->count, FULL + 1);
	for (size_t i = 0; i < FULL; i++) {
		while (channel_read(c->ch[i], bytes, LONGEST) == LONGEST)
			held += LONGEST;
		channel_close(c->ch[i]);
	}
	ck_assert_uint_le(held, PEERS_QUEUE_MAX + 4 * LONGEST);
	ck_assert_uint_gt(held, PEERS_QUEUE_MAX - LONGEST);
	expect_datagram(c->ch[FULL], bytes, LONGEST);
	channel_close(c->ch[FULL]);
	close(fd);
	peers_rig_free(&r);
	free(bytes);
	free(c);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		peers_stay_apart_and_whole,
		each_is_answered,
		the_answer_comes_from_where_it_was_written_to,
		the_wildcard_of_ipv6_answers_as_well,
		an_early_datagram_is_of_the_same_peer,
		who_writes_to_two_sockets_is_two_peers,
		one_that_does_not_fit_is_an_error,
		a_datagram_ends_the_waiting,
		a_full_queue_drops_and_holds_up_nobody,
		a_queue_has_a_number_of_datagrams,
		a_turn_is_shared,
		a_closed_peer_that_writes_again_is_a_new_one,
		thousands_of_peers,
		all_queues_together_have_a_limit,
	};
	int failed = run_tests("dgram_peers", tests, COUNT(tests));

	return failed != 0;
}
