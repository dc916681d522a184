/* SPDX-License-Identifier: ISC */
/* test_known_peers_add.c - the file of --tls-tofu, as it is written */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "known_peers_rig.h"
#include "support.h"

#define NOBODY 65534

/* What happens while we wait for the lock; NULL: nothing */
static const char *meanwhile_path, *meanwhile_text;
static int interrupts; /* so many times a signal comes first */

/* Stands before the system's */
int
flock(int fd, int operation)
{
	FILE *f;

	if (interrupts > 0) {
		interrupts--;
		errno = EINTR;
		return -1;
	}
	if (meanwhile_path != NULL) {
		f = fopen(meanwhile_path, "a");
		ck_assert_ptr_nonnull(f);
		fputs(meanwhile_text, f);
		fclose(f);
	}
	return (int)syscall(SYS_flock, fd, operation);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_mode & 07777;
}

START_TEST(who_is_added_is_known_and_stays_so)
{
	struct known_rig r;

	known_init(&r);
	known_read_again(&r);
	check_added(&r, "a.example:443", PIN_A);
	check_known(&r, "a.example:443", 1, PIN_A);
	check_added(&r, "[2001:db8::1]:443", PIN_B);
	check_known(&r, "[2001:db8::1]:443", 2, PIN_B);
	check_known_file(
	    &r, "a.example:443 " PIN_A "\n[2001:db8::1]:443 " PIN_B "\n");
	ck_assert_uint_eq(mode_of(r.path), 0600);
	known_read_again(&r);
	check_known(&r, "a.example:443", 1, PIN_A);
	check_known(&r, "[2001:db8::1]:443", 2, PIN_B);
	known_free(&r);
}
END_TEST

START_TEST(a_last_line_is_ended_first)
{
	struct known_rig r;

	known_init_text(&r, "# mine");
	check_added(&r, "a:1", PIN_A);
	check_known_file(&r, "# mine\na:1 " PIN_A "\n");
	check_known(&r, "a:1", 2, PIN_A);
	known_free(&r);
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
	struct known_rig r;

	known_init(&r);
	known_read_again(&r);
	for (size_t i = 0; i < COUNT(odd); i++)
		check_added(&r, odd[i], PIN_A);
	known_read_again(&r);
	for (size_t i = 0; i < COUNT(odd); i++)
		check_known(&r, odd[i], (unsigned)i + 1, PIN_A);
	check_unknown(&r, "/tmp/a");
	check_unknown(&r, "b:1");
	known_free(&r);
}
END_TEST

START_TEST(what_would_not_be_found_again_is_not_added)
{
	struct known_rig r;

	known_init(&r);
	known_read_again(&r);
	check_not_added(&r, "", PIN_A, EINVAL);
	check_not_added(&r, "#a:1", PIN_A, EINVAL);
	check_not_added(&r, "a:1", "sha256:00", EINVAL);
	check_not_added(&r, "a:1", PIN_A " ", EINVAL);
	ck_assert_int_eq(access(r.path, F_OK), -1);
	known_free(&r);
}
END_TEST

START_TEST(somebody_may_have_been_first)
{
	struct known_rig r;
	const char *theirs = "a:1 " PIN_A "\nb:1 " PIN_B "\n";

	known_init(&r);
	known_read_again(&r);
	known_write(&r, theirs, strlen(theirs));
	check_added(&r, "A:1", "SHA256:" ZEROS "0A");
	check_known(&r, "a:1", 1, PIN_A);
	check_not_added(&r, "b:1", PIN_A, EEXIST);
	check_known(&r, "b:1", 2, PIN_B);
	check_known_file(&r, theirs);
	known_free(&r);
}
END_TEST

START_TEST(somebody_may_be_first_while_we_wait)
{
	struct known_rig r;

	known_init(&r);
	known_read_again(&r);
	meanwhile_path = r.path;
	meanwhile_text = "a:1 " PIN_B "\n";
	check_not_added(&r, "a:1", PIN_A, EEXIST);
	meanwhile_path = NULL;
	check_known(&r, "a:1", 1, PIN_B);
	check_known_file(&r, meanwhile_text);
	known_free(&r);
}
END_TEST

START_TEST(a_signal_does_not_end_the_wait)
{
	struct known_rig r;

	known_init(&r);
	known_read_again(&r);
	interrupts = 3;
	check_added(&r, "a:1", PIN_A);
	ck_assert_int_eq(interrupts, 0);
	known_free(&r);
}
END_TEST

START_TEST(what_was_known_stays_so_when_the_file_breaks)
{
	struct known_rig r;

	known_init_text(&r, "a:1 " PIN_A "\n");
	known_write(&r, "nonsense\n", 9);
	check_not_added(&r, "b:1", PIN_B, EINVAL);
	check_known_file(&r, "nonsense\n");
	check_known(&r, "a:1", 1, PIN_A);
	known_free(&r);
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
	struct known_rig r;

	known_init(&r);
	known_read_again(&r);
	ck_assert_int_eq(chmod(r.folder, 0555), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(NOBODY), 0);
	check_not_added(&r, "a:1", PIN_A, EACCES);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod(r.folder, 0755), 0);
	ck_assert_int_eq(access(r.path, F_OK), -1);
	known_free(&r);
}
END_TEST

START_TEST(a_disk_that_is_full_leaves_no_half_line)
{
	struct known_rig r;
	struct rlimit old, small;
	const char *text = "a:1 " PIN_A "\n# a comment";

	known_init_text(&r, text);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){ strlen(text) + 20, old.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	check_not_added(&r, "b:1", PIN_B, EFBIG);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	check_known_file(&r, text);
	check_known(&r, "a:1", 1, PIN_A);
	check_unknown(&r, "b:1");
	known_free(&r);
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
	struct known_rig r;

	known_init(&r);
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
	known_read_again(&r);
	known_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		who_is_added_is_known_and_stays_so,
		a_last_line_is_ended_first,
		any_name_is_one_word,
		what_would_not_be_found_again_is_not_added,
		somebody_may_have_been_first,
		somebody_may_be_first_while_we_wait,
		a_signal_does_not_end_the_wait,
		what_was_known_stays_so_when_the_file_breaks,
		folders_are_made_two_deep_and_private,
		a_folder_may_be_closed,
		a_disk_that_is_full_leaves_no_half_line,
		many_add_at_once,
	};
	int failed = run_tests("known_peers_add", tests, COUNT(tests));

	return failed != 0;
}
