/* SPDX-License-Identifier: ISC */
/* test_readiness_fd.c - a descriptor is told that the listener listens */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

#include "clock.h"
#include "readiness_rig.h"
#include "support.h"

START_TEST(the_descriptor_gets_the_line_and_ends)
{
	struct readiness_rig r;
	int fds[2];

	readiness_rig_init(&r);
	ck_assert_int_eq(pipe(fds), 0);
	r.options.ready_fd = fds[1];
	readiness_rig_check(&r, STATUS_OK);
	ck_assert_str_eq(r.said, "");
	ck_assert_int_eq(fcntl(fds[1], F_GETFD), FD_CLOEXEC);
	expect_none(fds[0]);
	readiness_rig_tell(&r, "51234", STATUS_OK);
	expect(fds[0], "51234\n");
	expect_end(fds[0]);
	ck_assert_int_eq(fcntl(fds[1], F_GETFD), -1);
	close(fds[0]);
	readiness_rig_free(&r);
}
END_TEST

START_TEST(stdio_stays_open)
{
	struct capture c;
	enum status result;
	char text[64];
	struct readiness_rig r;

	readiness_rig_init(&r);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		r.options.ready_fd = fd;
		capture_start(&c, fd);
		result = readiness_check(&r.options);
		ck_assert_int_eq(fcntl(fd, F_GETFD), 0);
		if (result == STATUS_OK)
			result =
			    readiness_tell(&r.readiness, &r.options, "51234");
		ck_assert_int_eq(fcntl(fd, F_GETFD), 0);
		capture_end(&c, text, sizeof(text));
		ck_assert_int_eq(result, STATUS_OK);
		ck_assert_str_eq(text, "51234\n");
	}
	readiness_rig_free(&r);
}
END_TEST

START_TEST(a_descriptor_that_cannot_be_written_to_is_told_at_once)
{
	char words[128];
	struct readiness_rig r;
	int fds[2];

	readiness_rig_init(&r);
	pipe_pair(fds);
	r.options.ready_fd = fds[0];
	readiness_rig_check(&r, STATUS_USAGE);
	snprintf(words, sizeof(words),
	    "ncx: --ready-fd \"%d\": expected a descriptor that is open for "
	    "writing\n",
	    fds[0]);
	ck_assert_str_eq(r.said, words);
	close_pair(fds);
	r.options.ready_fd = INT_MAX;
	readiness_rig_check(&r, STATUS_USAGE);
	ck_assert_str_eq(r.said,
	    "ncx: --ready-fd \"2147483647\": expected an open descriptor\n");
	readiness_rig_free(&r);
}
END_TEST

START_TEST(a_failing_write_is_an_error)
{
	struct readiness_rig r;
	int fds[2];

	readiness_rig_init(&r);
	pipe_pair(fds);
	close(fds[0]);
	readiness_rig_broken(&r, fds[1], "Broken pipe");
	readiness_rig_broken(
	    &r, open("/dev/full", O_WRONLY), "No space left on device");
	readiness_rig_free(&r);
}
END_TEST

static void
fill_pipe(int fd)
{
	static const char zeros[PIPE_BUF];

	set_nonblocking(fd);
	while (write(fd, zeros, sizeof(zeros)) > 0)
		continue;
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
}

static void
note_alarm(int signal_number)
{
	(void)signal_number;
}

/* Nobody reads, the descriptor is one that blocks, and a signal interrupts
 * again and again. */
START_TEST(a_full_pipe_does_not_hang)
{
	struct itimerval often = { .it_interval.tv_usec = 20000,
		.it_value.tv_usec = 20000 };
	const struct itimerval never = { 0 };
	struct sigaction act = { .sa_handler = note_alarm };
	int64_t start_ms = clock_ms();
	struct readiness_rig r;
	int fds[2];

	readiness_rig_init(&r);
	sigaction(SIGALRM, &act, NULL);
	pipe_pair(fds);
	fill_pipe(fds[1]);
	setitimer(ITIMER_REAL, &often, NULL);
	readiness_rig_broken(&r, fds[1], "Resource temporarily unavailable");
	setitimer(ITIMER_REAL, &never, NULL);
	ck_assert_int_ge(clock_ms() - start_ms, READINESS_ROOM_MS);
	close(fds[0]);
	readiness_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_descriptor_gets_the_line_and_ends,
		stdio_stays_open,
		a_descriptor_that_cannot_be_written_to_is_told_at_once,
		a_failing_write_is_an_error,
		a_full_pipe_does_not_hang,
	};
	int failed = run_tests("readiness_fd", tests, COUNT(tests));

	return failed != 0;
}
