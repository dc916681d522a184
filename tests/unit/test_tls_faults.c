/* SPDX-License-Identifier: ISC */
/* test_tls_faults.c - what goes wrong with a session, in the right words */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay.h"
#include "support.h"
#include "tls_inside.h"
#include "tls_rig.h"

/* certificates; more bytes than the system and a session hold together */
#define CHAIN_LENGTH 1500

/* Of nobody. */
static const char *const no_pins[] = { "sha256:0000000000000000000000000000"
				       "000000000000000000000000000000000000" };

/* There are suites for strangers, which somebody may allow by accident. */
START_TEST(who_shows_no_certificate_is_not_trusted)
{
	const struct tls_library *lib;
	struct tls_rig r;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	tls_rig_init(&r);
	r.settings[CLIENT].insecure = false;
	r.settings[CLIENT].pins = no_pins;
	r.settings[CLIENT].pin_count = COUNT(no_pins);
	for (int i = 0; i < TLS_ENDS; i++)
		r.settings[i].ciphers = "AECDH-AES256-SHA:@SECLEVEL=0";
	tls_rig_make(&r, CLIENT);
	lib = &r.context[CLIENT]->library;
	lib->tls_config_set_protocols(
	    r.context[CLIENT]->config, TLS_PROTOCOL_TLSv1_2);
	tls_rig_open(&r, fds);
	tls_rig_shake(&r);
	ck_assert_uint_eq(r.agreed[CLIENT], 0);
	ck_assert_uint_eq(r.failed[CLIENT], 1);
	ck_assert_str_eq(r.why[CLIENT], "the peer has shown no certificate");
	tls_rig_free(&r);
}
END_TEST

struct outcome {
	enum flow_fault in_fault;
	int error_code;
	char error[CHANNEL_ERROR_LEN];
};

static void
note_outcome(struct relay *r, enum relay_result result, void *arg)
{
	struct outcome *outcome = arg;

	ck_assert_int_eq(result, RELAY_OVER);
	outcome->in_fault = r->flow[RELAY_INBOUND].fault;
	outcome->error_code = r->end[1]->error_code;
	strlcpy(outcome->error, r->end[1]->error, sizeof(outcome->error));
}

/* In TLS 1.3 a client has spoken before it is refused: behind the alert comes a
 * reset, as nobody has read its words. */
START_TEST(who_is_refused_knows_why_in_spite_of_a_reset)
{
	struct outcome outcome = { 0 };
	struct relay *relay;
	struct tls_rig r;
	struct loop loop;
	int fds[2], input[2];

	pipe_pair(input);
	tcp_pair(fds);
	tls_rig_init(&r);
	r.settings[SERVER].ask_client = true;
	r.settings[SERVER].pins = no_pins;
	r.settings[SERVER].pin_count = COUNT(no_pins);
	tls_rig_open(&r, fds);
	while (r.agreed[CLIENT] == 0)
		tls_rig_shake(&r);
	ck_assert_int_eq(channel_write(r.ch[CLIENT], "a", 1), 1);
	while (r.failed[SERVER] == 0)
		tls_rig_shake(&r);
	ck_assert_int_eq(channel_write(r.ch[CLIENT], "b", 1), 1);
	channel_close(r.ch[SERVER]);
	r.ch[SERVER] = NULL;
	ck_assert_int_eq(loop_init(&loop), 0);
	relay = relay_new(channel_stdio(input[0], -1), r.ch[CLIENT]);
	r.ch[CLIENT]->rwait = POLLIN;
	r.ch[CLIENT] = NULL;
	relay->on_done = note_outcome;
	relay->arg = &outcome;
	relay_start(relay, &loop);
	ck_assert_int_eq(loop_run(&loop), 0);
	loop_free(&loop);
	ck_assert_int_eq(outcome.in_fault, FLOW_SRC);
	ck_assert_int_eq(outcome.error_code, TLS_REFUSED);
	ck_assert_str_eq(
	    outcome.error, "the peer refuses: certificate required");
	close_pair(input);
	tls_rig_free(&r);
}
END_TEST

/* The system tells of it once. */
START_TEST(a_reset_stays_one_when_a_write_saw_it_first)
{
	struct tls_rig r;
	int fds[2];

	tcp_pair(fds);
	tls_rig_init(&r);
	tls_rig_open(&r, fds);
	while (r.agreed[CLIENT] == 0 || r.agreed[SERVER] == 0)
		tls_rig_shake(&r);
	channel_abort(r.ch[SERVER]);
	channel_close(r.ch[SERVER]);
	r.ch[SERVER] = NULL;
	while (channel_write(r.ch[CLIENT], "a", 1) == 1)
		;
	ck_assert_int_eq(r.ch[CLIENT]->error_code, ECONNRESET);
	ck_assert_int_eq(tls_rig_read_end(&r, CLIENT), IO_ERROR);
	ck_assert_int_eq(r.ch[CLIENT]->error_code, ECONNRESET);
	tls_rig_free(&r);
}
END_TEST

/* A record that nobody can have sealed. */
START_TEST(what_was_forged_is_said_in_words)
{
	static const char record[] = "\x17\x03\x03\x00\x20"
				     "abcdefghijklmnopqrstuvwxyzabcdef";
	struct tls_rig r;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	tls_rig_init(&r);
	tls_rig_open(&r, fds);
	tls_rig_shake(&r);
	ck_assert_int_eq(
	    send(fds[1], record, sizeof(record) - 1, 0), sizeof(record) - 1);
	ck_assert_int_eq(tls_rig_read_end(&r, CLIENT), IO_ERROR);
	ck_assert_str_eq(
	    r.ch[CLIENT]->error, "decryption failed or bad record mac");
	tls_rig_free(&r);
}
END_TEST

/* A file with the key and many certificates of a server; its descriptor. */
static int
long_chain(void)
{
	struct buffer pem;
	struct tls_rig r;
	const struct tls_keypair *own;
	int fd;

	tls_rig_init(&r);
	tls_rig_make(&r, SERVER);
	own = &r.context[SERVER]->own;
	buffer_init(&pem, own->key_len + CHAIN_LENGTH * own->cert_len);
	buffer_append(&pem, own->key, own->key_len);
	for (int i = 0; i < CHAIN_LENGTH; i++)
		buffer_append(&pem, own->cert, own->cert_len);
	fd = file_of(buffer_head(&pem), pem.len);
	buffer_free(&pem);
	tls_rig_free(&r);
	return fd;
}

/* ... as long as what it said before has not been taken. */
START_TEST(what_else_a_client_says_does_not_wake_a_server)
{
	int file = long_chain(), fds[2];
	char path[64];
	struct tls_rig r;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	pair_of(SOCK_STREAM, fds);
	tls_rig_init(&r);
	r.settings[SERVER].cert = path;
	tls_rig_open(&r, fds);
	ck_assert_int_eq(channel_handshake(r.ch[CLIENT]), IO_WAIT);
	put(fds[0], "more");
	ck_assert_int_eq(channel_handshake(r.ch[SERVER]), IO_WAIT);
	ck_assert_int_eq(r.ch[SERVER]->wwait, POLLOUT);
	ck_assert_int_eq(r.ch[SERVER]->rwait, 0);
	close(file);
	tls_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		who_shows_no_certificate_is_not_trusted,
		who_is_refused_knows_why_in_spite_of_a_reset,
		a_reset_stays_one_when_a_write_saw_it_first,
		what_was_forged_is_said_in_words,
		what_else_a_client_says_does_not_wake_a_server,
	};
	int failed = run_tests("tls_faults", tests, COUNT(tests));

	return failed != 0;
}
