/* SPDX-License-Identifier: ISC */
/* test_notify.c - tell a service manager how we are */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "manager.h"
#include "notify.h"
#include "support.h"

/* datagrams; no queue of a Unix socket holds so many */
#define MANY 100000

START_TEST(a_manager_is_told_by_its_path)
{
	char folder[32], text[MANAGER_TEXT];
	struct notify n;
	int fd;

	temp_folder_make(folder);
	fd = manager_start(temp_path(folder, "notify"));
	notify_init(&n);
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
	ck_assert_int_eq(notify_tell(&n, "READY=1"), 0);
	ck_assert_str_eq(manager_heard(fd, text), "READY=1");
	ck_assert_int_eq(notify_tell(&n, "STOPPING=1"), 0);
	ck_assert_str_eq(manager_heard(fd, text), "STOPPING=1");
	ck_assert_str_eq(manager_heard(fd, text), "");
	close(fd);
	temp_folder_remove(folder);
}
END_TEST

START_TEST(a_manager_is_told_by_its_abstract_name)
{
	char name[64], text[MANAGER_TEXT];
	struct notify n;
	int fd;

	snprintf(name, sizeof(name), "@ncx-unit-notify-%d", (int)getpid());
	fd = manager_start(name);
	notify_init(&n);
	ck_assert_int_eq(notify_tell(&n, "READY=1"), 0);
	ck_assert_str_eq(manager_heard(fd, text), "READY=1");
	close(fd);
}
END_TEST

START_TEST(reloading_has_its_time)
{
	char folder[32], text[MANAGER_TEXT];
	unsigned long long us = 0;
	int64_t before_us = clock_us();
	struct notify n;
	int fd;

	temp_folder_make(folder);
	fd = manager_start(temp_path(folder, "notify"));
	notify_init(&n);
	ck_assert_int_eq(notify_reloading(&n), 0);
	manager_heard(fd, text);
	ck_assert_int_eq(
	    sscanf(text, "RELOADING=1\nMONOTONIC_USEC=%llu", &us), 1);
	ck_assert_uint_ge(us, (uint64_t)before_us);
	ck_assert_uint_le(us, (uint64_t)clock_us());
	close(fd);
	temp_folder_remove(folder);
}
END_TEST

static void
check_nobody(const char *name)
{
	struct notify n;

	setenv("NOTIFY_SOCKET", name, 1);
	notify_init(&n);
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
	ck_assert_msg(notify_tell(&n, "READY=1") == 0, "\"%s\"", name);
	ck_assert_msg(notify_reloading(&n) == 0, "\"%s\"", name);
}

START_TEST(there_may_be_nobody_to_tell)
{
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1];
	struct notify n, zeroed = { 0 };

	unsetenv("NOTIFY_SOCKET");
	notify_init(&n);
	ck_assert_int_eq(notify_tell(&n, "READY=1"), 0);
	ck_assert_int_eq(notify_tell(&zeroed, "READY=1"), 0);
	check_nobody("");
	check_nobody("relative/path");
	check_nobody("vsock:2:1234");
	memset(path, '/', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	check_nobody(path);
}
END_TEST

START_TEST(a_manager_that_is_gone_is_an_error)
{
	char folder[32];
	struct notify n;
	int fd, next;

	temp_folder_make(folder);
	fd = manager_start(temp_path(folder, "notify"));
	notify_init(&n);
	close(fd);
	ck_assert_int_eq(notify_tell(&n, "READY=1"), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	unlink(temp_path(folder, "notify"));
	ck_assert_int_eq(notify_tell(&n, "READY=1"), -1);
	ck_assert_int_eq(errno, ENOENT);
	next = fcntl(0, F_DUPFD, 0); /* nothing was left open */
	ck_assert_int_eq(next, fd);
	close(next);
	temp_folder_remove(folder);
}
END_TEST

START_TEST(a_manager_that_does_not_listen_holds_up_nobody)
{
	char folder[32], text[MANAGER_TEXT];
	struct notify n;
	int fd, told = 0;

	temp_folder_make(folder);
	fd = manager_start(temp_path(folder, "notify"));
	notify_init(&n);
	while (told < MANY && notify_tell(&n, "READY=1") == 0)
		told++;
	ck_assert_int_lt(told, MANY);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_str_eq(manager_heard(fd, text), "READY=1");
	ck_assert_int_eq(notify_tell(&n, "STOPPING=1"), 0);
	close(fd);
	temp_folder_remove(folder);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_manager_is_told_by_its_path,
		a_manager_is_told_by_its_abstract_name,
		reloading_has_its_time,
		there_may_be_nobody_to_tell,
		a_manager_that_is_gone_is_an_error,
		a_manager_that_does_not_listen_holds_up_nobody,
	};
	int failed = run_tests("notify", tests, COUNT(tests));

	return failed != 0;
}
