/* SPDX-License-Identifier: ISC */
/* test_dialogue_client.c - the handshake that carries a dialogue over a
 * channel */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "dialogue_client_rig.h"
#include "network.h"

static void
check_failure(const struct client_rig *r, const char *why, int error_code)
{
	ck_assert_int_eq(r->failures, 1);
	ck_assert_str_eq(r->why, why);
	ck_assert_int_eq(r->error_code, error_code);
	ck_assert_str_eq(r->ch->error, why);
}

static const struct step greeting[] = {
	{ "hello", "who?", DIALOGUE_MORE },
	{ "me", "welcome", DIALOGUE_DONE },
};

START_TEST(it_says_and_hears_in_turns)
{
	struct client_rig r;

	client_rig_init(&r, greeting);
	ck_assert_int_eq(r.begins, 0);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	expect(r.peer, "hello");
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	put(r.peer, "who?");
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	expect(r.peer, "me");
	put(r.peer, "welcome");
	ck_assert_int_eq(channel_handshake(r.ch), 0);
	ck_assert(r.ch->handshakes == NULL);
	ck_assert_int_eq(r.begins, 1);
	ck_assert_int_eq(r.failures, 0);
	ck_assert(!r.talks);
	client_rig_free(&r);
}
END_TEST

START_TEST(what_comes_byte_by_byte_is_heard_as_well)
{
	static const char *const words[] = { "who?", "welcome" };
	struct client_rig r;

	client_rig_init(&r, greeting);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	for (size_t i = 0; i < COUNT(words); i++) {
		for (const char *c = words[i]; *c != '\0'; c++) {
			ck_assert(r.ch->handshakes != NULL);
			ck_assert_int_eq(write(r.peer, c, 1), 1);
			ck_assert(channel_ready(r.ch, CH_READ));
			channel_handshake(r.ch);
		}
	}
	ck_assert(r.ch->handshakes == NULL);
	expect(r.peer, "hellome");
	client_rig_free(&r);
}
END_TEST

/* A server behind it may be the first to speak. */
START_TEST(what_is_behind_its_end_is_left_to_the_session)
{
	char bytes[64];
	struct client_rig r;

	client_rig_init(&r, greeting);
	put(r.peer, "who?welcomeSSH-2.0-x\r\n");
	ck_assert_int_eq(channel_handshake(r.ch), 0);
	ck_assert_int_eq(channel_read(r.ch, bytes, sizeof(bytes)), 11);
	ck_assert_mem_eq(bytes, "SSH-2.0-x\r\n", 11);
	client_rig_free(&r);
}
END_TEST

START_TEST(a_long_word_is_heard_in_pieces)
{
	static char word[5000], sent[5003];
	struct step steps[] = { { "x", word, DIALOGUE_DONE } };
	char bytes[8];
	struct client_rig r;

	memset(word, 'w', sizeof(word) - 1);
	memset(sent, 'w', sizeof(sent) - 1);
	client_rig_init(&r, steps);
	put(r.peer, sent);
	ck_assert_int_eq(channel_handshake(r.ch), 0);
	ck_assert_int_eq(channel_read(r.ch, bytes, sizeof(bytes)), 3);
	client_rig_free(&r);
}
END_TEST

START_TEST(what_does_not_fit_the_socket_is_said_later)
{
	static char word[SAID_MAX], got[65536];
	struct step steps[] = { { word, "ok", DIALOGUE_DONE } };
	size_t total = 0;
	struct client_rig r;

	memset(word, 'w', sizeof(word) - 1);
	client_rig_init(&r, steps);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	ck_assert_int_eq(r.ch->wwait, POLLOUT);
	while (total < sizeof(word) - 1) {
		ssize_t n = take(r.peer, got, sizeof(got));

		ck_assert_int_gt(n, 0);
		total += (size_t)n;
		channel_ready(r.ch, CH_READ | CH_WRITE);
		ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	}
	put(r.peer, "ok");
	ck_assert_int_eq(channel_handshake(r.ch), 0);
	client_rig_free(&r);
}
END_TEST

START_TEST(a_refusal_has_the_words_of_the_dialogue)
{
	static const struct step steps[] = { { "a", "no", DIALOGUE_FAILED } };
	struct client_rig r;

	client_rig_init(&r, steps);
	put(r.peer, "no");
	ck_assert_int_eq(channel_handshake(r.ch), IO_ERROR);
	check_failure(&r, "refused", EHOSTUNREACH);
	client_rig_free(&r);
}
END_TEST

START_TEST(what_cannot_be_said_fails_at_once)
{
	struct client_rig r;

	client_rig_init(&r, greeting);
	r.stillborn = true;
	ck_assert_int_eq(channel_handshake(r.ch), IO_ERROR);
	check_failure(&r, "no name is so long", ENAMETOOLONG);
	expect_none(r.peer);
	client_rig_free(&r);
}
END_TEST

START_TEST(a_peer_that_closes_is_named)
{
	struct client_rig r;

	client_rig_init(&r, greeting);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	put(r.peer, "who");
	shutdown(r.peer, SHUT_WR);
	ck_assert_int_eq(channel_handshake(r.ch), IO_ERROR);
	check_failure(&r, "the script has closed the connection", 0);
	client_rig_free(&r);
}
END_TEST

START_TEST(a_peer_that_resets_is_told_in_the_words_of_the_system)
{
	const struct linger none = { .l_onoff = 1, .l_linger = 0 };
	int fds[2];
	struct client_rig r;

	tcp_pair(fds);
	client_rig_over(&r, greeting, fds, TALK_LIMIT_MS);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	setsockopt(r.peer, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(r.peer);
	r.peer = -1;
	ck_assert_int_eq(handshake_finish(r.ch), IO_ERROR);
	check_failure(&r, "Connection reset by peer", 0);
	client_rig_free(&r);
}
END_TEST

START_TEST(a_peer_that_is_gone_cannot_be_talked_to)
{
	struct client_rig r;

	client_rig_init(&r, greeting);
	close(r.peer);
	r.peer = -1;
	ck_assert_int_eq(channel_handshake(r.ch), IO_ERROR);
	check_failure(&r, "Broken pipe", 0);
	client_rig_free(&r);
}
END_TEST

START_TEST(a_slow_peer_has_its_time)
{
	int64_t start_ms = clock_ms(), first_ms;
	struct client_rig r;
	size_t count;

	client_rig_init(&r, greeting);
	ck_assert_int_le(handshake_deadline(r.ch, NULL), start_ms);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	first_ms = handshake_deadline(r.ch, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_ge(first_ms, start_ms + TALK_LIMIT_MS);
	ck_assert_int_le(first_ms, clock_ms() + TALK_LIMIT_MS);
	while (clock_ms() == first_ms - TALK_LIMIT_MS)
		;
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	ck_assert_int_eq(handshake_deadline(r.ch, NULL), first_ms);
	put(r.peer, "w");
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	ck_assert_int_eq(handshake_deadline(r.ch, NULL), first_ms);
	client_rig_free(&r);
}
END_TEST

START_TEST(a_peer_that_takes_too_long_is_named)
{
	int fds[2];
	struct client_rig r;

	pair_of(SOCK_STREAM, fds);
	client_rig_over(&r, greeting, fds, 0);
	put(r.peer, "who?");
	ck_assert_int_eq(channel_handshake(r.ch), IO_ERROR);
	check_failure(&r, "the script takes too long", 0);
	expect(r.peer, "hellome");
	client_rig_free(&r);
}
END_TEST

START_TEST(a_limit_that_passes_is_reported)
{
	struct client_rig r;

	client_rig_init(&r, greeting);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	channel_expire_handshake(r.ch);
	ck_assert_int_eq(r.failures, 1);
	ck_assert_str_eq(r.why, "Connection timed out");
	ck_assert_int_eq(r.error_code, ETIMEDOUT);
	client_rig_free(&r);
}
END_TEST

START_TEST(it_may_go_on_over_another_connection)
{
	static const struct step steps[] = {
		{ "anonymous", "who?", DIALOGUE_RECONNECT },
		{ "me", "welcome", DIALOGUE_DONE },
	};
	struct client_rig r;

	client_rig_init(&r, steps);
	pair_of(SOCK_STREAM, r.next);
	put(r.peer, "who?dropped");
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	ck_assert_int_eq(r.ch->rfd, r.next[0]);
	expect(r.next[1], "me");
	put(r.next[1], "welcome");
	ck_assert_int_eq(channel_handshake(r.ch), 0);
	ck_assert_int_eq(r.begins, 1);
	expect(r.peer, "anonymous");
	client_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_says_and_hears_in_turns,
		what_comes_byte_by_byte_is_heard_as_well,
		what_is_behind_its_end_is_left_to_the_session,
		a_long_word_is_heard_in_pieces,
		what_does_not_fit_the_socket_is_said_later,
		a_refusal_has_the_words_of_the_dialogue,
		what_cannot_be_said_fails_at_once,
		a_peer_that_closes_is_named,
		a_peer_that_resets_is_told_in_the_words_of_the_system,
		a_peer_that_is_gone_cannot_be_talked_to,
		a_slow_peer_has_its_time,
		a_peer_that_takes_too_long_is_named,
		a_limit_that_passes_is_reported,
		it_may_go_on_over_another_connection,
	};
	int failed = run_tests("dialogue_client", tests, COUNT(tests));

	return failed != 0;
}
