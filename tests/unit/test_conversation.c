/* SPDX-License-Identifier: ISC */
/* test_conversation.c - what two ends say, as packets */
#include <stdlib.h>
#include <string.h>

#include "conversation.h"
#include "support.h"

#define SEEN_MAX 100
#define SYN      PACKET_SYN
#define ACK      PACKET_ACK
#define FIN      PACKET_FIN
#define RST      PACKET_RST
#define PSH      PACKET_PSH

struct seen {
	int64_t at_ns;
	bool outbound;
	unsigned from, to, flags, window;
	uint32_t seq, ack;
	size_t n, comments;
	char comment[64];
	uint8_t first, last; /* bytes of the payload */
};

struct listener {
	struct conversation c;
	struct seen list[SEEN_MAX];
	size_t count;
};

static unsigned
get16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static void
hear(const struct pcapng_packet *packet, void *arg)
{
	struct listener *l = arg;
	const uint8_t *head = packet->head, *transport = head + 20;
	const uint8_t *payload = packet->payload;
	struct seen *s = &l->list[l->count++];

	ck_assert_uint_le(l->count, SEEN_MAX);
	transport += l->c.ipv6 ? 20 : 0;
	*s = (struct seen){ .at_ns = packet->at_ns,
		.outbound = packet->outbound,
		.from = get16(transport),
		.to = get16(transport + 2),
		.n = packet->payload_len,
		.comments = packet->comments.count };
	if (s->comments > 0)
		strlcpy(
		    s->comment, packet->comments.list[0], sizeof(s->comment));
	if (s->n > 0) {
		s->first = payload[0];
		s->last = payload[s->n - 1];
	}
	if (l->c.datagrams)
		return;
	s->seq = get16(transport + 4) << 16 | get16(transport + 6);
	s->ack = get16(transport + 8) << 16 | get16(transport + 10);
	s->flags = transport[13];
	s->window = get16(transport + 14);
}

/* Sequence numbers begin with 100 and 200. */
static struct listener *
listener_new(bool accepted)
{
	struct listener *l = calloc(1, sizeof(*l));

	l->c.end[CONVERSATION_OURS].port = 1;
	l->c.end[CONVERSATION_THEIRS].port = 2;
	l->c.accepted = accepted;
	l->c.put = hear;
	l->c.arg = l;
	conversation_init(&l->c);
	l->c.seq[CONVERSATION_OURS] = 100;
	l->c.seq[CONVERSATION_THEIRS] = 200;
	return l;
}

static void
listener_free(struct listener *l)
{
	conversation_free(&l->c);
	free(l);
}

/* Packet i is ours or theirs, and has these. */
static void
expect_packet(const struct listener *l, size_t i, bool ours, unsigned flags,
    uint32_t seq, uint32_t ack, size_t n)
{
	const struct seen *s = &l->list[i];

	ck_assert_uint_lt(i, l->count);
	ck_assert_uint_eq(s->outbound, ours);
	ck_assert_uint_eq(s->from, ours ? 1 : 2);
	ck_assert_uint_eq(s->to, ours ? 2 : 1);
	ck_assert_uint_eq(s->flags, flags);
	ck_assert_uint_eq(s->seq, seq);
	ck_assert_uint_eq(s->ack, ack);
	ck_assert_uint_eq(s->n, n);
}

START_TEST(who_connects_begins)
{
	struct listener *l = listener_new(false);

	conversation_comment(&l->c, "first");
	conversation_open(&l->c, 10, 20);
	ck_assert_uint_eq(l->count, 3);
	expect_packet(l, 0, true, SYN, 100, 0, 0);
	expect_packet(l, 1, false, SYN | ACK, 200, 101, 0);
	expect_packet(l, 2, true, ACK, 101, 201, 0);
	ck_assert_int_eq(l->list[0].at_ns, 10);
	ck_assert_int_eq(l->list[1].at_ns, 20);
	ck_assert_int_eq(l->list[2].at_ns, 20);
	ck_assert_str_eq(l->list[0].comment, "first");
	ck_assert_uint_eq(l->list[1].comments, 0);
	listener_free(l);
}
END_TEST

START_TEST(who_is_accepted_began)
{
	struct listener *l = listener_new(true);

	conversation_open(&l->c, 10, 10);
	expect_packet(l, 0, false, SYN, 200, 0, 0);
	expect_packet(l, 1, true, SYN | ACK, 100, 201, 0);
	expect_packet(l, 2, false, ACK, 201, 101, 0);
	listener_free(l);
}
END_TEST

START_TEST(what_is_said_is_acknowledged_by_what_follows)
{
	struct listener *l = listener_new(false);

	conversation_open(&l->c, 1, 2);
	conversation_say(&l->c, CONVERSATION_OURS, 3, "hello", 5);
	conversation_say(&l->c, CONVERSATION_THEIRS, 4, "hi", 2);
	conversation_end(&l->c, CONVERSATION_OURS, 5);
	conversation_say(&l->c, CONVERSATION_THEIRS, 6, "bye", 3);
	conversation_end(&l->c, CONVERSATION_THEIRS, 7);
	conversation_comment(&l->c, "report");
	conversation_close(&l->c, CONVERSATION_LEAVE, 8);
	ck_assert_uint_eq(l->count, 9);
	expect_packet(l, 3, true, PSH | ACK, 101, 201, 5);
	expect_packet(l, 4, false, PSH | ACK, 201, 106, 2);
	expect_packet(l, 5, true, FIN | ACK, 106, 203, 0);
	expect_packet(l, 6, false, PSH | ACK, 203, 107, 3);
	expect_packet(l, 7, false, FIN | ACK, 206, 107, 0);
	expect_packet(l, 8, true, ACK, 107, 207, 0);
	ck_assert_str_eq(l->list[8].comment, "report");
	listener_free(l);
}
END_TEST

START_TEST(an_end_of_ours_is_acknowledged_by_them)
{
	struct listener *l = listener_new(false);

	conversation_open(&l->c, 1, 2);
	conversation_end(&l->c, CONVERSATION_THEIRS, 3);
	conversation_end(&l->c, CONVERSATION_OURS, 4);
	conversation_end(&l->c, CONVERSATION_OURS, 5);
	conversation_close(&l->c, CONVERSATION_WE_RESET, 6);
	ck_assert_uint_eq(l->count, 6);
	expect_packet(l, 3, false, FIN | ACK, 201, 101, 0);
	expect_packet(l, 4, true, FIN | ACK, 101, 202, 0);
	expect_packet(l, 5, false, ACK, 202, 102, 0);
	listener_free(l);
}
END_TEST

START_TEST(leaving_is_an_end)
{
	struct listener *l = listener_new(false);

	conversation_open(&l->c, 1, 2);
	conversation_comment(&l->c, "report");
	conversation_close(&l->c, CONVERSATION_LEAVE, 3);
	ck_assert_uint_eq(l->count, 4);
	expect_packet(l, 3, true, FIN | ACK, 101, 201, 0);
	ck_assert_str_eq(l->list[3].comment, "report");
	listener_free(l);
}
END_TEST

/* Where all is acknowledged another window tells it from a duplicate. */
START_TEST(there_is_always_a_last_packet)
{
	struct listener *l = listener_new(false);

	conversation_open(&l->c, 1, 2);
	conversation_end(&l->c, CONVERSATION_OURS, 3);
	conversation_close(&l->c, CONVERSATION_LEAVE, 4);
	expect_packet(l, 4, false, ACK, 201, 102, 0);
	conversation_comment(&l->c, "report");
	conversation_close(&l->c, CONVERSATION_LEAVE, 5);
	expect_packet(l, 5, true, ACK, 102, 201, 0);
	ck_assert_uint_ne(l->list[5].window, l->list[3].window);
	ck_assert_str_eq(l->list[5].comment, "report");
	listener_free(l);
}
END_TEST

START_TEST(resets_of_either_side)
{
	struct listener *l = listener_new(false);

	conversation_open(&l->c, 1, 2);
	conversation_say(&l->c, CONVERSATION_OURS, 3, "a", 1);
	conversation_close(&l->c, CONVERSATION_THEY_RESET, 4);
	expect_packet(l, 4, false, RST | ACK, 201, 102, 0);
	listener_free(l);
	l = listener_new(true);
	conversation_open(&l->c, 1, 2);
	conversation_end(&l->c, CONVERSATION_THEIRS, 3);
	conversation_close(&l->c, CONVERSATION_WE_RESET, 4);
	expect_packet(l, 4, true, RST | ACK, 101, 202, 0);
	listener_free(l);
}
END_TEST

START_TEST(a_refusal_has_no_number_of_its_own)
{
	struct listener *l = listener_new(false);

	conversation_refused(&l->c, 10, 20);
	ck_assert_uint_eq(l->count, 2);
	expect_packet(l, 0, true, SYN, 100, 0, 0);
	expect_packet(l, 1, false, RST | ACK, 0, 101, 0);
	listener_free(l);
	l = listener_new(false);
	conversation_refused(&l->c, 10, 0);
	ck_assert_uint_eq(l->count, 1);
	listener_free(l);
}
END_TEST

START_TEST(bytes_are_cut_into_segments)
{
	size_t n = 2 * (size_t)PACKET_TCP4_MAX + 7;
	struct listener *l = listener_new(false);
	uint8_t *bytes = calloc(1, n);

	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(i / PACKET_TCP4_MAX + 1);
	conversation_say(&l->c, CONVERSATION_THEIRS, 1, bytes, n);
	ck_assert_uint_eq(l->count, 3);
	for (size_t i = 0; i < 3; i++) {
		expect_packet(l, i, false, PSH | ACK,
		    (uint32_t)(200 + i * PACKET_TCP4_MAX), 100,
		    i < 2 ? PACKET_TCP4_MAX : 7);
		ck_assert_uint_eq(l->list[i].first, i + 1);
		ck_assert_uint_eq(l->list[i].last, i + 1);
	}
	l->c.ipv6 = true;
	conversation_say(&l->c, CONVERSATION_OURS, 1, bytes, n);
	ck_assert_uint_eq(l->list[3].n, PACKET_TCP6_MAX);
	ck_assert_uint_eq(l->list[5].n, n - 2 * PACKET_TCP6_MAX);
	free(bytes);
	listener_free(l);
}
END_TEST

/* 2^32 comes after 3 bytes, and in the middle of a segment. */
START_TEST(sequence_numbers_wrap)
{
	struct listener *l = listener_new(false);

	l->c.seq[CONVERSATION_OURS] = UINT32_MAX - 3;
	l->c.seq[CONVERSATION_THEIRS] = UINT32_MAX;
	conversation_open(&l->c, 1, 2);
	expect_packet(l, 1, false, SYN | ACK, UINT32_MAX, UINT32_MAX - 2, 0);
	expect_packet(l, 2, true, ACK, UINT32_MAX - 2, 0, 0);
	conversation_say(&l->c, CONVERSATION_OURS, 3, "hello", 5);
	conversation_say(&l->c, CONVERSATION_THEIRS, 4, "hi", 2);
	conversation_end(&l->c, CONVERSATION_OURS, 5);
	expect_packet(l, 3, true, PSH | ACK, UINT32_MAX - 2, 0, 5);
	expect_packet(l, 4, false, PSH | ACK, 0, 2, 2);
	expect_packet(l, 5, true, FIN | ACK, 2, 2, 0);
	listener_free(l);
}
END_TEST

START_TEST(long_speeches_are_acknowledged_on_the_way)
{
	static const uint8_t bytes[100 * 1024];
	struct listener *l = listener_new(false);
	size_t acks = 0;

	conversation_open(&l->c, 1, 2);
	for (int i = 0; i < 30; i++)
		conversation_say(
		    &l->c, CONVERSATION_OURS, 3, bytes, sizeof(bytes));
	for (size_t i = 3; i < l->count; i++) {
		const struct seen *s = &l->list[i], *before = s - 1;

		if (s->outbound)
			continue;
		expect_packet(l, i, false, ACK, 201,
		    before->seq + (uint32_t)before->n, 0);
		acks++;
	}
	ck_assert_uint_eq(acks, 2);
	listener_free(l);
}
END_TEST

START_TEST(numbers_begin_anywhere)
{
	struct listener *one = listener_new(false);
	struct conversation other = one->c;

	conversation_init(&other);
	ck_assert_uint_ne(other.seq[0], one->c.seq[0]);
	ck_assert_uint_ne(other.seq[0], other.seq[1]);
	listener_free(one);
}
END_TEST

START_TEST(ends_that_are_the_same_are_made_to_differ)
{
	struct conversation c = { .end = { { .port = 7 }, { .port = 7 } } };

	conversation_init(&c);
	ck_assert_uint_ne(c.end[0].port, 7);
	ck_assert_uint_eq(c.end[1].port, 7);
	c = (struct conversation){ .accepted = true };
	conversation_init(&c);
	ck_assert_uint_eq(c.end[0].port, 0);
	ck_assert_uint_ne(c.end[1].port, 0);
	c = (struct conversation){ .end[0].address[0] = 1 };
	conversation_init(&c);
	ck_assert_uint_eq(c.end[0].port, 0);
}
END_TEST

START_TEST(datagrams_are_packets_and_nothing_else_is)
{
	struct listener *l = listener_new(false);

	l->c.datagrams = true;
	conversation_comment(&l->c, "first");
	conversation_say(&l->c, CONVERSATION_OURS, 1, "question", 8);
	conversation_say(&l->c, CONVERSATION_THEIRS, 2, "", 0);
	conversation_end(&l->c, CONVERSATION_OURS, 3);
	conversation_comment(&l->c, "report");
	conversation_close(&l->c, CONVERSATION_WE_RESET, 4);
	ck_assert_uint_eq(l->count, 2);
	expect_packet(l, 0, true, 0, 0, 0, 8);
	expect_packet(l, 1, false, 0, 0, 0, 0);
	ck_assert_str_eq(l->list[0].comment, "first");
	ck_assert_uint_eq(l->c.comment_count, 1);
	ck_assert_str_eq(l->c.comments[0], "report");
	listener_free(l);
}
END_TEST

START_TEST(a_datagram_too_long_for_ip_is_told_in_parts)
{
	static const uint8_t bytes[150000];
	struct listener *l = listener_new(false);

	l->c.datagrams = true;
	conversation_say(
	    &l->c, CONVERSATION_OURS, 1, bytes, 2 * PACKET_UDP4_MAX);
	ck_assert_uint_eq(l->count, 2);
	ck_assert_uint_eq(l->list[0].n, PACKET_UDP4_MAX);
	ck_assert_uint_eq(l->list[1].n, PACKET_UDP4_MAX);
	ck_assert_str_eq(l->list[0].comment, "one datagram of 131014 bytes");
	ck_assert_uint_eq(l->list[1].comments, 0);
	listener_free(l);
}
END_TEST

START_TEST(an_empty_record_is_a_packet)
{
	struct listener *l = listener_new(false);

	conversation_open(&l->c, 1, 2);
	for (int i = 0; i < 2; i++)
		conversation_say(&l->c, CONVERSATION_OURS, 3, "", 0);
	ck_assert_uint_eq(l->count, 5);
	expect_packet(l, 3, true, ACK, 101, 201, 0);
	ck_assert_str_eq(l->list[3].comment, "an empty record");
	ck_assert_uint_ne(l->list[3].window, l->list[2].window);
	ck_assert_uint_ne(l->list[4].window, l->list[3].window);
	listener_free(l);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		who_connects_begins,
		who_is_accepted_began,
		what_is_said_is_acknowledged_by_what_follows,
		an_end_of_ours_is_acknowledged_by_them,
		leaving_is_an_end,
		there_is_always_a_last_packet,
		resets_of_either_side,
		a_refusal_has_no_number_of_its_own,
		bytes_are_cut_into_segments,
		sequence_numbers_wrap,
		long_speeches_are_acknowledged_on_the_way,
		numbers_begin_anywhere,
		ends_that_are_the_same_are_made_to_differ,
		datagrams_are_packets_and_nothing_else_is,
		a_datagram_too_long_for_ip_is_told_in_parts,
		an_empty_record_is_a_packet,
	};
	int failed = run_tests("conversation", tests, COUNT(tests));

	return failed != 0;
}
