/* SPDX-License-Identifier: ISC */
/* test_known_peers.c - the file of --tls-tofu */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "known_peers.h"
#include "support.h"

#define ZEROS  "00000000000000000000000000000000000000000000000000000000000000"
#define PIN_A  "sha256:" ZEROS "0a"
#define PIN_B  "sha256:" ZEROS "0b"
#define NOBODY 65534

struct rig {
	char folder[32];
	char path[64];
	unsigned bad_line;
	struct known_peers *known;
};

static void
rig_init(struct rig *r)
{
	*r = (struct rig){ 0 };
	temp_folder_make(r->folder);
	snprintf(r->path, sizeof(r->path), "%s/known", r->folder);
}

static void
rig_free(struct rig *r)
{
	known_peers_free(r->known);
	temp_folder_remove(r->folder);
}

static void
write_file(const struct rig *r, const char *text, size_t len)
{
	FILE *f = fopen(r->path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

static void
check_file(const struct rig *r, const char *want)
{
	char text[2048];
	int fd = open(r->path, O_RDONLY | O_CLOEXEC);

	ck_assert_int_ne(fd, -1);
	text[file_bytes(fd, text, sizeof(text) - 1)] = '\0';
	close(fd);
	ck_assert_str_eq(text, want);
}

static void
read_again(struct rig *r)
{
	known_peers_free(r->known);
	r->known = known_peers_read(r->path, &r->bad_line);
	ck_assert_msg(r->known != NULL, "%s", strerror(errno));
}

/* With this text in the file */
static void
rig_init_text(struct rig *r, const char *text)
{
	rig_init(r);
	write_file(r, text, strlen(text));
	read_again(r);
}

static void
check_known(
    const struct rig *r, const char *who, unsigned line, const char *pin)
{
	unsigned found = 0;

	ck_assert_str_eq(known_peers_find(r->known, who, &found), pin);
	ck_assert_uint_eq(found, line);
}

static void
check_unknown(const struct rig *r, const char *who)
{
	unsigned line;

	ck_assert_ptr_null(known_peers_find(r->known, who, &line));
}

static void
check_unreadable(const char *path, int error, unsigned line)
{
	unsigned bad_line = 99;

	errno = 0;
	ck_assert_ptr_null(known_peers_read(path, &bad_line));
	ck_assert_int_eq(errno, error);
	ck_assert_uint_eq(bad_line, line);
}

static void
check_added(struct rig *r, const char *who, const char *pin)
{
	ck_assert_msg(known_peers_add(r->known, who, pin) == 0, "%s: %s", who,
	    strerror(errno));
}

static void
check_not_added(struct rig *r, const char *who, const char *pin, int error)
{
	errno = 0;
	ck_assert_int_eq(known_peers_add(r->known, who, pin), -1);
	ck_assert_int_eq(errno, error);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_mode & 07777;
}

START_TEST(a_line_is_a_peer_and_its_pin)
{
	struct rig r;

	rig_init_text(&r,
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
	rig_free(&r);
}
END_TEST

START_TEST(a_file_need_not_be_there)
{
	struct rig r;

	rig_init(&r);
	read_again(&r);
	check_unknown(&r, "a:1");
	ck_assert_int_eq(access(r.path, F_OK), -1);
	rig_free(&r);
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
	struct rig r;

	rig_init(&r);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		write_file(&r, wrong[i].text, wrong[i].len);
		check_unreadable(r.path, EINVAL, wrong[i].line);
	}
	rig_free(&r);
}
END_TEST

START_TEST(what_is_no_file_is_not_read)
{
	struct rig r;

	rig_init(&r);
	check_unreadable(r.folder, EISDIR, 0);
	check_unreadable("/dev/zero", ENOTSUP, 0);
	check_unreadable("/etc/passwd/known", ENOTDIR, 0);
	ck_assert_int_eq(mkfifo(r.path, 0600), 0);
	check_unreadable(r.path, ENOTSUP, 0);
	rig_free(&r);
}
END_TEST

START_TEST(what_is_no_file_is_not_written)
{
	struct rig r;

	rig_init(&r);
	read_again(&r);
	ck_assert_int_eq(mkdir(r.path, 0700), 0);
	check_not_added(&r, "a:1", PIN_A, EISDIR);
	ck_assert_int_eq(rmdir(r.path), 0);
	ck_assert_int_eq(mkfifo(r.path, 0600), 0);
	check_not_added(&r, "a:1", PIN_A, ENOTSUP);
	rig_free(&r);
}
END_TEST

START_TEST(a_file_has_a_greatest_size)
{
	struct rig r;
	int fd;

	rig_init(&r);
	fd = open(r.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_eq(ftruncate(fd, 100 * 1024 * 1024), 0);
	check_unreadable(r.path, EFBIG, 0);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	for (int i = 0; i < KNOWN_PEERS_MAX / 1024; i++)
		dprintf(fd, "#%1022d\n", i);
	close(fd);
	read_again(&r);
	check_not_added(&r, "a:1", PIN_A, EFBIG);
	check_unknown(&r, "a:1");
	read_again(&r);
	rig_free(&r);
}
END_TEST

START_TEST(who_is_added_is_known_and_stays_so)
{
	struct rig r;

	rig_init(&r);
	read_again(&r);
	check_added(&r, "a.example:443", PIN_A);
	check_known(&r, "a.example:443", 1, PIN_A);
	check_added(&r, "[2001:db8::1]:443", PIN_B);
	check_known(&r, "[2001:db8::1]:443", 2, PIN_B);
	check_file(
	    &r, "a.example:443 " PIN_A "\n[2001:db8::1]:443 " PIN_B "\n");
	ck_assert_uint_eq(mode_of(r.path), 0600);
	read_again(&r);
	check_known(&r, "a.example:443", 1, PIN_A);
	check_known(&r, "[2001:db8::1]:443", 2, PIN_B);
	rig_free(&r);
}
END_TEST

START_TEST(a_last_line_is_ended_first)
{
	struct rig r;

	rig_init_text(&r, "# mine");
	check_added(&r, "a:1", PIN_A);
	check_file(&r, "# mine\na:1 " PIN_A "\n");
	check_known(&r, "a:1", 2, PIN_A);
	rig_free(&r);
}
END_TEST

static const char *const odd[] = {
	"/tmp/a b",
	"/tmp/a\nb:1 " PIN_B,
	"/tmp/a\\b",
	"/tmp/a\tb\r",
	"/tmp/b\xc3\xbc"
	"cher",
	"@abstract#1",
};

START_TEST(any_name_is_one_word)
{
	struct rig r;

	rig_init(&r);
	read_again(&r);
	for (size_t i = 0; i < COUNT(odd); i++)
		check_added(&r, odd[i], PIN_A);
	read_again(&r);
	for (size_t i = 0; i < COUNT(odd); i++)
		check_known(&r, odd[i], (unsigned)i + 1, PIN_A);
	check_unknown(&r, "/tmp/a");
	check_unknown(&r, "b:1");
	rig_free(&r);
}
END_TEST

START_TEST(what_would_not_be_found_again_is_not_added)
{
	struct rig r;

	rig_init(&r);
	read_again(&r);
	check_not_added(&r, "", PIN_A, EINVAL);
	check_not_added(&r, "#a:1", PIN_A, EINVAL);
	check_not_added(&r, "a:1", "sha256:00", EINVAL);
	check_not_added(&r, "a:1", PIN_A " ", EINVAL);
	ck_assert_int_eq(access(r.path, F_OK), -1);
	rig_free(&r);
}
END_TEST

START_TEST(somebody_may_have_been_first)
{
	struct rig r;
	const char *theirs = "a:1 " PIN_A "\nb:1 " PIN_B "\n";

	rig_init(&r);
	read_again(&r);
	write_file(&r, theirs, strlen(theirs));
	check_added(&r, "A:1", "SHA256:" ZEROS "0A");
	check_known(&r, "a:1", 1, PIN_A);
	check_not_added(&r, "b:1", PIN_A, EEXIST);
	check_known(&r, "b:1", 2, PIN_B);
	check_file(&r, theirs);
	rig_free(&r);
}
END_TEST

START_TEST(what_was_known_stays_so_when_the_file_breaks)
{
	struct rig r;

	rig_init_text(&r, "a:1 " PIN_A "\n");
	write_file(&r, "nonsense\n", 9);
	check_not_added(&r, "b:1", PIN_B, EINVAL);
	check_file(&r, "nonsense\n");
	check_known(&r, "a:1", 1, PIN_A);
	rig_free(&r);
}
END_TEST

START_TEST(folders_are_made_two_deep_and_private)
{
	char root[32], path[128], parent[64], folder[96];
	struct known_peers *k;
	unsigned bad_line;

	temp_folder_make(root);
	snprintf(parent, sizeof(parent), "%s/.config", root);
	snprintf(folder, sizeof(folder), "%s/ncx", parent);
	snprintf(path, sizeof(path), "%s/known_peers", folder);
	k = known_peers_read(path, &bad_line);
	ck_assert_ptr_nonnull(k);
	ck_assert_int_eq(access(parent, F_OK), -1);
	ck_assert_int_eq(known_peers_add(k, "a:1", PIN_A), 0);
	ck_assert_uint_eq(mode_of(parent), 0700);
	ck_assert_uint_eq(mode_of(folder), 0700);
	ck_assert_uint_eq(mode_of(path), 0600);
	known_peers_free(k);
	unlink(path);
	rmdir(folder);
	/* one of the two */
	k = known_peers_read(path, &bad_line);
	ck_assert_int_eq(known_peers_add(k, "a:1", PIN_A), 0);
	known_peers_free(k);
	unlink(path);
	rmdir(folder);
	rmdir(parent);
	rmdir(root);
	/* none of the two can be made */
	k = known_peers_read(path, &bad_line);
	ck_assert_int_eq(known_peers_add(k, "a:1", PIN_A), -1);
	ck_assert_int_eq(errno, ENOENT);
	known_peers_free(k);
}
END_TEST

/* Root may do everything, so it becomes somebody else. */
START_TEST(a_folder_may_be_closed)
{
	struct rig r;

	rig_init(&r);
	read_again(&r);
	ck_assert_int_eq(chmod(r.folder, 0555), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(NOBODY), 0);
	check_not_added(&r, "a:1", PIN_A, EACCES);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod(r.folder, 0755), 0);
	ck_assert_int_eq(access(r.path, F_OK), -1);
	rig_free(&r);
}
END_TEST

START_TEST(a_disk_that_is_full_leaves_no_half_line)
{
	struct rig r;
	struct rlimit old, small;
	const char *text = "a:1 " PIN_A "\n# a comment";

	rig_init_text(&r, text);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){ strlen(text) + 20, old.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	check_not_added(&r, "b:1", PIN_B, EFBIG);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	check_file(&r, text);
	check_known(&r, "a:1", 1, PIN_A);
	check_unknown(&r, "b:1");
	rig_free(&r);
}
END_TEST

#define PROCESSES 8
#define EACH      20

/* Its own peers, and one that all want with a pin of its own; 1 if it won. */
static int
add_many(const char *path, int number)
{
	char who[32], pin[80];
	unsigned bad_line;
	struct known_peers *k = known_peers_read(path, &bad_line);
	int result;

	snprintf(pin, sizeof(pin), "sha256:%064d", number);
	for (int i = 0; i < EACH; i++) {
		snprintf(who, sizeof(who), "own%d:%d", number, i);
		if (known_peers_add(k, who, pin) == -1)
			return 2;
	}
	if (known_peers_add(k, "same:1", PIN_A) == -1)
		return 2;
	result = known_peers_add(k, "wanted:1", pin);
	if (result == -1 && errno != EEXIST)
		return 2;
	known_peers_free(k);
	return result == 0;
}

static unsigned
lines_of(const char *path)
{
	FILE *f = fopen(path, "r");
	unsigned lines = 0;
	int c;

	while ((c = getc(f)) != EOF)
		lines += c == '\n';
	fclose(f);
	return lines;
}

START_TEST(many_add_at_once)
{
	pid_t pids[PROCESSES];
	int status, winners = 0;
	struct rig r;

	rig_init(&r);
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		ck_assert_int_ne(pids[i], -1);
		if (pids[i] == 0)
			_exit(add_many(r.path, i));
	}
	for (int i = 0; i < PROCESSES; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) < 2);
		winners += WEXITSTATUS(status);
	}
	ck_assert_int_eq(winners, 1);
	ck_assert_uint_eq(lines_of(r.path), PROCESSES * EACH + 2);
	read_again(&r);
	rig_free(&r);
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
		who_is_added_is_known_and_stays_so,
		a_last_line_is_ended_first,
		any_name_is_one_word,
		what_would_not_be_found_again_is_not_added,
		somebody_may_have_been_first,
		what_was_known_stays_so_when_the_file_breaks,
		folders_are_made_two_deep_and_private,
		a_folder_may_be_closed,
		a_disk_that_is_full_leaves_no_half_line,
		many_add_at_once,
	};
	int failed = run_tests("known_peers", tests, COUNT(tests));

	return failed != 0;
}
