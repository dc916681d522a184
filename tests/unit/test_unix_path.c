/* SPDX-License-Identifier: ISC */
/* test_unix_path.c - the path of a Unix socket that we made */
#include <errno.h>
#include <fcntl.h>
#include <sys/un.h>
#include <unistd.h>

#include "support.h"
#include "unix_path.h"

/* A folder, and the address of a path in it. */
struct rig {
	char folder[32];
	char path[64];
	struct address *a;
	struct unix_path own;
};

static struct address *
unix_address(const char *path, int socktype)
{
	struct endpoint ep = {
		.host = path, .family = AF_UNIX, .socktype = socktype
	};
	struct address *a = NULL;

	ck_assert_int_eq(endpoint_resolve(&ep, &a), 0);
	return a;
}

static void
rig_init(struct rig *r, int socktype)
{
	*r = (struct rig){ 0 };
	temp_folder_make(r->folder);
	strlcpy(r->path, temp_path(r->folder, "sock"), sizeof(r->path));
	r->a = unix_address(r->path, socktype);
}

static void
rig_free(struct rig *r)
{
	address_free(r->a);
	temp_folder_remove(r->folder);
}

static int
rig_bind(struct rig *r, struct unix_path *own)
{
	int fd = socket(AF_UNIX, r->a->socktype | SOCK_CLOEXEC, 0);

	if (unix_path_bind(own, fd, r->a) == 0)
		return fd;
	close(fd);
	return -1;
}

START_TEST(what_was_made_is_removed)
{
	struct rig r;
	int fd;

	rig_init(&r, SOCK_STREAM);
	fd = rig_bind(&r, &r.own);
	ck_assert_int_ne(fd, -1);
	ck_assert_str_eq(r.own.path, r.path);
	ck_assert_int_eq(access(r.path, F_OK), 0);
	unix_path_remove(&r.own);
	ck_assert_int_eq(access(r.path, F_OK), -1);
	ck_assert_str_eq(r.own.path, "");
	unix_path_remove(&r.own);
	close(fd);
	rig_free(&r);
}
END_TEST

START_TEST(nothing_made_is_nothing_removed)
{
	struct unix_path own = { 0 };

	unix_path_remove(&own);
	ck_assert_str_eq(own.path, "");
}
END_TEST

START_TEST(a_stale_socket_is_replaced)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	struct unix_path old = { 0 };
	struct rig r;
	int fd;

	for (size_t i = 0; i < COUNT(types); i++) {
		rig_init(&r, types[i]);
		close(rig_bind(&r, &old));
		ck_assert_int_eq(access(r.path, F_OK), 0);
		fd = rig_bind(&r, &r.own);
		ck_assert_int_ne(fd, -1);
		unix_path_remove(&r.own);
		ck_assert_int_eq(access(r.path, F_OK), -1);
		close(fd);
		rig_free(&r);
	}
}
END_TEST

START_TEST(a_live_socket_stays)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	struct unix_path live = { 0 };
	struct rig r;
	int fd;

	for (size_t i = 0; i < COUNT(types); i++) {
		rig_init(&r, types[i]);
		fd = rig_bind(&r, &live);
		listen(fd, 1);
		ck_assert_int_eq(rig_bind(&r, &r.own), -1);
		ck_assert_int_eq(errno, EADDRINUSE);
		ck_assert_str_eq(r.own.path, "");
		ck_assert_int_eq(access(r.path, F_OK), 0);
		close(fd);
		rig_free(&r);
	}
}
END_TEST

/* A stream listener would refuse a datagram, and is alive all the same. */
START_TEST(a_live_socket_of_another_type_stays)
{
	struct unix_path live = { 0 };
	struct rig r;
	int fd;

	rig_init(&r, SOCK_STREAM);
	fd = rig_bind(&r, &live);
	listen(fd, 1);
	r.a->socktype = SOCK_DGRAM;
	ck_assert_int_eq(rig_bind(&r, &r.own), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_int_eq(access(r.path, F_OK), 0);
	close(fd);
	rig_free(&r);
}
END_TEST

/* Its queue is full: it is slow, not dead. */
START_TEST(a_busy_socket_stays)
{
	struct unix_path live = { 0 };
	struct rig r;
	int fd, clients[2];

	rig_init(&r, SOCK_STREAM);
	fd = rig_bind(&r, &live);
	listen(fd, 0);
	for (size_t i = 0; i < COUNT(clients); i++) {
		clients[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(clients[i], (struct sockaddr *)&r.a->addr, r.a->len);
	}
	ck_assert_int_eq(rig_bind(&r, &r.own), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_int_eq(access(r.path, F_OK), 0);
	close_pair(clients);
	close(fd);
	rig_free(&r);
}
END_TEST

START_TEST(what_is_no_socket_stays)
{
	struct rig r;
	int fd;

	rig_init(&r, SOCK_STREAM);
	fd = open(r.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	put(fd, "precious");
	ck_assert_int_eq(rig_bind(&r, &r.own), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(lseek(fd, 0, SEEK_END), 8);
	ck_assert_int_eq(access(r.path, F_OK), 0);
	close(fd);
	rig_free(&r);
}
END_TEST

/* Not followed: neither what it leads to nor itself is ours. */
START_TEST(a_link_stays)
{
	struct stat st;
	struct rig r;

	rig_init(&r, SOCK_STREAM);
	ck_assert_int_eq(symlink("nowhere", r.path), 0);
	ck_assert_int_eq(rig_bind(&r, &r.own), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(lstat(r.path, &st), 0);
	rig_free(&r);
}
END_TEST

START_TEST(a_missing_folder_is_an_error)
{
	struct rig r;

	rig_init(&r, SOCK_STREAM);
	address_free(r.a);
	r.a = unix_address(temp_path(r.folder, "no/sock"), SOCK_STREAM);
	ck_assert_int_eq(rig_bind(&r, &r.own), -1);
	ck_assert_int_eq(errno, ENOENT);
	rig_free(&r);
}
END_TEST

START_TEST(what_somebody_else_put_there_stays)
{
	struct unix_path theirs = { 0 };
	struct rig r;
	int fd, other;

	rig_init(&r, SOCK_STREAM);
	fd = rig_bind(&r, &r.own);
	ck_assert_int_eq(unlink(r.path), 0);
	other = rig_bind(&r, &theirs);
	ck_assert_int_ne(other, -1);
	unix_path_remove(&r.own);
	ck_assert_int_eq(access(r.path, F_OK), 0);
	unix_path_remove(&theirs);
	ck_assert_int_eq(access(r.path, F_OK), -1);
	close(fd);
	close(other);
	rig_free(&r);
}
END_TEST

/* Once ours is closed, a file system may give its inode number to the next. */
START_TEST(what_took_the_place_of_a_closed_one_stays)
{
	struct unix_path theirs = { 0 };
	struct rig r;
	int other;

	rig_init(&r, SOCK_STREAM);
	close(rig_bind(&r, &r.own));
	other = rig_bind(&r, &theirs); /* ours is stale */
	ck_assert_int_ne(other, -1);
	unix_path_remove(&r.own);
	ck_assert_int_eq(access(r.path, F_OK), 0);
	close(other);
	rig_free(&r);
}
END_TEST

START_TEST(an_abstract_name_leaves_no_path)
{
	static const char *const names[] = { "@ncx-unit-test-unix-path", "@" };

	for (size_t i = 0; i < COUNT(names); i++) {
		struct address *a = unix_address(names[i], SOCK_STREAM);
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);
		int other = socket(AF_UNIX, SOCK_STREAM, 0);
		struct unix_path own = { 0 };

		ck_assert_int_eq(unix_path_bind(&own, fd, a), 0);
		ck_assert_str_eq(own.path, "");
		ck_assert_int_eq(unix_path_bind(&own, other, a), -1);
		ck_assert_int_eq(errno, EADDRINUSE);
		close(fd);
		close(other);
		address_free(a);
	}
}
END_TEST

START_TEST(the_longest_path_can_be_bound)
{
	char name[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct rig r;
	int fd;

	rig_init(&r, SOCK_STREAM);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1 - strlen(r.folder) - 1] = '\0';
	address_free(r.a);
	r.a = unix_address(temp_path(r.folder, name), SOCK_STREAM);
	fd = rig_bind(&r, &r.own);
	ck_assert_int_ne(fd, -1);
	ck_assert_uint_eq(strlen(r.own.path), 107);
	unix_path_remove(&r.own);
	ck_assert_int_eq(access(temp_path(r.folder, name), F_OK), -1);
	close(fd);
	rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_was_made_is_removed,
		nothing_made_is_nothing_removed,
		a_stale_socket_is_replaced,
		a_live_socket_stays,
		a_live_socket_of_another_type_stays,
		a_busy_socket_stays,
		what_is_no_socket_stays,
		a_link_stays,
		a_missing_folder_is_an_error,
		what_somebody_else_put_there_stays,
		what_took_the_place_of_a_closed_one_stays,
		an_abstract_name_leaves_no_path,
		the_longest_path_can_be_bound,
	};
	int failed = run_tests("unix_path", tests, COUNT(tests));

	return failed != 0;
}
