/* SPDX-License-Identifier: ISC */
/* test_readiness.c - tell the outside that the listener listens */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manager.h"
#include "readiness_rig.h"
#include "support.h"

static void
check_file(const char *path, const char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	ck_assert_int_ne(fd, -1);
	expect(fd, text);
	close(fd);
}

static int
files_in(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	int count = 0;

	while ((entry = readdir(dir)) != NULL)
		count += strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return count;
}

START_TEST(without_options_there_is_nothing_to_tell)
{
	struct readiness_rig r;

	readiness_rig_init(&r);
	readiness_rig_check(&r, STATUS_OK);
	readiness_rig_tell(&r, "51234", STATUS_OK);
	ck_assert_str_eq(r.said, "");
	ck_assert_int_eq(files_in(r.folder), 0);
	readiness_rig_free(&r);
}
END_TEST

START_TEST(the_port_is_in_the_file)
{
	struct stat st;
	struct readiness_rig r;

	readiness_rig_init(&r);
	r.options.port_file = r.file;
	readiness_rig_check(&r, STATUS_OK);
	ck_assert_int_eq(files_in(r.folder), 0);
	umask(027);
	readiness_rig_tell(&r, "51234", STATUS_OK);
	ck_assert_str_eq(r.said, "");
	check_file(r.file, "51234\n");
	ck_assert_int_eq(stat(r.file, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0640);
	ck_assert_int_eq(umask(0), 027);
	readiness_rig_tell(
	    &r, "/run/socket", STATUS_OK); /* takes the old one's place */
	check_file(r.file, "/run/socket\n");
	ck_assert_int_eq(stat(r.file, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0644);
	ck_assert_int_eq(files_in(r.folder), 1);
	readiness_rig_free(&r);
}
END_TEST

START_TEST(the_file_may_be_here_and_have_a_long_name)
{
	char name[NAME_MAX + 1];
	struct readiness_rig r;

	readiness_rig_init(&r);
	ck_assert_int_eq(chdir(r.folder), 0);
	memset(name, 'n', NAME_MAX);
	name[NAME_MAX] = '\0';
	r.options.port_file = name;
	readiness_rig_tell(&r, "1", STATUS_OK);
	check_file(name, "1\n");
	ck_assert_int_eq(files_in("."), 1);
	readiness_rig_free(&r);
}
END_TEST

/* A reader that has the old file open keeps the old text. */
START_TEST(the_file_is_never_half_there)
{
	struct readiness_rig r;
	int fd;

	readiness_rig_init(&r);
	r.options.port_file = r.file;
	readiness_rig_tell(&r, "51234", STATUS_OK);
	fd = open(r.file, O_RDONLY | O_CLOEXEC);
	readiness_rig_tell(&r, "1", STATUS_OK);
	expect(fd, "51234\n");
	close(fd);
	check_file(r.file, "1\n");
	readiness_rig_free(&r);
}
END_TEST

static void
check_refused(struct readiness_rig *r, const char *path, const char *reason)
{
	char verb[PATH_MAX + 16];

	r->options.port_file = path;
	readiness_rig_tell(r, "51234", STATUS_LOCAL);
	snprintf(verb, sizeof(verb), "write %s", path);
	readiness_rig_said(r, verb, reason);
}

START_TEST(a_file_that_cannot_be_written_is_an_error)
{
	char path[PATH_MAX + 16];
	struct stat st;
	struct readiness_rig r;

	readiness_rig_init(&r);
	snprintf(path, sizeof(path), "%s/no/port", r.folder);
	check_refused(&r, path, "No such file or directory");
	snprintf(path, sizeof(path), "%s/", r.folder);
	check_refused(&r, path, "Is a directory");
	check_refused(&r, "", "No such file or directory");
	check_refused(&r, "/dev/null", "File exists");
	ck_assert_int_eq(mkfifo(r.file, 0600), 0);
	check_refused(&r, r.file, "File exists");
	ck_assert_int_eq(stat(r.file, &st), 0);
	ck_assert(S_ISFIFO(st.st_mode));
	unlink(r.file);
	ck_assert_int_eq(symlink("/dev/null", r.file), 0);
	check_refused(&r, r.file, "File exists");
	snprintf(path, sizeof(path), "%s/x", r.file);
	check_refused(&r, path, "Not a directory");
	ck_assert_int_eq(files_in(r.folder), 1);
	readiness_rig_free(&r);
}
END_TEST

/* The limit is for the file of a capture, too: stderr stays what it is. */
START_TEST(a_full_disk_leaves_the_old_file)
{
	struct rlimit was, none;
	struct readiness_rig r;
	enum status result;

	readiness_rig_init(&r);
	r.options.port_file = r.file;
	readiness_rig_tell(&r, "51234", STATUS_OK);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	none = was;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_FSIZE, &none);
	result = readiness_tell(&r.readiness, &r.options, "1");
	setrlimit(RLIMIT_FSIZE, &was);
	ck_assert_int_eq(result, STATUS_LOCAL);
	check_file(r.file, "51234\n");
	ck_assert_int_eq(files_in(r.folder), 1);
	readiness_rig_free(&r);
}
END_TEST

START_TEST(the_service_manager_follows)
{
	char text[MANAGER_TEXT];
	struct readiness_rig r;
	int fd;

	readiness_rig_init(&r);
	fd = manager_start(temp_path(r.folder, "notify"));
	readiness_init(&r.readiness);
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
	readiness_rig_check(&r, STATUS_OK);
	ck_assert_str_eq(manager_heard(fd, text), "");
	readiness_rig_tell(&r, "51234", STATUS_OK);
	ck_assert_str_eq(manager_heard(fd, text), "READY=1");
	readiness_reloading(&r.readiness);
	manager_heard(fd, text);
	ck_assert_int_eq(strncmp(text, "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
	readiness_reloaded(&r.readiness);
	ck_assert_str_eq(manager_heard(fd, text), "READY=1");
	readiness_stopping(&r.readiness);
	ck_assert_str_eq(manager_heard(fd, text), "STOPPING=1");
	close(fd);
	readiness_rig_free(&r);
}
END_TEST

START_TEST(nobody_is_told_when_something_failed)
{
	char text[MANAGER_TEXT];
	int fd, fds[2];
	struct readiness_rig r;

	readiness_rig_init(&r);
	fd = manager_start(temp_path(r.folder, "notify"));
	readiness_init(&r.readiness);
	pipe_pair(fds);
	r.options.ready_fd = fds[1];
	check_refused(&r, "/no/port", "No such file or directory");
	expect_none(fds[0]);
	r.options.port_file = NULL;
	close(fds[0]);
	readiness_rig_broken(&r, fds[1], "Broken pipe");
	ck_assert_str_eq(manager_heard(fd, text), "");
	close(fd);
	readiness_rig_free(&r);
}
END_TEST

START_TEST(a_manager_that_is_gone_is_no_failure)
{
	struct readiness_rig r;

	readiness_rig_init(&r);
	close(manager_start(temp_path(r.folder, "notify")));
	readiness_init(&r.readiness);
	readiness_rig_tell(&r, "51234", STATUS_OK);
	readiness_stopping(&r.readiness);
	ck_assert_str_eq(r.said, "");
	readiness_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_options_there_is_nothing_to_tell,
		the_port_is_in_the_file,
		the_file_may_be_here_and_have_a_long_name,
		the_file_is_never_half_there,
		a_file_that_cannot_be_written_is_an_error,
		a_full_disk_leaves_the_old_file,
		the_service_manager_follows,
		nobody_is_told_when_something_failed,
		a_manager_that_is_gone_is_no_failure,
	};
	int failed = run_tests("readiness", tests, COUNT(tests));

	return failed != 0;
}
