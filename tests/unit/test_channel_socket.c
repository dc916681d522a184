/* SPDX-License-Identifier: ISC */
/* test_channel_socket.c - a socket as a channel */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "support.h"

static int
option_of(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static void
check_read(struct channel *ch, const char *want)
{
	char got[64];
	ssize_t n = channel_read(ch, got, sizeof(got));

	ck_assert_int_eq(n, (ssize_t)strlen(want));
	ck_assert_mem_eq(got, want, (size_t)n);
}

static void
check_read_result(struct channel *ch, ssize_t want)
{
	char byte;

	ck_assert_int_eq(channel_read(ch, &byte, 1), want);
}

static void
reset(int fd)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

START_TEST(it_owns_a_descriptor_that_never_blocks)
{
	struct channel *ch;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ch = channel_socket(fds[0]);
	ck_assert_int_ne(fcntl(fds[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(ch->rfd, ch->wfd);
	ck_assert_int_eq(ch->rkind, FD_STREAM);
	ck_assert_uint_eq(ch->flags, 0);
	channel_close(ch);
	ck_assert_int_eq(fcntl(fds[0], F_GETFD), -1);
	expect_end(fds[1]);
	close(fds[1]);
}
END_TEST

START_TEST(it_may_get_its_descriptor_later)
{
	struct channel *ch = channel_socket(-1);
	int fds[2];

	ck_assert_int_eq(ch->rfd, -1);
	tcp_pair(fds);
	channel_attach(ch, fds[0]);
	ck_assert_uint_eq(ch->flags, CH_TCP);
	ck_assert_int_eq(option_of(fds[0], IPPROTO_TCP, TCP_NODELAY), 1);
	put(fds[1], "abc");
	ch->rwait = POLLIN;
	channel_await(ch, CH_READ);
	check_read(ch, "abc");
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(a_stream_waits_gives_and_ends)
{
	struct channel *ch;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ch = channel_socket(fds[0]);
	check_read_result(ch, IO_WAIT);
	ck_assert_int_eq(ch->rwait, POLLIN);
	put(fds[1], "abc");
	ck_assert(channel_ready(ch, CH_READ));
	check_read(ch, "abc");
	put(fds[1], "de");
	shutdown(fds[1], SHUT_WR);
	ck_assert(channel_ready(ch, CH_READ));
	check_read(ch, "de");
	ck_assert(channel_ready(ch, CH_READ));
	check_read_result(ch, IO_EOF);
	ck_assert_int_eq(channel_write(ch, "xyz", 3), 3);
	expect(fds[1], "xyz");
	ck_assert_int_eq(channel_shut(ch), 0);
	expect_end(fds[1]);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(a_full_stream_makes_it_wait)
{
	static char block[65536];
	struct channel *ch;
	ssize_t n;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ch = channel_socket(fds[0]);
	while ((n = channel_write(ch, block, sizeof(block))) > 0)
		continue;
	ck_assert_int_eq(n, IO_WAIT);
	ck_assert_int_eq(ch->wwait, POLLOUT);
	ck_assert(!channel_ready(ch, CH_WRITE));
	while (take(fds[1], block, sizeof(block)) > 0)
		continue;
	ck_assert(channel_ready(ch, CH_WRITE));
	ck_assert_int_gt(channel_write(ch, block, 1), 0);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(a_closed_peer_is_an_error_without_a_signal)
{
	struct channel *ch;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ch = channel_socket(fds[0]);
	close(fds[1]);
	signal(SIGPIPE, SIG_DFL);
	ck_assert_int_eq(channel_write(ch, "x", 1), IO_ERROR);
	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(ch->error_code, EPIPE);
	channel_close(ch);
}
END_TEST

START_TEST(a_reset_is_an_error_after_what_came_before_it)
{
	struct channel *ch;
	int fds[2];

	tcp_pair(fds);
	ch = channel_socket(fds[0]);
	put(fds[1], "abc");
	reset(fds[1]);
	ch->rwait = POLLERR;
	channel_await(ch, CH_READ);
	check_read(ch, "abc");
	check_read_result(ch, IO_ERROR);
	ck_assert_int_eq(ch->error_code, ECONNRESET);
	ck_assert_str_eq(ch->error, "Connection reset by peer");
	channel_close(ch);
}
END_TEST

START_TEST(a_check_tells_of_a_reset)
{
	struct channel *ch;
	int fds[2];

	tcp_pair(fds);
	ch = channel_socket(fds[0]);
	ck_assert_int_eq(channel_check(ch), 0);
	ch->rwait = POLLIN;
	reset(fds[1]);
	channel_await(ch, CH_READ);
	ck_assert_int_eq(channel_check(ch), IO_ERROR);
	ck_assert_int_eq(ch->error_code, ECONNRESET);
	channel_close(ch);
}
END_TEST

/* Unacknowledged becomes 0, soon. */
static void
await_acknowledged(struct channel *ch)
{
	int64_t until_ms = clock_ms() + PATIENCE_MS;

	while (channel_unacked(ch) > 0) {
		if (clock_ms() > until_ms)
			ck_abort_msg("not acknowledged");
	}
	ck_assert_int_eq(channel_unacked(ch), 0);
}

START_TEST(what_the_peer_has_not_acknowledged_is_known)
{
	static char block[65536];
	struct channel *ch;
	int fds[2];

	tcp_pair(fds);
	ch = channel_socket(fds[0]);
	ck_assert_int_eq(channel_unacked(ch), 0);
	ck_assert_int_eq(channel_write(ch, "abc", 3), 3);
	await_acknowledged(ch);
	while (channel_write(ch, block, sizeof(block)) > 0)
		continue;
	ck_assert_int_gt(channel_unacked(ch), 0);
	ck_assert_int_eq(channel_shut(ch), 0);
	while (read(fds[1], block, sizeof(block)) > 0)
		continue;
	await_acknowledged(ch);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

/* The system counts our end as one more byte. */
START_TEST(our_end_is_no_byte)
{
	static char block[65536];
	int before, after, fds[2];
	struct channel *ch;
	ssize_t unacked;

	tcp_pair(fds);
	ch = channel_socket(fds[0]);
	while (channel_write(ch, block, sizeof(block)) > 0)
		continue;
	ck_assert_int_eq(channel_shut(ch), 0);
	do {
		ioctl(fds[0], SIOCOUTQ, &before);
		unacked = channel_unacked(ch);
		ioctl(fds[0], SIOCOUTQ, &after);
	} while (before != after);
	ck_assert_int_eq(unacked, after - 1);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(what_a_reset_has_lost_is_an_error)
{
	static char block[65536];
	struct channel *ch;
	int fds[2];

	tcp_pair(fds);
	ch = channel_socket(fds[0]);
	while (channel_write(ch, block, sizeof(block)) > 0)
		continue;
	channel_shut(ch);
	ch->rwait = POLLIN;
	reset(fds[1]);
	channel_await(ch, CH_READ);
	ck_assert_int_eq(channel_unacked(ch), IO_ERROR);
	ck_assert_int_eq(ch->error_code, ECONNRESET);
	channel_close(ch);
}
END_TEST

START_TEST(a_reset_takes_no_words_from_an_earlier_failure)
{
	static char block[65536];
	struct channel *ch;
	int fds[2];

	tcp_pair(fds);
	ch = channel_socket(fds[0]);
	while (channel_write(ch, block, sizeof(block)) > 0)
		continue;
	channel_shut(ch);
	ch->rwait = POLLIN;
	channel_fail(ch, "cut off");
	reset(fds[1]);
	channel_await(ch, CH_READ);
	ck_assert_int_eq(channel_unacked(ch), IO_ERROR);
	ck_assert_str_eq(ch->error, "cut off");
	ck_assert_int_eq(ch->error_code, 0);
	channel_close(ch);
}
END_TEST

START_TEST(a_unix_socket_has_nothing_to_acknowledge)
{
	struct channel *ch;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ch = channel_socket(fds[0]);
	ck_assert_int_eq(channel_write(ch, "abc", 3), 3);
	ck_assert_int_eq(channel_unacked(ch), 0);
	channel_keepalive(ch);
	ck_assert_int_eq(option_of(fds[0], SOL_SOCKET, SO_KEEPALIVE), 0);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

START_TEST(probes_find_out_about_a_vanished_peer)
{
	struct channel *ch;
	int fds[2];

	tcp_pair(fds);
	ch = channel_socket(fds[0]);
	ck_assert_int_eq(option_of(fds[0], SOL_SOCKET, SO_KEEPALIVE), 0);
	channel_keepalive(ch);
	ck_assert_int_eq(option_of(fds[0], SOL_SOCKET, SO_KEEPALIVE), 1);
	ck_assert_int_le(option_of(fds[0], IPPROTO_TCP, TCP_KEEPIDLE), 60);
	ck_assert_int_le(option_of(fds[0], IPPROTO_TCP, TCP_KEEPINTVL), 10);
	ck_assert_int_le(option_of(fds[0], IPPROTO_TCP, TCP_KEEPCNT), 9);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

/* What was sent was not all: the peer must not take it for complete. */
START_TEST(an_abort_is_a_reset)
{
	struct channel *ch;
	char byte;
	int fds[2];

	tcp_pair(fds);
	ch = channel_socket(fds[0]);
	channel_abort(ch);
	ck_assert_int_eq(channel_write(ch, "x", 1), 1);
	await_acknowledged(ch);
	channel_close(ch);
	ck_assert_int_eq(read(fds[1], &byte, 1), 1);
	ck_assert_int_eq(read(fds[1], &byte, 1), -1);
	ck_assert_int_eq(errno, ECONNRESET);
	close(fds[1]);
}
END_TEST

START_TEST(the_end_of_a_reset_connection_is_an_error)
{
	struct channel *ch;
	int fds[2];

	tcp_pair(fds);
	ch = channel_socket(fds[0]);
	ch->rwait = POLLIN;
	reset(fds[1]);
	channel_await(ch, CH_READ);
	ck_assert_int_eq(channel_shut(ch), IO_ERROR);
	ck_assert_int_eq(ch->error_code, ECONNRESET);
	channel_close(ch);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_owns_a_descriptor_that_never_blocks,
		it_may_get_its_descriptor_later,
		a_stream_waits_gives_and_ends,
		a_full_stream_makes_it_wait,
		a_closed_peer_is_an_error_without_a_signal,
		a_reset_is_an_error_after_what_came_before_it,
		a_check_tells_of_a_reset,
		what_the_peer_has_not_acknowledged_is_known,
		our_end_is_no_byte,
		what_a_reset_has_lost_is_an_error,
		a_reset_takes_no_words_from_an_earlier_failure,
		a_unix_socket_has_nothing_to_acknowledge,
		probes_find_out_about_a_vanished_peer,
		an_abort_is_a_reset,
		the_end_of_a_reset_connection_is_an_error,
	};
	int failed = run_tests("channel_socket", tests, COUNT(tests));

	return failed != 0;
}
