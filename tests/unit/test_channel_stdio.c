/* SPDX-License-Identifier: ISC */
/* test_channel_stdio.c - our own input and output as a channel */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

#include "support.h"

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

START_TEST(a_file_is_read_to_its_end)
{
	int fd = file_of("abc", 3);
	struct channel *ch = channel_stdio(fd, -1);

	ck_assert_int_eq(ch->rkind, FD_FILE);
	ck_assert_int_eq(ch->rwait, 0);
	check_read(ch, "abc");
	ck_assert_int_eq(ch->rwait, 0);
	check_read_result(ch, IO_EOF);
	channel_close(ch);
	ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
	close(fd);
}
END_TEST

START_TEST(a_pipe_waits_and_ends)
{
	struct channel *ch;
	int fds[2];

	pipe_pair(fds);
	ch = channel_stdio(fds[0], -1);
	ck_assert_int_eq(ch->rkind, FD_PIPE);
	ck_assert_int_eq(ch->rwait, POLLIN);
	put(fds[1], "abc");
	ck_assert(channel_ready(ch, CH_READ));
	check_read(ch, "abc");
	ck_assert_int_eq(ch->rwait, POLLIN);
	check_read_result(ch, IO_WAIT);
	ck_assert_int_eq(ch->rwait, POLLIN);
	close(fds[1]);
	ck_assert(channel_ready(ch, CH_READ));
	check_read_result(ch, IO_EOF);
	channel_close(ch);
	close(fds[0]);
}
END_TEST

/* Everything is delivered, and no call waits for the reader. */
START_TEST(a_full_pipe_makes_it_wait)
{
	static char block[50000], got[sizeof(block)];
	size_t put_len = 0, got_len = 0;
	struct channel *ch;
	ssize_t n;
	int fds[2];

	pipe_pair(fds);
	ch = channel_stdio(-1, fds[1]);
	ck_assert_int_eq(ch->wkind, FD_PIPE);
	while ((n = channel_write(ch, block, sizeof(block))) > 0)
		put_len += (size_t)n;
	ck_assert_int_eq(n, IO_WAIT);
	ck_assert_int_eq(ch->wwait, POLLOUT);
	ck_assert_uint_gt(put_len, sizeof(block));
	ck_assert(!channel_ready(ch, CH_WRITE));
	while (got_len < put_len) {
		n = take(fds[0], got, sizeof(got));
		ck_assert_int_gt(n, 0);
		got_len += (size_t)n;
	}
	ck_assert(channel_ready(ch, CH_WRITE));
	ck_assert_int_gt(channel_write(ch, block, sizeof(block)), 0);
	channel_close(ch);
	close_pair(fds);
}
END_TEST

START_TEST(a_closed_reader_is_an_error)
{
	struct channel *ch;
	int fds[2];

	pipe_pair(fds);
	close(fds[0]);
	ch = channel_stdio(-1, fds[1]);
	ck_assert_int_eq(channel_write(ch, "x", 1), IO_ERROR);
	ck_assert_int_eq(ch->error_code, EPIPE);
	channel_close(ch);
	close(fds[1]);
}
END_TEST

static void
check_flags_unchanged(int rfd, int wfd)
{
	int before[] = { fcntl(rfd, F_GETFL), fcntl(wfd, F_GETFL) };
	struct channel *ch = channel_stdio(rfd, wfd);
	char byte;

	ck_assert_int_eq(channel_write(ch, "x", 1), 1);
	channel_read(ch, &byte, 1);
	channel_read(ch, &byte, 1);
	channel_close(ch);
	ck_assert_int_eq(fcntl(rfd, F_GETFL), before[0]);
	ck_assert_int_eq(fcntl(wfd, F_GETFL), before[1]);
}

START_TEST(the_borrowed_descriptors_stay_as_they_are)
{
	int fds[2], other[2];

	pipe_pair(fds);
	put(fds[1], "y");
	check_flags_unchanged(fds[0], fds[1]);
	set_nonblocking(fds[0]);
	check_flags_unchanged(fds[0], fds[1]);
	close_pair(fds);
	pair_of(SOCK_STREAM, other);
	put(other[1], "y");
	check_flags_unchanged(other[0], other[0]);
	close_pair(other);
}
END_TEST

START_TEST(a_socket_serves_as_stdio)
{
	struct channel *ch;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	ch = channel_stdio(fds[0], fds[0]);
	check_read_result(ch, IO_WAIT);
	put(fds[1], "abc");
	ck_assert(channel_ready(ch, CH_READ));
	check_read(ch, "abc");
	ck_assert_int_eq(channel_write(ch, "xyz", 3), 3);
	expect(fds[1], "xyz");
	close(fds[1]);
	ck_assert(channel_ready(ch, CH_READ));
	check_read_result(ch, IO_EOF);
	ck_assert_int_eq(channel_write(ch, "x", 1), IO_ERROR);
	ck_assert_int_eq(ch->error_code, EPIPE);
	channel_close(ch);
	close(fds[0]);
}
END_TEST

/* As under sshd(8): the shell that started us will write to the same socket. */
START_TEST(the_end_of_a_shared_socket_is_ours_alone)
{
	struct channel *ch;
	int fds[2], shell;

	pair_of(SOCK_STREAM, fds);
	shell = dup(fds[0]);
	ch = channel_stdio(-1, fds[0]);
	ck_assert_int_eq(channel_write(ch, "x", 1), 1);
	ck_assert_int_eq(channel_shut(ch), 0);
	expect(fds[1], "x");
	expect_none(fds[1]);
	put(shell, "y");
	expect(fds[1], "y");
	close(shell);
	expect_end(fds[1]);
	channel_close(ch);
	close_pair(fds);
}
END_TEST

START_TEST(a_terminal_is_read_by_lines_and_left_alone)
{
	struct termios before = { 0 }, after = { 0 };
	struct channel *ch;
	int master, slave;

	ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
	tcgetattr(slave, &before);
	ch = channel_stdio(slave, slave);
	ck_assert_int_eq(ch->rkind, FD_OTHER);
	ck_assert_int_eq(ch->rwait, POLLIN);
	put(master, "ab\nc");
	channel_await(ch, CH_READ);
	check_read(ch, "ab\n");
	ck_assert(!channel_ready(ch, CH_READ));
	ck_assert_int_eq(channel_write(ch, "x", 1), 1);
	put(master, "\004\004");
	channel_await(ch, CH_READ);
	check_read(ch, "c");
	channel_await(ch, CH_READ);
	check_read_result(ch, IO_EOF);
	channel_close(ch);
	tcgetattr(slave, &after);
	ck_assert_uint_eq(before.c_iflag, after.c_iflag);
	ck_assert_uint_eq(before.c_oflag, after.c_oflag);
	ck_assert_uint_eq(before.c_lflag, after.c_lflag);
	ck_assert_mem_eq(before.c_cc, after.c_cc, sizeof(before.c_cc));
	ck_assert_int_eq(fcntl(slave, F_GETFL) & O_NONBLOCK, 0);
	close(master);
	close(slave);
}
END_TEST

static volatile sig_atomic_t slept;

static void
note_sleep(int number)
{
	(void)number;
	slept = 1;
}

/* Writes to a terminal that nobody reads, until the channel says wait. */
static void
fill_terminal(const char *block, size_t size)
{
	int master, slave;
	struct channel *ch;
	ssize_t n;

	ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
	ch = channel_stdio(-1, slave);
	while ((n = channel_write(ch, block, size)) > 0)
		continue;
	ck_assert_int_eq(n, IO_WAIT);
	ck_assert_int_eq(ch->wwait, POLLOUT);
	channel_close(ch);
	close(master);
	close(slave);
}

/* No call may sleep until the terminal is read; a signal ends one that does. */
START_TEST(a_full_terminal_makes_it_wait)
{
	const struct sigaction action = { .sa_handler = note_sleep };
	const struct itimerval limit = { .it_value.tv_sec = 5 };
	static char block[100000];

	memset(block, 'x', sizeof(block));
	sigaction(SIGALRM, &action, NULL);
	for (int try = 0; try < 20; try++) {
		setitimer(ITIMER_REAL, &limit, NULL);
		fill_terminal(block, try % 2 == 0 ? sizeof(block) : 1000);
		ck_assert_msg(!slept, "a write sleeps");
	}
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
	signal(SIGALRM, SIG_DFL);
}
END_TEST

START_TEST(a_folder_cannot_be_read)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct channel *ch = channel_stdio(fd, -1);

	ck_assert(channel_ready(ch, CH_READ));
	check_read_result(ch, IO_ERROR);
	ck_assert_int_eq(ch->error_code, EISDIR);
	channel_close(ch);
	close(fd);
}
END_TEST

START_TEST(a_full_device_is_an_error)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct channel *ch = channel_stdio(-1, fd);

	ck_assert_int_eq(channel_write(ch, "x", 1), IO_ERROR);
	ck_assert_int_eq(ch->error_code, ENOSPC);
	channel_close(ch);
	close(fd);
}
END_TEST

START_TEST(the_null_device_is_known)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct channel *ch = channel_stdio(fd, fd);

	ck_assert_int_eq(ch->rkind, FD_NULL);
	ck_assert_int_eq(ch->wkind, FD_NULL);
	ck_assert_int_eq(channel_write(ch, "abc", 3), 3);
	check_read_result(ch, IO_EOF);
	channel_close(ch);
	close(fd);
}
END_TEST

START_TEST(a_file_may_be_appended_to)
{
	int fd = file_of("abc", 3);
	struct channel *ch;
	char got[8];

	fcntl(fd, F_SETFL, O_APPEND);
	ch = channel_stdio(fd, fd);
	ck_assert_int_eq(ch->rkind, FD_FILE);
	ck_assert_int_eq(ch->wkind, FD_OTHER); /* refuses splice(2) */
	ck_assert_int_eq(channel_write(ch, "def", 3), 3);
	ck_assert_uint_eq(file_bytes(fd, got, sizeof(got)), 6);
	ck_assert_mem_eq(got, "abcdef", 6);
	channel_close(ch);
	close(fd);
}
END_TEST

START_TEST(a_sealed_file_is_an_error)
{
	int fd = file_of("abc", 3);
	struct channel *ch = channel_stdio(-1, fd);

	fcntl(fd, F_ADD_SEALS, F_SEAL_GROW);
	ck_assert_int_eq(channel_write(ch, "xyz", 3), 3);
	ck_assert_int_eq(channel_write(ch, "uvw", 3), IO_ERROR);
	ck_assert_int_eq(ch->error_code, EPERM);
	channel_close(ch);
	close(fd);
}
END_TEST

START_TEST(a_missing_output_takes_all)
{
	struct channel *ch = channel_stdio(-1, -1);

	ck_assert_int_eq(channel_write(ch, "abc", 3), 3);
	ck_assert_int_eq(channel_shut(ch), 0);
	channel_close(ch);
}
END_TEST

START_TEST(the_end_of_the_output_is_seen_and_its_number_stays_taken)
{
	struct stat st, null;
	struct channel *ch;
	int fds[2];

	pipe_pair(fds);
	ch = channel_stdio(-1, fds[1]);
	ck_assert_int_eq(channel_write(ch, "x", 1), 1);
	ck_assert_int_eq(channel_shut(ch), 0);
	expect(fds[0], "x");
	expect_end(fds[0]);
	ck_assert_int_eq(fstat(fds[1], &st), 0);
	ck_assert_int_eq(stat("/dev/null", &null), 0);
	ck_assert_uint_eq(st.st_rdev, null.st_rdev);
	channel_close(ch);
	close_pair(fds);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_file_is_read_to_its_end,
		a_pipe_waits_and_ends,
		a_full_pipe_makes_it_wait,
		a_closed_reader_is_an_error,
		the_borrowed_descriptors_stay_as_they_are,
		a_socket_serves_as_stdio,
		the_end_of_a_shared_socket_is_ours_alone,
		a_terminal_is_read_by_lines_and_left_alone,
		a_full_terminal_makes_it_wait,
		a_folder_cannot_be_read,
		a_full_device_is_an_error,
		the_null_device_is_known,
		a_file_may_be_appended_to,
		a_sealed_file_is_an_error,
		a_missing_output_takes_all,
		the_end_of_the_output_is_seen_and_its_number_stays_taken,
	};
	int failed = run_tests("channel_stdio", tests, COUNT(tests));

	return failed != 0;
}
