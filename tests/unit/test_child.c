/* SPDX-License-Identifier: ISC */
/* test_child.c - another program as a channel */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "talk.h"

#define MEGA ((size_t)1000 * 1000)

/* A program, and what is known of it. */
struct rig {
	struct loop loop;
	struct channel *ch; /* NULL: closed */
	unsigned ends;      /* calls of note_end() */
	int status;
	int64_t start_ms;
	size_t descriptors; /* before */
};

static size_t
count_descriptors(void)
{
	size_t count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

static void
note_end(int status, void *arg)
{
	struct rig *r = arg;

	r->ends++;
	r->status = status;
}

static struct channel *
run(struct rig *r, const char *const *argv)
{
	struct child_request request = {
		.argv = argv, .envp = environ, .mask = &r->loop.before
	};

	return child_start(&r->loop, &request, note_end, r);
}

static void
rig_init(struct rig *r)
{
	*r = (struct rig){ .descriptors = count_descriptors() };
	r->start_ms = clock_ms();
	ck_assert_int_eq(loop_init(&r->loop), 0);
}

/* A shell runs it. */
static void
rig_run(struct rig *r, const char *script)
{
	const char *argv[] = { "sh", "-c", script, NULL };

	rig_init(r);
	r->ch = run(r, argv);
	ck_assert_ptr_nonnull(r->ch);
}

static void
rig_close(struct rig *r)
{
	channel_close(r->ch);
	r->ch = NULL;
}

/* Nothing stays: no process, no descriptor. */
static void
check_clean(const struct rig *r)
{
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_uint_eq(count_descriptors(), r->descriptors);
}

/* Closed, and the loop runs until the program is gone; ms since the start. */
static int64_t
rig_end(struct rig *r)
{
	rig_close(r);
	ck_assert_int_eq(drive(&r->loop), 0);
	ck_assert_uint_eq(r->ends, 1);
	check_clean(r);
	return clock_ms() - r->start_ms;
}

/* To the end of its output; how many of the bytes are in text. */
static size_t
read_all(struct channel *ch, char *text, size_t size)
{
	size_t len = 0;
	ssize_t got;

	while ((got = channel_read(ch, text + len, size - 1 - len)) != IO_EOF) {
		ck_assert_int_ne(got, IO_ERROR);
		if (got == IO_WAIT)
			channel_await(ch, CH_READ);
		len += got > 0 ? (size_t)got : 0;
		ck_assert_uint_lt(len, size - 1);
	}
	text[len] = '\0';
	return len;
}

static void
check_output(struct rig *r, const char *want)
{
	char text[4096];

	read_all(r->ch, text, sizeof(text));
	ck_assert_str_eq(text, want);
}

/* The next line that it says. */
static void
read_line(struct channel *ch, char *text, size_t size)
{
	size_t len = 0;

	while (len == 0 || text[len - 1] != '\n') {
		ssize_t got = channel_read(ch, text + len, 1);

		ck_assert_int_ne(got, IO_ERROR);
		ck_assert_int_ne(got, IO_EOF);
		if (got == IO_WAIT)
			channel_await(ch, CH_READ);
		len += got > 0 ? 1 : 0;
		ck_assert_uint_lt(len, size);
	}
	text[len - 1] = '\0';
}

static void
await_line(struct rig *r, const char *want)
{
	char text[128];

	read_line(r->ch, text, sizeof(text));
	ck_assert_str_eq(text, want);
}

/* A process that it tells the number of. */
static pid_t
read_pid(struct rig *r)
{
	char text[32];

	read_line(r->ch, text, sizeof(text));
	return (pid_t)strtol(text, NULL, 10);
}

/* True: nobody, or one whose new parent has yet to reap it. */
static bool
is_gone(pid_t pid)
{
	char path[64], text[512] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return true;
	ck_assert_int_ge(read(fd, text, sizeof(text) - 1), -1);
	close(fd);
	return text[0] == '\0' || strstr(text, ") Z ") != NULL ||
	    strstr(text, ") X ") != NULL;
}

static void
check_gone(pid_t pid)
{
	int64_t until_ms = clock_ms() + PATIENCE_MS;

	while (!is_gone(pid)) {
		if (clock_ms() > until_ms)
			ck_abort_msg("%d is still there", (int)pid);
		sched_yield();
	}
}

START_TEST(what_it_says_is_read)
{
	struct rig r;

	rig_run(&r, "echo hello; echo there");
	ck_assert_int_eq(r.ch->rkind, FD_PIPE);
	check_output(&r, "hello\nthere\n");
	rig_end(&r);
	ck_assert_int_eq(r.status, 0);
}
END_TEST

START_TEST(the_end_of_its_input_is_not_the_end_of_its_output)
{
	struct rig r;

	rig_run(&r, "sort");
	ck_assert_int_eq(channel_write(r.ch, "b\na\n", 4), 4);
	ck_assert_int_eq(channel_shut(r.ch), 0);
	ck_assert_int_eq(r.ch->wfd, -1);
	ck_assert_int_eq(channel_write(r.ch, "dropped", 7), 7);
	check_output(&r, "a\nb\n");
	rig_end(&r);
	ck_assert_int_eq(r.status, 0);
}
END_TEST

START_TEST(its_status_is_told)
{
	static const struct row {
		const char *script;
		int status;
	} rows[] = {
		{ "exit 0", 0 },
		{ "exit 7", 7 },
		{ "exit 255", 255 },
		{ "kill -USR2 $$", 128 + SIGUSR2 },
		{ "kill -KILL $$", 128 + SIGKILL },
	};
	struct rig r;

	for (size_t i = 0; i < COUNT(rows); i++) {
		rig_run(&r, rows[i].script);
		check_output(&r, "");
		rig_end(&r);
		ck_assert_int_eq(r.status, rows[i].status);
	}
}
END_TEST

static void
close_it(int status, void *arg)
{
	note_end(status, arg);
	rig_close(arg);
}

/* The channel may be closed then, and nothing has to be signalled. */
START_TEST(the_end_is_told_while_the_channel_is_open)
{
	const char *argv[] = { "sh", "-c", "exit 3", NULL };
	struct child_request request = { .argv = argv, .envp = environ };
	struct rig r;

	rig_init(&r);
	request.mask = &r.loop.before;
	r.ch = child_start(&r.loop, &request, close_it, &r);
	ck_assert_ptr_nonnull(r.ch);
	ck_assert_int_eq(drive(&r.loop), 0);
	ck_assert_uint_eq(r.ends, 1);
	ck_assert_int_eq(r.status, 3);
	ck_assert_ptr_null(r.ch);
	check_clean(&r);
}
END_TEST

START_TEST(what_cannot_be_run_is_an_error)
{
	static const struct row {
		const char *path;
		int error;
	} rows[] = {
		{ "/nonexistent/program", ENOENT },
		{ "ncx-no-such-program", ENOENT },
		{ "/dev/null", EACCES },
		{ "/etc", EACCES },
	};
	struct rig r;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *argv[] = { rows[i].path, NULL };

		rig_init(&r);
		ck_assert_ptr_null(run(&r, argv));
		ck_assert_int_eq(errno, rows[i].error);
		loop_free(&r.loop);
		check_clean(&r);
		ck_assert_uint_eq(r.ends, 0);
	}
}
END_TEST

START_TEST(without_descriptors_there_is_an_error)
{
	const char *argv[] = { "true", NULL };
	int taken[256], count = 0;
	struct rig r;

	rig_init(&r);
	while (count < 250 && (taken[count] = dup(STDERR_FILENO)) < 255)
		count++;
	ck_assert_int_lt(count, 250);
	close(taken[count]);
	for (int left = 0; left < 5; left++) {
		struct rlimit limit = { 0 };

		getrlimit(RLIMIT_NOFILE, &limit);
		limit.rlim_cur = 255;
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
		ck_assert_ptr_null(run(&r, argv));
		ck_assert_int_eq(errno, EMFILE);
		close(taken[--count]);
	}
	while (count > 0)
		close(taken[--count]);
	loop_free(&r.loop);
	check_clean(&r);
}
END_TEST

/* It has what it wanted, and is in its right. */
START_TEST(what_it_does_not_read_is_dropped)
{
	static char bytes[1000 * 1000];
	size_t written = 0;
	struct rig r;

	rig_run(&r, "exec <&-; echo closed; echo still here");
	await_line(&r, "closed");
	while (written < sizeof(bytes)) {
		ssize_t put = channel_write(
		    r.ch, bytes + written, sizeof(bytes) - written);

		ck_assert_int_gt(put, 0);
		written += (size_t)put;
	}
	check_output(&r, "still here\n");
	rig_end(&r);
	ck_assert_int_eq(r.status, 0);
}
END_TEST

START_TEST(a_full_pipe_is_waited_for)
{
	static char bytes[1000 * 1000];
	struct rig r;

	rig_run(&r, "read -r line; wc -c");
	while (channel_write(r.ch, bytes, sizeof(bytes)) != IO_WAIT)
		;
	ck_assert_int_eq(r.ch->wwait, POLLOUT);
	ck_assert_int_eq(channel_read(r.ch, bytes, 1), IO_WAIT);
	ck_assert_int_eq(r.ch->rwait, POLLIN);
	rig_end(&r);
}
END_TEST

/* A relay to a peer that does not read holds it up. */
START_TEST(its_output_waits_for_a_slow_peer)
{
	size_t got = 0, held, want = 100 * MEGA;
	static char bytes[1 << 20];
	struct talk t;
	struct rig r;
	ssize_t n;

	rig_run(&r, "head -c 100000000 /dev/zero");
	talk_init(&t, SOCK_STREAM);
	channel_close(t.r->end[0]);
	t.r->end[0] = t.r->flow[0].src = t.r->flow[1].dst = r.ch;
	talk_close(&t.in);
	talk_close(&t.out);
	set_nonblocking(t.peer);
	setsockopt(t.r->end[1]->wfd, SOL_SOCKET, SO_SNDBUF, &(int){ 1 << 20 },
	    sizeof(int));
	while (got < want) {
		ck_assert(talk_at(&t, 0));
		held = flow_held(&t.r->flow[RELAY_OUTBOUND]);
		ck_assert_uint_eq(held, 0);
		n = read(t.peer, bytes, sizeof(bytes));
		got += n > 0 ? (size_t)n : 0;
	}
	shutdown(t.peer, SHUT_WR);
	talk_until_over(&t);
	talk_free(&t);
	r.ch = NULL;
	ck_assert_int_eq(drive(&r.loop), 0);
	ck_assert_int_eq(r.status, 0);
	ck_assert_uint_eq(got, want);
}
END_TEST

START_TEST(a_close_ends_it_and_its_group)
{
	pid_t leader, grandchild;
	struct rig r;

	rig_run(&r, "echo $$; tail -f /dev/null & echo $!; wait");
	leader = read_pid(&r);
	grandchild = read_pid(&r);
	ck_assert_int_eq(getpgid(leader), leader);
	ck_assert_int_eq(getpgid(grandchild), leader);
	ck_assert_int_ne(leader, getpgrp());
	ck_assert_int_lt(rig_end(&r), CHILD_KILL_MS);
	ck_assert_int_eq(r.status, 128 + SIGTERM);
	check_gone(leader);
	check_gone(grandchild);
}
END_TEST

START_TEST(who_ignores_the_signal_is_killed_later)
{
	struct rig r;

	rig_run(&r, "trap '' TERM; echo ready; tail -f /dev/null; :");
	await_line(&r, "ready");
	ck_assert_int_ge(rig_end(&r), CHILD_KILL_MS);
	ck_assert_int_eq(r.status, 128 + SIGKILL);
}
END_TEST

/* The program has ended; what it left behind keeps the output open. */
START_TEST(who_holds_the_output_is_ended_with_it)
{
	pid_t leader, grandchild;
	struct rig r;

	rig_run(&r, "echo $$; tail -f /dev/null & echo $!; exit 5");
	leader = read_pid(&r);
	grandchild = read_pid(&r);
	check_gone(leader);
	ck_assert_int_lt(rig_end(&r), CHILD_KILL_MS);
	ck_assert_int_eq(r.status, 5);
	check_gone(grandchild);
}
END_TEST

/* ... though it ignores the first signal. */
START_TEST(who_holds_the_output_is_killed_with_it)
{
	pid_t grandchild;
	struct rig r;

	rig_run(&r, "trap '' TERM; tail -f /dev/null & echo $!; exit 5");
	grandchild = read_pid(&r);
	ck_assert_int_ge(rig_end(&r), CHILD_KILL_MS);
	ck_assert_int_eq(r.status, 5);
	check_gone(grandchild);
}
END_TEST

/* ... nor is anybody waited for who has left the group. */
START_TEST(who_has_left_the_group_is_left_alone)
{
	pid_t leader, grandchild;
	struct rig r;

	rig_run(&r, "echo $$; setsid tail -f /dev/null & echo $!; exit 5");
	leader = read_pid(&r);
	grandchild = read_pid(&r);
	check_gone(leader);
	while (getpgid(grandchild) != grandchild)
		sched_yield();
	ck_assert_int_ge(rig_end(&r), CHILD_KILL_MS);
	ck_assert_int_eq(r.status, 5);
	ck_assert_int_eq(kill(grandchild, 0), 0);
	kill(grandchild, SIGKILL);
}
END_TEST

/* Its last words were said; what it still does is its own affair. */
START_TEST(who_has_ended_its_output_gets_the_time_to_leave)
{
	char folder[32], script[128];
	const char *fifo;
	struct rig r;
	int fd;

	temp_folder_make(folder);
	fifo = temp_path(folder, "fifo");
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	snprintf(script, sizeof(script),
	    "exec >&-; trap 'exit 9' TERM; read -r line <%s; exit 4", fifo);
	rig_run(&r, script);
	check_output(&r, "");
	rig_close(&r);
	fd = open(fifo, O_RDWR | O_CLOEXEC);
	put(fd, "leave\n");
	ck_assert_int_eq(drive(&r.loop), 0);
	close(fd);
	ck_assert_int_eq(r.status, 4);
	check_clean(&r);
	temp_folder_remove(folder);
}
END_TEST

START_TEST(but_not_for_ever)
{
	struct rig r;

	rig_run(&r,
	    "exec >/dev/null; trap 'exit 9' TERM; tail -f /dev/null & wait");
	check_output(&r, "");
	ck_assert_int_ge(rig_end(&r), CHILD_KILL_MS);
	ck_assert_int_eq(r.status, 9);
}
END_TEST

START_TEST(a_loop_that_ends_before_ends_it)
{
	pid_t leader, grandchild;
	struct rig r;

	rig_run(&r, "trap '' TERM; echo $$; tail -f /dev/null & echo $!; wait");
	leader = read_pid(&r);
	grandchild = read_pid(&r);
	loop_free(&r.loop);
	rig_close(&r);
	check_gone(leader);
	check_gone(grandchild);
	ck_assert_uint_eq(r.ends, 0);
	check_clean(&r);
}
END_TEST

START_TEST(a_loop_that_ends_after_the_close_ends_it)
{
	struct rig r;
	pid_t leader;

	rig_run(&r, "trap '' TERM; echo $$; tail -f /dev/null; :");
	leader = read_pid(&r);
	rig_close(&r);
	loop_free(&r.loop);
	check_gone(leader);
	check_clean(&r);
}
END_TEST

START_TEST(a_loop_that_ends_reaps_what_has_ended)
{
	char text[16];
	struct rig r;

	rig_run(&r, "exit 0");
	read_all(r.ch, text, sizeof(text));
	loop_free(&r.loop);
	rig_close(&r);
	check_clean(&r);
}
END_TEST

/* Children of others are theirs to wait for. */
START_TEST(nobody_else_is_waited_for)
{
	struct rig r;
	pid_t other;
	int status;

	rig_run(&r, "exit 1");
	other = fork();
	if (other == 0)
		_exit(42);
	check_output(&r, "");
	rig_close(&r);
	ck_assert_int_eq(drive(&r.loop), 0);
	ck_assert_int_eq(waitpid(other, &status, 0), other);
	ck_assert_int_eq(WEXITSTATUS(status), 42);
}
END_TEST

START_TEST(it_inherits_no_descriptor_of_ours)
{
	char text[256];
	struct rig r;

	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	rig_run(&r, "ls /proc/$$/fd");
	read_all(r.ch, text, sizeof(text));
	ck_assert_str_eq(text, "0\n1\n2\n");
	rig_end(&r);
}
END_TEST

/* A line of /proc/PID/status, such as "SigIgn:\t0000000000001000", without the
 * signals that are the C library's own. */
static unsigned long long
signals_of(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	ck_assert_ptr_nonnull(line);
	return strtoull(line + strlen(name), NULL, 16) & INT32_MAX;
}

/* As we were started: nohup stays, what the loop blocks and what a write is to
 * say does not. */
START_TEST(its_signals_are_those_that_we_got)
{
	unsigned long long hup = 1ULL << (SIGHUP - 1);
	char text[4096];
	struct rig r;

	signal(SIGHUP, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	rig_run(&r, "exec cat /proc/self/status");
	read_all(r.ch, text, sizeof(text));
	ck_assert_uint_eq(signals_of(text, "SigBlk:"), 0);
	ck_assert_uint_eq(signals_of(text, "SigIgn:"), hup);
	rig_end(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_it_says_is_read,
		the_end_of_its_input_is_not_the_end_of_its_output,
		its_status_is_told,
		the_end_is_told_while_the_channel_is_open,
		what_cannot_be_run_is_an_error,
		without_descriptors_there_is_an_error,
		what_it_does_not_read_is_dropped,
		a_full_pipe_is_waited_for,
		its_output_waits_for_a_slow_peer,
		a_close_ends_it_and_its_group,
		who_ignores_the_signal_is_killed_later,
		who_holds_the_output_is_ended_with_it,
		who_holds_the_output_is_killed_with_it,
		who_has_left_the_group_is_left_alone,
		who_has_ended_its_output_gets_the_time_to_leave,
		but_not_for_ever,
		a_loop_that_ends_before_ends_it,
		a_loop_that_ends_after_the_close_ends_it,
		a_loop_that_ends_reaps_what_has_ended,
		nobody_else_is_waited_for,
		it_inherits_no_descriptor_of_ours,
		its_signals_are_those_that_we_got,
	};
	int failed = run_tests("child", tests, COUNT(tests));

	return failed != 0;
}
