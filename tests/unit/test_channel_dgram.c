/* SPDX-License-Identifier: ISC */
/* test_channel_dgram.c - a socket of datagrams or records as a channel */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"

#define DATAGRAM_MAX 65507

static void
check_read(struct channel *ch, const char *want)
{
	char got[64];
	ssize_t n;

	ch->rwait = POLLIN;
	channel_await(ch, CH_READ);
	n = channel_read(ch, got, sizeof(got));
	ck_assert_int_eq(n, (ssize_t)strlen(want));
	ck_assert_mem_eq(got, want, (size_t)n);
}

static void
check_read_result(struct channel *ch, ssize_t want)
{
	char byte;

	ck_assert_int_eq(channel_read(ch, &byte, 1), want);
}

/* A UDP socket of loopback and its address. */
static int
udp_socket(struct sockaddr_in *in)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(*in);

	*in = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	ck_assert_int_eq(bind(fd, (struct sockaddr *)in, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)in, &len), 0);
	return fd;
}

static void
udp_connect(int fd, const struct sockaddr_in *to)
{
	ck_assert_int_eq(
	    connect(fd, (const struct sockaddr *)to, sizeof(*to)), 0);
}

/* Two of them, connected to each other. */
static void
udp_pair(int fds[2])
{
	struct sockaddr_in in[2];

	for (int i = 0; i < 2; i++)
		fds[i] = udp_socket(&in[i]);
	for (int i = 0; i < 2; i++)
		udp_connect(fds[i], &in[!i]);
}

START_TEST(datagrams_keep_their_boundaries)
{
	static const size_t sizes[] = { 1, 0, 1472, 1473, 9000, 0, 65506,
		DATAGRAM_MAX };
	static uint8_t sent[DATAGRAM_MAX], got[DATAGRAM_MAX + 1];
	struct rng rng = rng_of(7);
	struct channel *ch[2];
	int fds[2];

	udp_pair(fds);
	rng_fill(&rng, sent, sizeof(sent));
	for (int i = 0; i < 2; i++)
		ch[i] = channel_socket(fds[i]);
	ck_assert_uint_eq(ch[0]->flags, CH_DGRAM);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		ssize_t n = (ssize_t)sizes[i];

		ck_assert_int_eq(channel_write(ch[0], sent, sizes[i]), n);
		ch[1]->rwait = POLLIN;
		channel_await(ch[1], CH_READ);
		ck_assert_int_eq(channel_read(ch[1], got, sizeof(got)), n);
		ck_assert_mem_eq(got, sent, sizes[i]);
	}
	ck_assert_int_eq(channel_read(ch[1], got, sizeof(got)), IO_WAIT);
	ck_assert_int_eq(
	    channel_write(ch[0], sent, DATAGRAM_MAX), DATAGRAM_MAX);
	ck_assert_int_eq(channel_write(ch[0], got, DATAGRAM_MAX + 1), IO_ERROR);
	ck_assert_int_eq(ch[0]->error_code, EMSGSIZE);
	channel_close(ch[0]);
	channel_close(ch[1]);
}
END_TEST

START_TEST(datagrams_that_are_there_are_read_one_by_one)
{
	struct channel *ch;
	int fds[2];

	pair_of(SOCK_DGRAM, fds);
	ch = channel_socket(fds[0]);
	put(fds[1], "abc");
	put(fds[1], "");
	put(fds[1], "de");
	check_read(ch, "abc");
	check_read(ch, "");
	check_read(ch, "de");
	check_read_result(ch, IO_WAIT);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(a_datagram_that_does_not_fit_is_an_error)
{
	struct channel *ch;
	int fds[2];

	pair_of(SOCK_DGRAM, fds);
	ch = channel_socket(fds[0]);
	put(fds[1], "abc");
	check_read_result(ch, IO_ERROR);
	ck_assert_str_eq(ch->error, "message of 3 bytes is longer than 1");
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(a_datagram_socket_has_no_end_to_tell)
{
	struct channel *ch;
	int fds[2];

	udp_pair(fds);
	ch = channel_socket(fds[0]);
	ck_assert_int_eq(channel_shut(ch), 0);
	put(fds[1], "abc");
	check_read(ch, "abc");
	ck_assert_int_eq(channel_write(ch, "late", 4), 4);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(a_refusal_comes_after_the_datagrams)
{
	struct channel *ch;
	int fds[2];

	udp_pair(fds);
	ch = channel_socket(fds[0]);
	put(fds[1], "one");
	put(fds[1], "");
	put(fds[1], "two");
	close(fds[1]);
	ck_assert_int_eq(channel_write(ch, "x", 1), 1);
	ch->wwait = POLLERR; /* which the refusal brings */
	channel_await(ch, CH_WRITE);
	check_read(ch, "one");
	check_read(ch, "");
	check_read(ch, "two");
	check_read_result(ch, IO_ERROR);
	ck_assert_int_eq(ch->error_code, ECONNREFUSED);
	ck_assert_str_eq(ch->error, "Connection refused");
	channel_close(ch);
}
END_TEST

START_TEST(records_end_and_may_be_empty)
{
	struct channel *ch;
	int fds[2];

	pair_of(SOCK_SEQPACKET, fds);
	ch = channel_socket(fds[0]);
	ck_assert(ch->flags & CH_DGRAM);
	put(fds[1], "abc");
	put(fds[1], "");
	check_read(ch, "abc");
	check_read(ch, "");
	check_read_result(ch, IO_WAIT);
	ck_assert_int_eq(channel_shut(ch), 0);
	expect_end(fds[1]);
	close(fds[1]);
	ck_assert(channel_ready(ch, CH_READ));
	check_read_result(ch, IO_EOF);
	channel_close(ch);
}
END_TEST

START_TEST(an_empty_record_is_not_the_end_of_a_peer_that_has_closed)
{
	struct channel *ch;
	int fds[2];

	pair_of(SOCK_SEQPACKET, fds);
	ch = channel_socket(fds[0]);
	put(fds[1], "abc");
	put(fds[1], "");
	put(fds[1], "de");
	close(fds[1]);
	check_read(ch, "abc");
	check_read(ch, "");
	check_read(ch, "de");
	check_read_result(ch, IO_EOF);
	channel_close(ch);
}
END_TEST

START_TEST(what_others_sent_before_is_dropped)
{
	struct sockaddr_in server, first, second;
	int fd = udp_socket(&server), peer = udp_socket(&first);
	int other = udp_socket(&second);
	struct channel *ch;

	udp_connect(peer, &server);
	udp_connect(other, &server);
	put(other, "other");
	put(peer, "one");
	put(other, "");
	put(peer, "");
	put(other, "other");
	udp_connect(fd, &first);
	ch = channel_socket(fd);
	channel_only_peer(ch, &first, sizeof(first));
	check_read(ch, "one");
	check_read(ch, "");
	check_read_result(ch, IO_WAIT);
	put(peer, "two");
	check_read(ch, "two");
	channel_close(ch);
	close(peer);
	close(other);
}
END_TEST

/* One message, and a descriptor with it. */
static void
send_with_descriptor(int to, const char *text, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { .iov_base = (void *)(uintptr_t)text,
		.iov_len = strlen(text) };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&msg);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	ck_assert_int_eq(sendmsg(to, &msg, 0), (ssize_t)iov.iov_len);
}

/* A peer cannot fill our table of descriptors. */
START_TEST(descriptors_that_are_sent_are_not_taken)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };

	for (size_t i = 0; i < COUNT(types); i++) {
		struct channel *ch;
		int fds[2], next;

		pair_of(types[i], fds);
		ch = channel_socket(fds[0]);
		next = dup(fds[1]);
		close(next);
		send_with_descriptor(fds[1], "abc", fds[1]);
		check_read(ch, "abc");
		ck_assert_msg(fcntl(next, F_GETFD) == -1,
		    "socket of type %d took one", types[i]);
		channel_close(ch);
		close(fds[1]);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		datagrams_keep_their_boundaries,
		datagrams_that_are_there_are_read_one_by_one,
		a_datagram_that_does_not_fit_is_an_error,
		a_datagram_socket_has_no_end_to_tell,
		a_refusal_comes_after_the_datagrams,
		records_end_and_may_be_empty,
		an_empty_record_is_not_the_end_of_a_peer_that_has_closed,
		descriptors_that_are_sent_are_not_taken,
		what_others_sent_before_is_dropped,
	};
	int failed = run_tests("channel_dgram", tests, COUNT(tests));

	return failed != 0;
}
