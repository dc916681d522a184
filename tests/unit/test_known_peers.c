/* SPDX-License-Identifier: ISC */
/* test_known_peers.c - the file of --tls-tofu, as it is read */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "known_peers_rig.h"
#include "support.h"

START_TEST(a_line_is_a_peer_and_its_pin)
{
	struct known_rig r;

	known_init_text(&r,
	    "# mine\n\n  \t\n"
	    "a.example:443 " PIN_A "\n"
	    "\t[::1]:443 \t " PIN_B " \r\n"
	    "  # b.example:443 " PIN_A "\n"
	    "a.example:443 " PIN_B "\n"
	    "c.example:443 SHA256:" ZEROS "0C");
	ck_assert_str_eq(known_peers_path(r.known), r.path);
	check_known(&r, "a.example:443", 4, PIN_A);
	check_known(&r, "A.Example:443", 4, PIN_A);
	check_known(&r, "[::1]:443", 5, PIN_B);
	check_known(&r, "c.example:443", 8, "SHA256:" ZEROS "0C");
	check_unknown(&r, "b.example:443");
	check_unknown(&r, "a.example:44");
	check_unknown(&r, "a.example:4433");
	check_unknown(&r, "");
	known_free(&r);
}
END_TEST

START_TEST(a_file_need_not_be_there)
{
	struct known_rig r;

	known_init(&r);
	known_read_again(&r);
	check_unknown(&r, "a:1");
	ck_assert_int_eq(access(r.path, F_OK), -1);
	known_free(&r);
}
END_TEST

#define RAW(text) text, sizeof(text) - 1

static const struct {
	const char *text;
	size_t len;
	unsigned line;
} wrong[] = {
	{ RAW("a:1\n"), 1 },
	{ RAW("\na:1 sha256:12\n"), 2 },
	{ RAW("#\n#\na:1 " PIN_A "a\n"), 3 },
	{ RAW("a:1 " PIN_A " b\n"), 1 },
	{ RAW("a:1 " PIN_A " # mine\n"), 1 },
	{ RAW("a:1 sha1:" ZEROS "00\n"), 1 },
	{ RAW("a:1 " ZEROS "00\n"), 1 },
	{ RAW("a:1 sha256:" ZEROS "0g\n"), 1 },
	{ RAW(PIN_A "\n"), 1 },
	{ RAW("a:1 " PIN_A "\0\n"), 1 },
	{ RAW("# \0\n"), 1 },
	{ RAW("a:1 " PIN_A "\n\177ELF\n"), 2 },
	{ RAW("a:1 " PIN_A "\nb"), 2 },
};

START_TEST(a_line_that_is_none_has_its_number)
{
	struct known_rig r;

	known_init(&r);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		known_write(&r, wrong[i].text, wrong[i].len);
		check_unreadable(r.path, EINVAL, wrong[i].line);
	}
	known_free(&r);
}
END_TEST

START_TEST(what_is_no_file_is_not_read)
{
	struct known_rig r;

	known_init(&r);
	check_unreadable(r.folder, EISDIR, 0);
	check_unreadable("/dev/zero", ENOTSUP, 0);
	check_unreadable("/etc/passwd/known", ENOTDIR, 0);
	ck_assert_int_eq(mkfifo(r.path, 0600), 0);
	check_unreadable(r.path, ENOTSUP, 0);
	known_free(&r);
}
END_TEST

START_TEST(what_is_no_file_is_not_written)
{
	struct known_rig r;

	known_init(&r);
	known_read_again(&r);
	ck_assert_int_eq(mkdir(r.path, 0700), 0);
	check_not_added(&r, "a:1", PIN_A, EISDIR);
	ck_assert_int_eq(rmdir(r.path), 0);
	ck_assert_int_eq(mkfifo(r.path, 0600), 0);
	check_not_added(&r, "a:1", PIN_A, ENOTSUP);
	known_free(&r);
}
END_TEST

START_TEST(a_file_has_a_greatest_size)
{
	struct known_rig r;
	int fd;

	known_init(&r);
	fd = open(r.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_eq(ftruncate(fd, 100 * 1024 * 1024), 0);
	check_unreadable(r.path, EFBIG, 0);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	for (int i = 0; i < KNOWN_PEERS_MAX / 1024; i++)
		dprintf(fd, "#%1022d\n", i);
	close(fd);
	known_read_again(&r);
	check_not_added(&r, "a:1", PIN_A, EFBIG);
	check_unknown(&r, "a:1");
	known_read_again(&r);
	known_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_line_is_a_peer_and_its_pin,
		a_file_need_not_be_there,
		a_line_that_is_none_has_its_number,
		what_is_no_file_is_not_read,
		what_is_no_file_is_not_written,
		a_file_has_a_greatest_size,
	};
	int failed = run_tests("known_peers", tests, COUNT(tests));

	return failed != 0;
}
