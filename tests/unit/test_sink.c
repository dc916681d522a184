/* SPDX-License-Identifier: ISC */
/* test_sink.c - a file for records: whole, or broken */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "clock.h"
#include "sink.h"
#include "support.h"

/* bytes; more than any pipe or socket holds */
#define MUCH (4 * 1024 * 1024)

/* What a sink has said of its failure. */
struct failure {
	unsigned count;
	int error;
	char path[64];
};

static void
failed(const char *path, int error, void *arg)
{
	struct failure *f = arg;

	f->count++;
	f->error = error;
	strlcpy(f->path, path, sizeof(f->path));
}

struct rig {
	char folder[32];
	char path[64]; /* of a file that is not there */
	struct failure failure;
	struct sink *sink;
};

static void
rig_init(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	temp_folder_make(r->folder);
	strlcpy(r->path, temp_path(r->folder, "record"), sizeof(r->path));
}

static void
rig_free(struct rig *r)
{
	temp_folder_remove(r->folder);
}

static void
rig_open(struct rig *r, enum sink_mode mode)
{
	r->sink = sink_open(r->path, mode, failed, &r->failure);
	ck_assert_ptr_nonnull(r->sink);
}

static void
make_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_int_ne(fd, -1);
	put(fd, text);
	close(fd);
}

static void
check_file(const char *path, const char *want)
{
	char text[8192];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n;

	ck_assert_int_ne(fd, -1);
	n = file_bytes(fd, text, sizeof(text) - 1);
	text[n] = '\0';
	ck_assert_str_eq(text, want);
	close(fd);
}

static void
say(struct rig *r, const char *text)
{
	sink_write(r->sink, text, strlen(text));
}

static void
check_refused(const struct rig *r, enum sink_mode mode, int error)
{
	ck_assert_ptr_null(sink_open(r->path, mode, failed, NULL));
	ck_assert_int_eq(errno, error);
}

/* A child reads all, little at a time, and says how much it was and what the
 * bytes add up to. */
struct reader {
	pid_t pid;
	int result;
};

struct seen {
	size_t count;
	uint64_t sum;
};

static struct reader
reader_of(int fd, size_t step)
{
	struct reader reader;
	uint8_t bytes[4096];
	struct seen seen = { 0 };
	int result[2];
	ssize_t n;

	pipe_pair(result);
	reader.pid = fork();
	ck_assert_int_ne(reader.pid, -1);
	reader.result = result[0];
	if (reader.pid != 0) {
		close(result[1]);
		return reader;
	}
	while (seen.count < MUCH && (n = read(fd, bytes, step)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			seen.sum = seen.sum * 31 + bytes[i];
		seen.count += (size_t)n;
	}
	_exit(write(result[1], &seen, sizeof(seen)) != sizeof(seen));
}

static void
reader_check(const struct reader *reader, const uint8_t *bytes, size_t n)
{
	struct seen seen, want = { .count = n };
	int status;

	ck_assert_int_eq(
	    read(reader->result, &seen, sizeof(seen)), sizeof(seen));
	ck_assert_int_eq(waitpid(reader->pid, &status, 0), reader->pid);
	ck_assert_int_eq(status, 0);
	for (size_t i = 0; i < n; i++)
		want.sum = want.sum * 31 + bytes[i];
	ck_assert_uint_eq(seen.count, want.count);
	ck_assert_uint_eq(seen.sum, want.sum);
	close(reader->result);
}

static uint8_t *
much(void)
{
	struct rng rng = rng_of(1);
	uint8_t *bytes = malloc(MUCH);

	ck_assert_ptr_nonnull(bytes);
	rng_fill(&rng, bytes, MUCH);
	return bytes;
}

START_TEST(a_new_file_is_for_its_owner_only)
{
	static const enum sink_mode modes[] = { SINK_NEW, SINK_REPLACE,
		SINK_APPEND };
	struct stat st;
	struct rig r;

	rig_init(&r);
	umask(0);
	for (size_t i = 0; i < COUNT(modes); i++) {
		rig_open(&r, modes[i]);
		say(&r, "one");
		say(&r, "");
		say(&r, " two");
		check_file(r.path, "one two");
		ck_assert(!sink_is_broken(r.sink));
		ck_assert(!sink_is_terminal(r.sink));
		ck_assert(sink_close(r.sink));
		ck_assert_int_eq(stat(r.path, &st), 0);
		ck_assert_uint_eq(st.st_mode & 07777, 0600);
		unlink(r.path);
	}
	ck_assert_uint_eq(r.failure.count, 0);
	rig_free(&r);
}
END_TEST

START_TEST(a_file_that_is_there_is_refused_emptied_or_gone_on_with)
{
	struct rig r;

	rig_init(&r);
	make_file(r.path, "before ");
	check_refused(&r, SINK_NEW, EEXIST);
	check_file(r.path, "before ");
	rig_open(&r, SINK_APPEND);
	say(&r, "after");
	ck_assert(sink_close(r.sink));
	check_file(r.path, "before after");
	rig_open(&r, SINK_REPLACE);
	check_file(r.path, "");
	say(&r, "new");
	ck_assert(sink_close(r.sink));
	check_file(r.path, "new");
	rig_free(&r);
}
END_TEST

START_TEST(a_link_to_nothing_is_there_as_well)
{
	struct rig r;

	rig_init(&r);
	ck_assert_int_eq(symlink("nowhere", r.path), 0);
	check_refused(&r, SINK_NEW, EEXIST);
	unlink(r.path);
	rig_free(&r);
}
END_TEST

START_TEST(what_cannot_be_opened_has_an_errno)
{
	struct rig r;

	rig_init(&r);
	strlcpy(r.path, temp_path(r.folder, "no/record"), sizeof(r.path));
	check_refused(&r, SINK_NEW, ENOENT);
	check_refused(&r, SINK_REPLACE, ENOENT);
	strlcpy(r.path, r.folder, sizeof(r.path));
	check_refused(&r, SINK_APPEND, EISDIR);
	ck_assert(sink_close(NULL));
	rig_free(&r);
}
END_TEST

START_TEST(a_fifo_or_a_device_has_nothing_to_lose)
{
	struct rig r;
	int reader;

	rig_init(&r);
	ck_assert_int_eq(mkfifo(r.path, 0600), 0);
	reader = open(r.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	rig_open(&r, SINK_NEW);
	say(&r, "one");
	expect(reader, "one");
	ck_assert(sink_close(r.sink));
	expect_end(reader);
	close(reader);
	unlink(r.path);
	strlcpy(r.path, "/dev/null", sizeof(r.path));
	rig_open(&r, SINK_NEW);
	say(&r, "one");
	ck_assert(sink_close(r.sink));
	rig_free(&r);
}
END_TEST

START_TEST(sinks_may_share_a_file)
{
	struct sink *other;
	struct rig r;

	rig_init(&r);
	rig_open(&r, SINK_REPLACE);
	other = sink_open(r.path, SINK_REPLACE, failed, &r.failure);
	say(&r, "one ");
	sink_write(other, "two ", 4);
	say(&r, "three");
	ck_assert(sink_close(other));
	ck_assert(sink_close(r.sink));
	check_file(r.path, "one two three");
	rig_free(&r);
}
END_TEST

START_TEST(a_vector_of_any_length_is_written_as_one)
{
	static char letters[3000];
	struct iovec iov[COUNT(letters)];
	char want[COUNT(letters) * 2 / 3 + 1];
	struct rig r;

	ck_assert_int_gt(COUNT(letters), 2 * IOV_MAX);
	rig_init(&r);
	rig_open(&r, SINK_NEW);
	memset(want, 'x', sizeof(want) - 1);
	want[sizeof(want) - 1] = '\0';
	memset(letters, 'x', sizeof(letters));
	for (size_t i = 0; i < COUNT(letters); i++)
		iov[i] = (struct iovec){ &letters[i], i % 3 != 0 };
	sink_writev(r.sink, iov, (int)COUNT(letters));
	sink_writev(r.sink, iov, 0);
	ck_assert(sink_close(r.sink));
	check_file(r.path, want);
	rig_free(&r);
}
END_TEST

START_TEST(a_slow_reader_of_a_pipe_gets_all)
{
	uint8_t *bytes = much();
	struct reader reader;
	struct iovec iov[3];
	struct rig r;
	int fd;

	rig_init(&r);
	ck_assert_int_eq(mkfifo(r.path, 0600), 0);
	fd = open(r.path, O_RDWR | O_CLOEXEC);
	reader = reader_of(fd, 1021);
	rig_open(&r, SINK_NEW);
	iov[0] = (struct iovec){ bytes, 1 };
	iov[1] = (struct iovec){ bytes + 1, MUCH - 3 };
	iov[2] = (struct iovec){ bytes + MUCH - 2, 2 };
	sink_writev(r.sink, iov, 3);
	reader_check(&reader, bytes, MUCH);
	ck_assert(sink_close(r.sink));
	close(fd);
	free(bytes);
	rig_free(&r);
}
END_TEST

/* stdout is put in its place for the time being. */
static int
lend_stdout(int fd)
{
	int saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

	ck_assert_int_ne(dup2(fd, STDOUT_FILENO), -1);
	return saved;
}

static void
return_stdout(int saved)
{
	ck_assert_int_ne(dup2(saved, STDOUT_FILENO), -1);
	close(saved);
}

START_TEST(stdout_is_borrowed_whatever_it_is)
{
	uint8_t *bytes = much();
	struct reader reader;
	struct rig r;
	int pair[2], saved;

	rig_init(&r);
	strlcpy(r.path, "-", sizeof(r.path));
	pair_of(SOCK_STREAM, pair);
	saved = lend_stdout(pair[0]);
	reader = reader_of(pair[1], 4096);
	rig_open(&r, SINK_NEW);
	sink_write(r.sink, bytes, MUCH);
	ck_assert_int_eq(fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK, 0);
	ck_assert(sink_close(r.sink));
	ck_assert_int_ne(fcntl(STDOUT_FILENO, F_GETFD), -1);
	return_stdout(saved);
	reader_check(&reader, bytes, MUCH);
	ck_assert_uint_eq(r.failure.count, 0);
	close_pair(pair);
	free(bytes);
	rig_free(&r);
}
END_TEST

START_TEST(a_reader_that_leaves_breaks_it_once)
{
	struct rig r;
	int fds[2], saved;

	rig_init(&r);
	strlcpy(r.path, "-", sizeof(r.path));
	pipe_pair(fds);
	saved = lend_stdout(fds[1]);
	rig_open(&r, SINK_NEW);
	say(&r, "heard");
	close(fds[0]);
	say(&r, "not heard");
	say(&r, "nor this");
	return_stdout(saved);
	ck_assert_uint_eq(r.failure.count, 1);
	ck_assert_int_eq(r.failure.error, EPIPE);
	ck_assert_str_eq(r.failure.path, "stdout");
	ck_assert(sink_is_broken(r.sink));
	ck_assert(!sink_close(r.sink));
	ck_assert_uint_eq(r.failure.count, 1);
	close(fds[1]);
	rig_free(&r);
}
END_TEST

START_TEST(a_reader_that_leaves_while_we_wait_breaks_it)
{
	uint8_t *bytes = much();
	struct rig r;
	int fd;
	pid_t child;

	rig_init(&r);
	ck_assert_int_eq(mkfifo(r.path, 0600), 0);
	child = fork();
	ck_assert_int_ne(child, -1);
	if (child == 0) {
		fd = open(r.path, O_RDONLY | O_CLOEXEC);
		_exit(read(fd, bytes, 100) != 100);
	}
	rig_open(&r, SINK_REPLACE);
	sink_write(r.sink, bytes, MUCH);
	ck_assert_int_eq(r.failure.error, EPIPE);
	ck_assert(!sink_close(r.sink));
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	free(bytes);
	rig_free(&r);
}
END_TEST

static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_full_disk_ends_the_file_before_what_has_no_room)
{
	struct rig r;

	rig_init(&r);
	make_file(r.path, "before ");
	rig_open(&r, SINK_APPEND);
	limit_files(16);
	say(&r, "one ");
	say(&r, "much more than that");
	ck_assert_uint_eq(r.failure.count, 1);
	ck_assert_int_eq(r.failure.error, EFBIG);
	ck_assert_str_eq(r.failure.path, r.path);
	say(&r, "2");
	limit_files(RLIM_INFINITY);
	say(&r, "3");
	ck_assert(!sink_close(r.sink));
	ck_assert_uint_eq(r.failure.count, 1);
	check_file(r.path, "before one ");
	rig_free(&r);
}
END_TEST

START_TEST(a_device_that_is_full_says_so)
{
	struct rig r;

	rig_init(&r);
	strlcpy(r.path, "/dev/full", sizeof(r.path));
	rig_open(&r, SINK_REPLACE);
	say(&r, "one");
	ck_assert_int_eq(r.failure.error, ENOSPC);
	ck_assert(!sink_close(r.sink));
	rig_free(&r);
}
END_TEST

/* As while the loop is at work. */
static void
pend_a_signal(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	ck_assert_int_eq(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	ck_assert_int_eq(raise(SIGHUP), 0);
}

START_TEST(who_does_not_read_cannot_keep_us_from_leaving)
{
	uint8_t *bytes = much();
	int64_t start_ms;
	struct rig r;
	int fd;

	rig_init(&r);
	ck_assert_int_eq(mkfifo(r.path, 0600), 0);
	fd = open(r.path, O_RDWR | O_CLOEXEC);
	rig_open(&r, SINK_NEW);
	pend_a_signal();
	say(&r, "there is room");
	ck_assert_uint_eq(r.failure.count, 0);
	start_ms = clock_ms();
	sink_write(r.sink, bytes, MUCH);
	ck_assert_int_ge(clock_ms() - start_ms, 500);
	ck_assert_int_eq(r.failure.error, EINTR);
	ck_assert(!sink_close(r.sink));
	close(fd);
	free(bytes);
	rig_free(&r);
}
END_TEST

START_TEST(who_reads_gets_all_though_a_signal_came)
{
	uint8_t *bytes = much();
	struct reader reader;
	struct rig r;
	int fd;

	rig_init(&r);
	ck_assert_int_eq(mkfifo(r.path, 0600), 0);
	fd = open(r.path, O_RDWR | O_CLOEXEC);
	pend_a_signal();
	reader = reader_of(fd, 512);
	rig_open(&r, SINK_NEW);
	sink_write(r.sink, bytes, MUCH);
	reader_check(&reader, bytes, MUCH);
	ck_assert(sink_close(r.sink));
	close(fd);
	free(bytes);
	rig_free(&r);
}
END_TEST

/* Its other side; the path is that of the terminal. */
static int
make_terminal(char *path, size_t size)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), fd;
	struct termios mode;

	ck_assert_int_ne(master, -1);
	ck_assert_int_eq(grantpt(master), 0);
	ck_assert_int_eq(unlockpt(master), 0);
	ck_assert_int_eq(ptsname_r(master, path, size), 0);
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(tcgetattr(fd, &mode), 0);
	cfmakeraw(&mode);
	ck_assert_int_eq(tcsetattr(fd, TCSANOW, &mode), 0);
	return master;
}

START_TEST(a_terminal_gets_all_though_it_is_slow)
{
	uint8_t *bytes = much();
	struct reader reader;
	struct rig r;
	int master;

	rig_init(&r);
	master = make_terminal(r.path, sizeof(r.path));
	reader = reader_of(master, 4096);
	rig_open(&r, SINK_NEW);
	ck_assert(sink_is_terminal(r.sink));
	sink_write(r.sink, bytes, MUCH);
	ck_assert(sink_close(r.sink));
	reader_check(&reader, bytes, MUCH);
	close(master);
	free(bytes);
	rig_free(&r);
}
END_TEST

START_TEST(a_terminal_that_is_stuck_does_not_hold_us)
{
	uint8_t *bytes = much();
	struct rig r;
	int master;

	rig_init(&r);
	master = make_terminal(r.path, sizeof(r.path));
	rig_open(&r, SINK_NEW);
	say(&r, "not a page"); /* then less than one has room at last */
	pend_a_signal();
	sink_write(r.sink, bytes, MUCH);
	ck_assert_int_eq(r.failure.error, EINTR);
	ck_assert(!sink_close(r.sink));
	close(master);
	free(bytes);
	rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_new_file_is_for_its_owner_only,
		a_file_that_is_there_is_refused_emptied_or_gone_on_with,
		a_link_to_nothing_is_there_as_well,
		what_cannot_be_opened_has_an_errno,
		a_fifo_or_a_device_has_nothing_to_lose,
		sinks_may_share_a_file,
		a_vector_of_any_length_is_written_as_one,
		a_slow_reader_of_a_pipe_gets_all,
		stdout_is_borrowed_whatever_it_is,
		a_reader_that_leaves_breaks_it_once,
		a_reader_that_leaves_while_we_wait_breaks_it,
		a_full_disk_ends_the_file_before_what_has_no_room,
		a_device_that_is_full_says_so,
		who_does_not_read_cannot_keep_us_from_leaving,
		who_reads_gets_all_though_a_signal_came,
		a_terminal_gets_all_though_it_is_slow,
		a_terminal_that_is_stuck_does_not_hold_us,
	};
	int failures = run_tests("sink", tests, COUNT(tests));

	return failures != 0;
}
