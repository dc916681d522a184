/* SPDX-License-Identifier: ISC */
/* test_dgram_peers_ends.c - peers that leave, and who makes them */
#include <errno.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"
#include "peers_rig.h"
#include "talk.h"

START_TEST(a_refused_peer_leaves_nothing)
{
	struct peers_rig r;
	int fds[2];

	peers_rig_init(&r, 1);
	peers_rig_add(&r, "127.0.0.1");
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = peers_rig_client(&r, NULL);
	peers_rig_text(&r, fds[0], "stays");
	r.now_ms += PEER_SILENT_MS;
	r.refuse = true;
	peers_rig_text(&r, fds[1], "refused");
	peers_rig_text(&r, fds[1], "again");
	ck_assert_uint_eq(r.count, 3);
	expect_datagram(r.ch[0], "stays", 5);
	expect_no_datagram(r.ch[0]);
	close_pair(fds);
	peers_rig_free(&r);
}
END_TEST

START_TEST(at_the_limit_the_longest_silent_makes_room)
{
	struct peers_rig r;
	int fds[3];
	char byte;

	peers_rig_init(&r, 2);
	peers_rig_add(&r, "127.0.0.1");
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = peers_rig_client(&r, NULL);
	peers_rig_text(&r, fds[0], "a");
	r.now_ms += 1;
	peers_rig_text(&r, fds[1], "b");
	r.now_ms += 1;
	peers_rig_text(&r, fds[0], "a again");
	r.now_ms += PEER_SILENT_MS - 2;
	peers_rig_text(&r, fds[2], "too early");
	ck_assert_uint_eq(r.count, 2);
	r.now_ms += 1;
	expect_datagram(r.ch[0], "a", 1);
	expect_datagram(r.ch[1], "b", 1);
	expect_no_datagram(r.ch[1]);
	peers_rig_text(&r, fds[2], "c");
	ck_assert_uint_eq(r.count, 3);
	expect_datagram(r.ch[0], "a again", 7);
	expect_no_datagram(r.ch[0]);
	expect_datagram(r.ch[2], "c", 1);
	ck_assert_int_eq(r.ch[1]->rwait, 0);
	ck_assert_int_eq(channel_read(r.ch[1], &byte, 1), IO_EOF);
	ck_assert(r.ch[1]->lost);
	ck_assert(!r.ch[0]->lost);
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	peers_rig_free(&r);
}
END_TEST

START_TEST(no_room_is_said_once)
{
	struct capture c;
	struct peers_rig r;
	char text[256];
	int fds[2];

	peers_rig_init(&r, 1);
	peers_rig_add(&r, "127.0.0.1");
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = peers_rig_client(&r, NULL);
	log_set_level(1);
	capture_start(&c, STDERR_FILENO);
	for (int i = 0; i < 4; i++)
		peers_rig_text(&r, fds[i != 0], "x");
	capture_end(&c, text, sizeof(text));
	log_set_level(0);
	ck_assert_str_eq(text, "no room for another peer\n");
	ck_assert_uint_eq(r.count, 1);
	close_pair(fds);
	peers_rig_free(&r);
}
END_TEST

/* A session that had a peer and its own input: both end. */
START_TEST(a_session_ends_with_its_place)
{
	struct peers_rig r;
	struct talk t;
	int fds[2];

	peers_rig_init(&r, 1);
	peers_rig_add(&r, "127.0.0.1");
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = peers_rig_client(&r, NULL);
	peers_rig_text(&r, fds[0], "first");
	talk_with(&t, r.ch[0], -1);
	r.ch[0] = NULL;
	put(t.in, "answer");
	ck_assert(talk_at(&t, 0));
	expect(t.out, "first");
	expect(fds[0], "answer");
	peers_rig_text(&r, fds[0], "more");
	r.now_ms += PEER_SILENT_MS;
	peers_rig_text(&r, fds[1], "second");
	ck_assert_uint_eq(r.count, 2);
	ck_assert(!talk_at(&t, 1));
	ck_assert_int_eq(t.result, RELAY_OVER);
	ck_assert_int_eq(t.in_fault, FLOW_FINE);
	ck_assert_int_eq(t.out_fault, FLOW_FINE);
	expect(t.out, "more");
	talk_free(&t);
	close_pair(fds);
	peers_rig_free(&r);
}
END_TEST

/* A datagram wakes a session that sleeps, and there is no end to wait for:
 * what is queued is all that -q hears. */
START_TEST(a_session_hears_what_comes_and_leaves_by_its_clock)
{
	struct peers_rig r;
	struct talk t;
	int fd;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	fd = peers_rig_client(&r, NULL);
	peers_rig_text(&r, fd, "first");
	talk_with(&t, r.ch[0], -1);
	r.ch[0] = NULL;
	t.r->quit_ms = 500;
	ck_assert(talk_at(&t, 0));
	expect(t.out, "first");
	peers_rig_text(&r, fd, "second");
	ck_assert(talk_at(&t, 100));
	expect(t.out, "second");
	talk_close(&t.in);
	ck_assert(talk_at(&t, 200));
	ck_assert(talk_at(&t, 699));
	peers_rig_text(&r, fd, "last");
	ck_assert(!talk_at(&t, 700));
	expect(t.out, "last");
	talk_free(&t);
	close(fd);
	peers_rig_free(&r);
}
END_TEST

START_TEST(silence_ends_a_session_of_its_own)
{
	struct peers_rig r;
	struct talk t;
	int fd;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	fd = peers_rig_client(&r, NULL);
	peers_rig_text(&r, fd, "x");
	talk_with(&t, r.ch[0], -1);
	r.ch[0] = NULL;
	t.r->idle_ms = 100;
	ck_assert(talk_at(&t, 0));
	ck_assert(talk_at(&t, 90));
	ck_assert_int_le(t.bench.deadline_ms, t.start_ms + 100);
	ck_assert(!talk_at(&t, 100));
	ck_assert_int_eq(t.result, RELAY_IDLE);
	peers_rig_text(&r, fd, "back");
	ck_assert_uint_eq(r.count, 2);
	talk_free(&t);
	close(fd);
	peers_rig_free(&r);
}
END_TEST

START_TEST(there_is_no_end_to_tell)
{
	struct peers_rig r;
	int fd;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	fd = peers_rig_client(&r, NULL);
	peers_rig_text(&r, fd, "x");
	ck_assert_int_eq(channel_shut(r.ch[0]), 0);
	expect_datagram(r.ch[0], "x", 1);
	ck_assert_int_eq(channel_write(r.ch[0], "still here", 10), 10);
	expect(fd, "still here");
	close(fd);
	peers_rig_free(&r);
}
END_TEST

START_TEST(a_peer_that_is_gone_harms_nobody)
{
	struct peers_rig r;
	int fds[2];

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = peers_rig_client(&r, NULL);
	peers_rig_text(&r, fds[0], "one");
	close(fds[0]);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(channel_write(r.ch[0], "x", 1), 1);
	peers_rig_text(&r, fds[1], "two");
	expect_datagram(r.ch[1], "two", 3);
	expect_datagram(r.ch[0], "one", 3);
	expect_no_datagram(r.ch[0]);
	close(fds[1]);
	peers_rig_free(&r);
}
END_TEST

START_TEST(a_path_that_is_gone_harms_nobody)
{
	struct capture c;
	struct peers_rig r;
	char text[256];
	int fd;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "unix");
	fd = peers_rig_named(&r, "client");
	peers_rig_text(&r, fd, "abc");
	close(fd);
	log_set_level(1);
	capture_start(&c, STDERR_FILENO);
	ck_assert_int_eq(channel_write(r.ch[0], "x", 1), 1);
	unlink(temp_path(r.folder, "client"));
	ck_assert_int_eq(channel_write(r.ch[0], "xy", 2), 2);
	capture_end(&c, text, sizeof(text));
	log_set_level(0);
	ck_assert_str_eq(text,
	    "datagram of 1 bytes not sent: Connection refused\n"
	    "datagram of 2 bytes not sent: No such file or directory\n");
	expect_datagram(r.ch[0], "abc", 3);
	peers_rig_free(&r);
}
END_TEST

/* It does not read its answers: they are dropped, and nobody waits. */
START_TEST(a_path_that_does_not_read_stops_nobody)
{
	struct peers_rig r;
	int fd;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "unix");
	fd = peers_rig_named(&r, "client");
	peers_rig_text(&r, fd, "abc");
	for (int i = 0; i < 2000; i++) {
		if (channel_write(r.ch[0], "answer", 6) != 6)
			ck_abort_msg("stopped at %d", i);
	}
	ck_assert_int_eq(r.ch[0]->wwait, 0);
	expect(fd, "answer");
	close(fd);
	peers_rig_free(&r);
}
END_TEST

/* They share a channel, and what is written to it goes nowhere. */
START_TEST(those_without_a_name_are_one)
{
	struct peers_rig r;
	int fds[2];

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "unix");
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = peers_rig_client(&r, NULL);
	peers_rig_text(&r, fds[0], "one");
	peers_rig_text(&r, fds[1], "two");
	ck_assert_uint_eq(r.count, 1);
	ck_assert_uint_eq(r.from[0].len, 0);
	expect_datagram(r.ch[0], "one", 3);
	expect_datagram(r.ch[0], "two", 3);
	ck_assert_int_eq(channel_write(r.ch[0], "answer", 6), 6);
	expect_none(fds[0]);
	close_pair(fds);
	peers_rig_free(&r);
}
END_TEST

/* An abstract name is one as well. */
START_TEST(an_abstract_name_is_answered)
{
	const struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct peers_rig r;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "unix");
	ck_assert_int_eq(
	    bind(fd, (const struct sockaddr *)&un, sizeof(un.sun_family)), 0);
	ck_assert_int_eq(
	    connect(fd, (struct sockaddr *)&r.at[0].addr, r.at[0].len), 0);
	peers_rig_text(&r, fd, "hello");
	ck_assert_uint_gt(r.from[0].len, sizeof(un.sun_family));
	ck_assert_int_eq(channel_write(r.ch[0], "answer", 6), 6);
	expect(fd, "answer");
	close(fd);
	peers_rig_free(&r);
}
END_TEST

/* A Unix datagram can bring descriptors, which nobody asked for. */
START_TEST(descriptors_that_come_along_are_not_taken)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
			  .cmsg_level = SOL_SOCKET,
			  .cmsg_type = SCM_RIGHTS } };
	struct msghdr msg = { .msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct peers_rig r;
	int pipe[2], fd;
	char byte;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "unix");
	fd = peers_rig_client(&r, NULL);
	pipe_pair(pipe);
	memcpy(CMSG_DATA(&control.head), &pipe[1], sizeof(int));
	ck_assert_int_eq(sendmsg(fd, &msg, 0), 0);
	peers_rig_hear(&r, 0);
	expect_datagram(r.ch[0], "", 0);
	close(pipe[1]);
	ck_assert_int_eq(read(pipe[0], &byte, 1), 0);
	close(pipe[0]);
	close(fd);
	peers_rig_free(&r);
}
END_TEST

/* The channels that are left read what they have, and may still answer. */
START_TEST(closed_the_channels_end)
{
	struct peers_rig r;
	char byte;
	int fd;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	fd = peers_rig_client(&r, NULL);
	peers_rig_text(&r, fd, "last");
	dgram_peers_close(r.peers);
	r.peers = NULL;
	expect_datagram(r.ch[0], "last", 4);
	ck_assert_int_eq(channel_write(r.ch[0], "answer", 6), 6);
	expect(fd, "answer");
	ck_assert_int_eq(channel_read(r.ch[0], &byte, 1), IO_EOF);
	ck_assert_int_eq(channel_read(r.ch[0], &byte, 1), IO_EOF);
	close(fd);
	peers_rig_free(&r);
}
END_TEST

/* The first peer was enough. */
START_TEST(they_may_be_closed_by_who_is_given_a_peer)
{
	struct peers_rig r;
	int fds[2];

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	r.close = true;
	for (size_t i = 0; i < COUNT(fds); i++) {
		fds[i] = peers_rig_client(&r, NULL);
		put(fds[i], "x");
	}
	peers_rig_hear(&r, 0);
	ck_assert_uint_eq(r.count, 1);
	expect_datagram(r.ch[0], "x", 1);
	close_pair(fds);
	peers_rig_free(&r);
}
END_TEST

/* A socket that cannot be read is an error, not a datagram. */
START_TEST(a_broken_socket_is_an_error)
{
	int file = file_of("", 0);
	struct peers_rig r;

	peers_rig_init(&r, 0);
	peers_rig_add(&r, "127.0.0.1");
	ck_assert_int_eq(dup2(file, r.fds[0]), r.fds[0]);
	ck_assert_int_eq(dgram_peers_receive(r.peers, 0, r.now_ms), -1);
	ck_assert_int_eq(errno, ENOTSOCK);
	close(file);
	peers_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_refused_peer_leaves_nothing,
		at_the_limit_the_longest_silent_makes_room,
		no_room_is_said_once,
		a_session_ends_with_its_place,
		a_session_hears_what_comes_and_leaves_by_its_clock,
		silence_ends_a_session_of_its_own,
		there_is_no_end_to_tell,
		a_peer_that_is_gone_harms_nobody,
		a_path_that_is_gone_harms_nobody,
		a_path_that_does_not_read_stops_nobody,
		those_without_a_name_are_one,
		an_abstract_name_is_answered,
		descriptors_that_come_along_are_not_taken,
		closed_the_channels_end,
		they_may_be_closed_by_who_is_given_a_peer,
		a_broken_socket_is_an_error,
	};
	int failed = run_tests("dgram_peers_ends", tests, COUNT(tests));

	return failed != 0;
}
