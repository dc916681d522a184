/* SPDX-License-Identifier: ISC */
/* test_text_file.c - a file read as a whole */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "network.h"
#include "text_file.h"

struct rig {
	struct channel *ch;
	char path[64];
	int answers; /* so many calls; of the last: */
	int error;
	char *text;
	size_t len;
	bool refuse; /* what it says */
};

static bool
note(const char *path, int error, const char *text, size_t len, void *arg)
{
	struct rig *r = arg;

	ck_assert_ptr_eq(path, r->path);
	r->answers++;
	r->error = error;
	r->len = len;
	r->text = calloc(1, len + 1);
	if (len > 0)
		memcpy(r->text, text, len);
	return !r->refuse;
}

static void
rig_init(struct rig *r, const char *path)
{
	*r = (struct rig){ .ch = channel_socket(-1) };
	strlcpy(r->path, path, sizeof(r->path));
	channel_add_handshake(r->ch, text_file_handshake(r->path, note, r));
}

/* The path of a descriptor of ours; opened, it is a file of its own. */
static void
rig_init_fd(struct rig *r, int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rig_init(r, path);
}

static void
rig_free(struct rig *r)
{
	channel_close(r->ch);
	free(r->text);
}

static void
check_error(const char *path, int error)
{
	int before = free_descriptor();
	struct rig r;

	rig_init(&r, path);
	ck_assert_int_eq(handshake_deadline(r.ch, NULL), 0);
	ck_assert_int_eq(channel_handshake(r.ch), IO_ERROR);
	ck_assert_int_eq(r.answers, 1);
	ck_assert_msg(r.error == error, "%s: %s", path, strerror(r.error));
	ck_assert_uint_eq(r.len, 0);
	rig_free(&r);
	ck_assert_int_eq(free_descriptor(), before);
}

START_TEST(a_file_is_read_whole)
{
	int fd = file_of("one\0two\n", 8), before;
	struct rig r;

	before = free_descriptor();
	rig_init_fd(&r, fd);
	ck_assert_int_eq(channel_handshake(r.ch), 0);
	ck_assert_int_eq(r.answers, 1);
	ck_assert_int_eq(r.error, 0);
	ck_assert_uint_eq(r.len, 8);
	ck_assert_int_eq(memcmp(r.text, "one\0two\n", 8), 0);
	ck_assert_ptr_null(r.ch->handshakes);
	ck_assert_int_eq(free_descriptor(), before);
	rig_free(&r);
	close(fd);
}
END_TEST

START_TEST(an_empty_file_is_no_error)
{
	struct rig r;

	rig_init(&r, "/dev/null");
	ck_assert_int_eq(channel_handshake(r.ch), 0);
	ck_assert_int_eq(r.answers, 1);
	ck_assert_int_eq(r.error, 0);
	ck_assert_uint_eq(r.len, 0);
	rig_free(&r);
}
END_TEST

START_TEST(what_cannot_be_read_is_an_error)
{
	check_error("/nonexistent/file", ENOENT);
	check_error("", ENOENT);
	check_error("/", EISDIR);
	check_error("/dev/null/file", ENOTDIR);
	check_error("/dev/zero", EFBIG);
}
END_TEST

static void
check_size(off_t size, int error)
{
	int fd = file_of("x", 1);
	struct rig r;

	ck_assert_int_eq(ftruncate(fd, size), 0);
	rig_init_fd(&r, fd);
	ck_assert_int_eq(channel_handshake(r.ch), error == 0 ? 0 : IO_ERROR);
	ck_assert_int_eq(r.error, error);
	ck_assert_uint_eq(r.len, error == 0 ? (size_t)size : 0);
	rig_free(&r);
	close(fd);
}

START_TEST(a_file_has_a_greatest_size)
{
	check_size(4095, 0);
	check_size(4096, 0);
	check_size(4097, 0);
	check_size(TEXT_FILE_MAX, 0);
	check_size(TEXT_FILE_MAX + 1, EFBIG);
}
END_TEST

START_TEST(a_pipe_takes_its_time)
{
	struct rig r;
	int fds[2];
	size_t count;

	pipe_pair(fds);
	rig_init_fd(&r, fds[0]);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	handshake_deadline(r.ch, &count);
	ck_assert_uint_eq(count, 1);
	put(fds[1], "on");
	handshake_await(r.ch);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	put(fds[1], "e");
	close(fds[1]);
	ck_assert_int_eq(handshake_finish(r.ch), 0);
	ck_assert_int_eq(r.answers, 1);
	ck_assert_str_eq(r.text, "one");
	rig_free(&r);
	close(fds[0]);
}
END_TEST

START_TEST(a_pipe_that_gives_nothing_is_an_error)
{
	char folder[32];
	int fds[2];
	struct rig r;

	pipe_pair(fds);
	close(fds[1]);
	rig_init_fd(&r, fds[0]);
	ck_assert_int_eq(channel_handshake(r.ch), IO_ERROR);
	ck_assert_int_eq(r.error, ENODATA);
	rig_free(&r);
	close(fds[0]);
	temp_folder_make(folder);
	ck_assert_int_eq(mkfifo(temp_path(folder, "fifo"), 0600), 0);
	check_error(temp_path(folder, "fifo"), ENODATA);
	unlink(temp_path(folder, "fifo"));
	temp_folder_remove(folder);
}
END_TEST

START_TEST(who_is_told_may_refuse)
{
	struct rig r;

	rig_init(&r, "/dev/null");
	r.refuse = true;
	ck_assert_int_eq(channel_handshake(r.ch), IO_ERROR);
	ck_assert_int_eq(r.answers, 1);
	ck_assert_int_eq(r.error, 0);
	rig_free(&r);
}
END_TEST

START_TEST(a_limit_that_passes_is_reported_as_such)
{
	struct rig r;
	int fds[2];

	pipe_pair(fds);
	rig_init_fd(&r, fds[0]);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	channel_expire_handshake(r.ch);
	ck_assert_int_eq(r.answers, 1);
	ck_assert_int_eq(r.error, ETIMEDOUT);
	rig_free(&r);
	close_pair(fds);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_file_is_read_whole,
		an_empty_file_is_no_error,
		what_cannot_be_read_is_an_error,
		a_file_has_a_greatest_size,
		a_pipe_takes_its_time,
		a_pipe_that_gives_nothing_is_an_error,
		who_is_told_may_refuse,
		a_limit_that_passes_is_reported_as_such,
	};
	int failed = run_tests("text_file", tests, COUNT(tests));

	return failed != 0;
}
