/* SPDX-License-Identifier: ISC */
/* test_udp_probe.c - the handshake that finds out whether a UDP port answers */
#include <errno.h>
#include <unistd.h>

#include "clock.h"
#include "network.h"
#include "udp_probe.h"

/* A server on loopback, and who asks it. */
struct rig {
	int server;
	struct address own; /* of the server */
	struct channel *ch;
	int failures, error; /* so many calls, and the errno of the last */
};

static void
note_failure(int error, void *arg)
{
	struct rig *r = arg;

	r->failures++;
	r->error = error;
}

/* port: what it is told it asks */
static void
rig_init(struct rig *r, int port)
{
	int own, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*r = (struct rig){ .server = bound_socket(SOCK_DGRAM, false, &own) };
	ck_assert_int_eq(address_of_socket(r->server, &r->own), 0);
	ck_assert_int_eq(
	    connect(fd, (struct sockaddr *)&r->own.addr, r->own.len), 0);
	r->ch = channel_socket(fd);
	channel_add_handshake(
	    r->ch, udp_probe_handshake(port, note_failure, r));
}

static void
rig_free(struct rig *r)
{
	channel_close(r->ch);
	close(r->server);
}

/* The question has come; the answer is these bytes. */
static void
answer(const struct rig *r, const void *bytes, size_t n)
{
	struct address from = { .len = sizeof(from.addr) };
	struct pollfd pfd = { .fd = r->server, .events = POLLIN };
	char question[64];

	ck_assert_int_eq(poll(&pfd, 1, PATIENCE_MS), 1);
	ck_assert_int_ge(recvfrom(r->server, question, sizeof(question), 0,
			     (struct sockaddr *)&from.addr, &from.len),
	    0);
	ck_assert_int_eq(sendto(r->server, bytes, n, 0,
			     (struct sockaddr *)&from.addr, from.len),
	    (ssize_t)n);
}

static void
check_question(int port, const void *bytes, size_t n)
{
	struct pollfd pfd = { .events = POLLIN };
	char got[128];
	struct rig r;

	rig_init(&r, port);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	pfd.fd = r.server;
	ck_assert_int_eq(poll(&pfd, 1, PATIENCE_MS), 1);
	ck_assert_int_eq(recv(r.server, got, sizeof(got), 0), (ssize_t)n);
	ck_assert_mem_eq(got, bytes, n);
	rig_free(&r);
}

START_TEST(it_asks_what_the_service_understands)
{
	/* an id, RD, one question: NS of the root in IN (RFC 1035 4.1) */
	static const uint8_t dns[] = { 'n', 'x', 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
		0, 0, 2, 0, 1 };
	/* version 4, client, and nothing else (RFC 5905 7.3) */
	static const uint8_t ntp[48] = { 0x23 };

	check_question(53, dns, sizeof(dns));
	check_question(123, ntp, sizeof(ntp));
	check_question(5353, "", 0);
	check_question(1, "", 0);
}
END_TEST

START_TEST(an_answer_may_have_any_length)
{
	static const size_t lengths[] = { 0, 1, 2, 48, 512, 9000, 65507 };
	static char bytes[65507];

	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct rig r;

		rig_init(&r, 53);
		ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
		answer(&r, bytes, lengths[i]);
		handshake_await(r.ch);
		ck_assert_msg(channel_handshake(r.ch) == 0,
		    "%zu bytes are no answer", lengths[i]);
		ck_assert(r.ch->handshakes == NULL);
		ck_assert_int_eq(r.failures, 0);
		rig_free(&r);
	}
}
END_TEST

START_TEST(a_refusal_is_a_failure)
{
	struct rig r;

	rig_init(&r, 9);
	close(r.server);
	r.server = -1;
	ck_assert_int_eq(handshake_finish(r.ch), IO_ERROR);
	ck_assert_int_eq(r.failures, 1);
	ck_assert_int_eq(r.error, ECONNREFUSED);
	rig_free(&r);
}
END_TEST

START_TEST(it_asks_again_every_second)
{
	int64_t start_ms = clock_ms(), deadline_ms;
	struct rig r;
	size_t count;

	rig_init(&r, 9);
	ck_assert_int_le(handshake_deadline(r.ch, NULL), start_ms);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	deadline_ms = handshake_deadline(r.ch, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_ge(deadline_ms, start_ms + UDP_PROBE_INTERVAL_MS);
	ck_assert_int_le(deadline_ms, clock_ms() + UDP_PROBE_INTERVAL_MS);
	expect(r.server, "");
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	expect_none(r.server);
	handshake_await(r.ch);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	expect(r.server, "");
	ck_assert_int_ge(clock_ms(), deadline_ms);
	ck_assert_int_eq(r.failures, 0);
	rig_free(&r);
}
END_TEST

START_TEST(a_limit_that_passes_is_reported)
{
	struct rig r;

	rig_init(&r, 9);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	channel_expire_handshake(r.ch);
	ck_assert_int_eq(r.failures, 1);
	ck_assert_int_eq(r.error, ETIMEDOUT);
	rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_asks_what_the_service_understands,
		an_answer_may_have_any_length,
		a_refusal_is_a_failure,
		it_asks_again_every_second,
		a_limit_that_passes_is_reported,
	};
	int failed = run_tests("udp_probe", tests, COUNT(tests));

	return failed != 0;
}
