/* SPDX-License-Identifier: ISC */
/* test_tls_session.c - from a socket to a TLS session, and its bytes */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flaky.h"
#include "relay.h"
#include "support.h"
#include "tls_rig.h"

#define BULK (3 * 1024 * 1024) /* bytes; more than all buffers together */

/* Of nobody. */
static const char *const no_pins[] = { "sha256:0000000000000000000000000000"
				       "000000000000000000000000000000000000" };

static void
say(struct tls_rig *r, enum tls_end end, const char *text)
{
	ssize_t put = channel_write(r->ch[end], text, strlen(text));

	ck_assert_int_eq(put, (ssize_t)strlen(text));
}

START_TEST(both_know_what_was_agreed_on)
{
	struct tls_rig r;

	tls_rig_init(&r);
	r.settings[CLIENT].alpn = "none,h2";
	r.settings[SERVER].alpn = "h2,http/1.1";
	tls_rig_connect(&r);
	for (int i = 0; i < TLS_ENDS; i++) {
		ck_assert_str_eq(r.facts[i].version, "TLSv1.3");
		ck_assert_str_eq(r.facts[i].cipher, "TLS_AES_256_GCM_SHA384");
		ck_assert_str_eq(r.facts[i].alpn, "h2");
		ck_assert_str_eq(r.ch[i]->ops->name, "tls");
		ck_assert_int_eq(r.ch[i]->rkind, FD_OTHER);
	}
	ck_assert_str_eq(
	    r.facts[CLIENT].peer.pin, tls_context_pin(r.context[SERVER]));
	ck_assert_str_eq(r.facts[CLIENT].peer.names, "localhost");
	ck_assert_str_eq(r.facts[SERVER].peer.pin, "");
	ck_assert(!r.facts[CLIENT].trusted);
	ck_assert(tls_context_pin(r.context[CLIENT]) == NULL);
	tls_rig_free(&r);
}
END_TEST

START_TEST(the_suites_are_those_that_were_named)
{
	struct tls_rig r;

	tls_rig_init(&r);
	r.settings[CLIENT].ciphers =
	    "TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256";
	tls_rig_connect(&r);
	ck_assert_str_eq(
	    r.facts[CLIENT].cipher, "TLS_CHACHA20_POLY1305_SHA256");
	tls_rig_free(&r);
}
END_TEST

START_TEST(words_go_both_ways)
{
	struct tls_rig r;

	tls_rig_init(&r);
	tls_rig_connect(&r);
	say(&r, CLIENT, "hello");
	say(&r, SERVER, "welcome");
	tls_rig_expect(&r, SERVER, "hello");
	tls_rig_expect(&r, CLIENT, "welcome");
	ck_assert_int_eq(tls_rig_read_end(&r, CLIENT), IO_WAIT);
	ck_assert_int_eq(r.ch[CLIENT]->rwait, POLLIN);
	tls_rig_free(&r);
}
END_TEST

START_TEST(who_has_ended_hears_the_rest)
{
	struct tls_rig r;

	tls_rig_init(&r);
	tls_rig_connect(&r);
	say(&r, CLIENT, "question");
	ck_assert_int_eq(channel_shut(r.ch[CLIENT]), 0);
	tls_rig_expect(&r, SERVER, "question");
	ck_assert_int_eq(tls_rig_read_end(&r, SERVER), IO_EOF);
	ck_assert_int_eq(tls_rig_read_end(&r, SERVER), IO_EOF);
	say(&r, SERVER, "answer");
	ck_assert_int_eq(channel_shut(r.ch[SERVER]), 0);
	tls_rig_expect(&r, CLIENT, "answer");
	ck_assert_int_eq(tls_rig_read_end(&r, CLIENT), IO_EOF);
	tls_rig_free(&r);
}
END_TEST

/* Both have spoken by then, and one does not go on. */
START_TEST(what_was_agreed_on_may_not_do)
{
	struct tls_rig r;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	tls_rig_init(&r);
	r.objection[CLIENT] = "not today";
	tls_rig_open(&r, fds);
	tls_rig_shake(&r);
	ck_assert_uint_eq(r.failed[CLIENT], 1);
	ck_assert_str_eq(r.why[CLIENT], "not today");
	ck_assert_str_eq(r.ch[CLIENT]->ops->name, "socket");
	tls_rig_free(&r);
}
END_TEST

static void
check_refusal(struct tls_rig *r, const char *ours, const char *theirs)
{
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	tls_rig_open(r, fds);
	tls_rig_shake(r);
	ck_assert_uint_eq(r->failed[CLIENT], 1);
	ck_assert_uint_eq(r->failed[SERVER], 1);
	ck_assert_str_eq(r->why[CLIENT], ours);
	ck_assert_str_eq(r->why[SERVER], theirs);
	ck_assert_uint_eq(r->agreed[CLIENT] + r->agreed[SERVER], 0);
	tls_rig_free(r);
}

START_TEST(a_refused_certificate_is_known_to_both)
{
	char why[256];
	struct tls_rig r;

	tls_rig_init(&r);
	r.name = "elsewhere";
	check_refusal(&r,
	    "name \"elsewhere\" is not in the certificate (it has localhost)",
	    "the peer refuses: bad certificate");
	tls_rig_init(&r);
	r.settings[CLIENT].pins = no_pins;
	r.settings[CLIENT].pin_count = COUNT(no_pins);
	tls_rig_make(&r, SERVER);
	snprintf(why, sizeof(why),
	    "its pin is %s, which is not one of those expected",
	    tls_context_pin(r.context[SERVER]));
	check_refusal(&r, why, "the peer refuses: bad certificate");
}
END_TEST

/* A client that has none hears of it only after its own handshake. */
START_TEST(a_server_may_want_a_certificate)
{
	struct tls_rig r;
	int fds[2];

	tls_rig_init(&r);
	r.settings[SERVER].ask_client = true;
	r.settings[SERVER].pins = no_pins;
	r.settings[SERVER].pin_count = COUNT(no_pins);
	pair_of(SOCK_STREAM, fds);
	tls_rig_open(&r, fds);
	tls_rig_shake(&r);
	ck_assert_uint_eq(r.failed[SERVER], 1);
	ck_assert_str_eq(r.why[SERVER], "peer did not return a certificate");
	ck_assert_uint_eq(r.agreed[CLIENT], 1);
	ck_assert_int_eq(tls_rig_read_end(&r, CLIENT), IO_ERROR);
	ck_assert_str_eq(
	    r.ch[CLIENT]->error, "the peer refuses: certificate required");
	ck_assert_int_eq(r.ch[CLIENT]->error_code, TLS_REFUSED);
	tls_rig_free(&r);
}
END_TEST

/* One end alone, and whom it talks to says this, or closes. */
static void
check_stranger(enum tls_end end, const char *says, const char *why)
{
	struct tls_rig r;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	tls_rig_init(&r);
	tls_rig_open_end(&r, end, fds[0]);
	tls_rig_shake(&r);
	if (says != NULL)
		put(fds[1], says);
	else
		ck_assert_int_eq(shutdown(fds[1], SHUT_WR), 0);
	tls_rig_shake(&r);
	ck_assert_uint_eq(r.failed[end], 1);
	ck_assert_str_eq(r.why[end], why);
	close(fds[1]);
	tls_rig_free(&r);
}

START_TEST(who_does_not_speak_tls_is_quoted)
{
	check_stranger(CLIENT, "HTTP/1.1 400 Bad Request\r\nServer: x\r\n",
	    "the peer does not speak TLS: it said \"HTTP/1.1 400 Bad "
	    "Request\"");
	check_stranger(SERVER, "GET / HTTP/1.0\r\n\r\n",
	    "the peer does not speak TLS: it said \"GET / HTTP/1.0\"");
	check_stranger(CLIENT, NULL, "the peer closed the connection");
	check_stranger(SERVER, NULL, "the peer closed the connection");
}
END_TEST

START_TEST(an_end_without_close_notify_is_an_error_after_the_bytes)
{
	struct tls_rig r;

	tls_rig_init(&r);
	tls_rig_connect(&r);
	say(&r, SERVER, "half of a sen");
	channel_close(r.ch[SERVER]);
	r.ch[SERVER] = NULL;
	tls_rig_expect(&r, CLIENT, "half of a sen");
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(tls_rig_read_end(&r, CLIENT), IO_ERROR);
		ck_assert_str_eq(r.ch[CLIENT]->error,
		    "TLS stream cut off, no close_notify came");
	}
	tls_rig_free(&r);
}
END_TEST

START_TEST(a_reset_is_one)
{
	struct tls_rig r;
	int fds[2];

	tcp_pair(fds);
	tls_rig_init(&r);
	tls_rig_open(&r, fds);
	while (r.agreed[CLIENT] + r.agreed[SERVER] < 2)
		tls_rig_shake(&r);
	channel_abort(r.ch[SERVER]);
	channel_close(r.ch[SERVER]);
	r.ch[SERVER] = NULL;
	r.ch[CLIENT]->rwait = POLLIN;
	channel_await(r.ch[CLIENT], CH_READ);
	ck_assert_int_eq(tls_rig_read_end(&r, CLIENT), IO_ERROR);
	ck_assert_int_eq(r.ch[CLIENT]->error_code, ECONNRESET);
	tls_rig_free(&r);
}
END_TEST

/* A client that waits for that (RFC 896) may speak at once. */
START_TEST(the_end_of_the_handshake_is_acknowledged)
{
	struct tls_rig r;
	int fds[2];

	tcp_pair(fds);
	tls_rig_init(&r);
	tls_rig_open(&r, fds);
	while (r.agreed[CLIENT] + r.agreed[SERVER] < 2)
		tls_rig_shake(&r);
	ck_assert_int_eq(channel_unacked(r.ch[CLIENT]), 0);
	tls_rig_free(&r);
}
END_TEST

/* Whether the peer's system has close_notify is of no importance. */
START_TEST(a_farewell_is_nothing_undelivered)
{
	struct channel *ours = channel_stdio(-1, -1);
	struct tls_rig r;
	struct flow f;
	int fds[2], later = 0;

	tcp_pair(fds);
	tls_rig_init(&r);
	tls_rig_open(&r, fds);
	while (r.agreed[CLIENT] + r.agreed[SERVER] < 2)
		tls_rig_shake(&r);
	setsockopt(fds[1], IPPROTO_TCP, TCP_QUICKACK, &later, sizeof(later));
	flow_init(&f, ours, r.ch[CLIENT]);
	ck_assert_int_eq(channel_shut(r.ch[CLIENT]), 0);
	ck_assert_uint_eq(flow_undelivered(&f), 0);
	ck_assert_uint_gt(r.ch[CLIENT]->farewell, 0);
	flow_free(&f);
	channel_close(ours);
	tls_rig_free(&r);
}
END_TEST

/* The write counts when all of it is with the system, not before. */
START_TEST(a_write_that_waits_is_made_again)
{
	static uint8_t bytes[BULK], got[BULK];
	struct rng rng = rng_of(1);
	size_t put = 0, len = 0;
	struct tls_rig r;
	unsigned waits = 0;

	rng_fill(&rng, bytes, sizeof(bytes));
	tls_rig_init(&r);
	tls_rig_connect(&r);
	while (len < sizeof(bytes)) {
		ssize_t n = put == sizeof(bytes) ?
		    IO_WAIT :
		    channel_write(
			r.ch[CLIENT], bytes + put, sizeof(bytes) - put);

		ck_assert_int_ne(n, IO_ERROR);
		if (n >= 0) {
			put += (size_t)n;
			continue;
		}
		waits++;
		n = channel_read(r.ch[SERVER], got + len, 1 + len % 70000);
		ck_assert_msg(n > 0, "%zd: %s", n, r.ch[SERVER]->error);
		len += (size_t)n;
	}
	ck_assert_uint_gt(waits, 1);
	ck_assert_mem_eq(bytes, got, len);
	tls_rig_free(&r);
}
END_TEST

START_TEST(an_end_waits_for_room)
{
	static uint8_t bytes[BULK];
	struct tls_rig r;
	ssize_t put, got;
	size_t sent = 0;

	tls_rig_init(&r);
	tls_rig_connect(&r);
	while ((put = channel_write(r.ch[CLIENT], bytes, 16384)) > 0)
		sent += (size_t)put;
	ck_assert_int_eq(put, IO_WAIT);
	ck_assert_int_eq(channel_shut(r.ch[CLIENT]), IO_WAIT);
	ck_assert_int_eq(r.ch[CLIENT]->wwait, POLLOUT);
	while ((got = channel_read(r.ch[SERVER], bytes, sizeof(bytes))) > 0)
		sent -= (size_t)got;
	ck_assert_int_eq(got, IO_WAIT);
	ck_assert_int_eq(channel_shut(r.ch[CLIENT]), 0);
	while ((got = channel_read(r.ch[SERVER], bytes, sizeof(bytes))) > 0)
		sent -= (size_t)got;
	ck_assert_int_eq(got, IO_EOF);
	/* but for the write that was told to wait, and is not made again */
	ck_assert_uint_eq(sent + 16384, 0);
	tls_rig_free(&r);
}
END_TEST

static void
note_result(struct relay *relay, enum relay_result result, void *arg)
{
	(void)relay;
	*(int *)arg = (int)result;
}

/* Both ends are relays of one loop. */
static void
carry(uint64_t seed)
{
	static uint8_t input[TLS_ENDS][200000];
	struct flaky ours[TLS_ENDS];
	struct rng rng = rng_of(seed);
	int result[TLS_ENDS] = { -1, -1 };
	struct tls_rig r;
	struct loop loop;

	tls_rig_init(&r);
	tls_rig_connect(&r);
	ck_assert_int_eq(loop_init(&loop), 0);
	for (int i = 0; i < TLS_ENDS; i++) {
		struct relay *relay;

		flaky_init(&ours[i], seed + (uint64_t)i, sizeof(input[0]));
		rng_fill(&rng, input[i], sizeof(input[0]));
		ours[i].input = input[i];
		ours[i].input_len = rng_below(&rng, sizeof(input[0]));
		ours[i].share = 1 + rng_below(&rng, 40000);
		ours[i].waits = 2 + rng_below(&rng, 6);
		relay = relay_new(flaky_channel(&ours[i]), r.ch[i]);
		relay->on_done = note_result;
		relay->arg = &result[i];
		relay_start(relay, &loop);
		r.ch[i] = NULL;
	}
	ck_assert_int_eq(loop_run(&loop), 0);
	loop_free(&loop);
	for (int i = 0; i < TLS_ENDS; i++) {
		const struct flaky *from = &ours[i], *to = &ours[!i];

		ck_assert_int_eq(result[i], RELAY_OVER);
		ck_assert_uint_eq(to->taken.len, from->input_len);
		ck_assert(from->input_len == 0 ||
		    memcmp(buffer_head(&to->taken), input[i],
			from->input_len) == 0);
		ck_assert_uint_eq(to->shuts, 1);
	}
	for (int i = 0; i < TLS_ENDS; i++)
		flaky_free(&ours[i]);
	tls_rig_free(&r);
}

START_TEST(relays_lose_nothing)
{
	for (uint64_t seed = 1; seed <= 20; seed++)
		carry(seed);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		both_know_what_was_agreed_on,
		the_suites_are_those_that_were_named,
		words_go_both_ways,
		who_has_ended_hears_the_rest,
		what_was_agreed_on_may_not_do,
		a_refused_certificate_is_known_to_both,
		a_server_may_want_a_certificate,
		who_does_not_speak_tls_is_quoted,
		an_end_without_close_notify_is_an_error_after_the_bytes,
		a_reset_is_one,
		the_end_of_the_handshake_is_acknowledged,
		a_farewell_is_nothing_undelivered,
		a_write_that_waits_is_made_again,
		an_end_waits_for_room,
		relays_lose_nothing,
	};
	int failed = run_tests("tls_session", tests, COUNT(tests));

	return failed != 0;
}
