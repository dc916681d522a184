/* SPDX-License-Identifier: ISC */
/* test_activation.c - sockets that were opened by whoever started us */
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "activation.h"
#include "endpoint.h"
#include "support.h"

#define FIRST_FD 3
#define HANDED   4 /* descriptors that a child is handed, at most */

/* What a child found; it shares the page with us. */
struct found {
	size_t count;
	int fds[HANDED];
	bool closes[HANDED]; /* close-on-exec, by place */
	bool in_environment;
};

static int
inet_socket(int type)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	if (type == SOCK_STREAM)
		ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

/* In the child: the descriptors go where the protocol wants them, -1 closed.
 * Those of the test itself may be there, so out of the way first. */
static void
place(const int *fds, size_t count)
{
	int away[HANDED];

	for (size_t i = 0; i < count; i++)
		away[i] = fds[i] == -1 ? -1 : fcntl(fds[i], F_DUPFD, 100);
	for (size_t i = 0; i < count; i++) {
		if (away[i] == -1)
			close(FIRST_FD + (int)i);
		else
			dup2(away[i], FIRST_FD + (int)i);
	}
}

static void
look(struct found *found, size_t count, size_t max)
{
	found->count = activation_take(found->fds, max);
	for (size_t i = 0; i < count; i++)
		found->closes[i] =
		    fcntl(FIRST_FD + (int)i, F_GETFD) == FD_CLOEXEC;
	found->in_environment = getenv("LISTEN_PID") != NULL ||
	    getenv("LISTEN_FDS") != NULL || getenv("LISTEN_FDNAMES") != NULL;
}

/* A child that is started so; pid NULL is its own. */
static struct found
start(const char *pid, const char *fds, const int *handed, size_t count,
    size_t max)
{
	struct found *shared =
			 mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0),
		     result;
	char own[16];
	int status;
	pid_t child = fork();

	if (child == 0) {
		snprintf(own, sizeof(own), "%d", (int)getpid());
		setenv("LISTEN_PID", pid == NULL ? own : pid, 1);
		setenv("LISTEN_FDS", fds, 1);
		setenv("LISTEN_FDNAMES", "one:two", 1);
		place(handed, count);
		look(shared, count, max);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	result = *shared;
	munmap(shared, sizeof(*shared));
	return result;
}

START_TEST(sockets_are_taken_and_no_child_gets_them)
{
	int handed[] = { inet_socket(SOCK_STREAM), inet_socket(SOCK_DGRAM) };
	struct found f = start(NULL, "2", handed, 2, HANDED);

	ck_assert_uint_eq(f.count, 2);
	ck_assert_int_eq(f.fds[0], 3);
	ck_assert_int_eq(f.fds[1], 4);
	ck_assert(f.closes[0] && f.closes[1]);
	ck_assert(!f.in_environment);
	close_pair(handed);
}
END_TEST

START_TEST(another_process_was_meant)
{
	int handed[] = { inet_socket(SOCK_STREAM) };
	struct found f = start("1", "1", handed, 1, HANDED);

	ck_assert_uint_eq(f.count, 0);
	ck_assert(!f.closes[0]);
	ck_assert(!f.in_environment);
	close(handed[0]);
}
END_TEST

START_TEST(nobody_was_meant)
{
	int fds[HANDED];

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	ck_assert_uint_eq(activation_take(fds, HANDED), 0);
}
END_TEST

START_TEST(numbers_are_strict)
{
	static const char *const wrong[] = { "", "0", "-1", " 1", "+1", "1 ",
		"1x", "0x1", "one", "99999999999", "65537" };
	int handed[] = { inet_socket(SOCK_STREAM) };
	char pid[16];

	snprintf(pid, sizeof(pid), "%d ", (int)getpid());
	ck_assert_uint_eq(start(NULL, "1", handed, 1, HANDED).count, 1);
	ck_assert_uint_eq(start("", "1", handed, 1, HANDED).count, 0);
	ck_assert_uint_eq(start(pid, "1", handed, 1, HANDED).count, 0);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct found f = start(NULL, wrong[i], handed, 1, HANDED);

		ck_assert_msg(f.count == 0, "LISTEN_FDS=\"%s\" gives %zu",
		    wrong[i], f.count);
		ck_assert(!f.in_environment);
	}
	close(handed[0]);
}
END_TEST

START_TEST(what_is_no_socket_of_ours_is_left_out)
{
	int handed[] = { file_of("", 0), -1,
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0),
		inet_socket(SOCK_STREAM) };
	struct found f = start(NULL, "4", handed, 4, HANDED);

	ck_assert_uint_eq(f.count, 1);
	ck_assert_int_eq(f.fds[0], 6);
	ck_assert(f.closes[0] && f.closes[2] && f.closes[3]);
	close(handed[0]);
	close_pair(handed + 2);
}
END_TEST

START_TEST(more_than_wanted_are_left_out)
{
	int handed[] = { inet_socket(SOCK_STREAM), inet_socket(SOCK_STREAM),
		inet_socket(SOCK_STREAM) };
	struct found f = start(NULL, "3", handed, 3, 2);

	ck_assert_uint_eq(f.count, 2);
	ck_assert(f.closes[2]);
	close_pair(handed);
	close(handed[2]);
}
END_TEST

static void
check_role(int fd, enum socket_role role)
{
	ck_assert_int_eq(activation_role(fd), role);
	close(fd);
}

START_TEST(ip_sockets_have_their_roles)
{
	int fds[2], fd = inet_socket(SOCK_DGRAM);
	struct address a;

	tcp_pair(fds);
	check_role(fds[0], SOCKET_CONNECTED);
	check_role(fds[1], SOCKET_CONNECTED);
	check_role(inet_socket(SOCK_STREAM), SOCKET_LISTENING);
	check_role(socket(AF_INET, SOCK_STREAM, 0), SOCKET_NONE);
	check_role(socket(AF_INET, SOCK_DGRAM, 0), SOCKET_NONE);
	ck_assert_int_eq(activation_role(fd), SOCKET_DATAGRAM);
	ck_assert_int_eq(address_of_socket(fd, &a), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a.addr, a.len), 0);
	check_role(fd, SOCKET_CONNECTED);
}
END_TEST

/* Bound by the system to an abstract name that nobody has */
static int
unix_socket(int type)
{
	struct sockaddr sa = { .sa_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, &sa, sizeof(sa.sa_family)), 0);
	return fd;
}

START_TEST(unix_sockets_have_their_roles)
{
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };
	int fds[2], fd;

	for (size_t i = 0; i < COUNT(types); i++) {
		pair_of(types[i], fds);
		check_role(fds[0], SOCKET_CONNECTED);
		close(fds[1]);
		check_role(
		    socket(AF_UNIX, types[i] | SOCK_CLOEXEC, 0), SOCKET_NONE);
	}
	for (size_t i = 0; i < 2; i++) {
		fd = unix_socket(types[i]);
		ck_assert_int_eq(activation_role(fd), SOCKET_NONE);
		ck_assert_int_eq(listen(fd, 1), 0);
		check_role(fd, SOCKET_LISTENING);
	}
	check_role(unix_socket(SOCK_DGRAM), SOCKET_DATAGRAM);
}
END_TEST

START_TEST(what_is_no_socket_has_no_role)
{
	int fds[2];

	pipe_pair(fds);
	check_role(fds[0], SOCKET_NONE);
	check_role(fds[1], SOCKET_NONE);
	ck_assert_int_eq(activation_role(fds[0]), SOCKET_NONE);
	ck_assert_int_eq(activation_role(-1), SOCKET_NONE);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		sockets_are_taken_and_no_child_gets_them,
		another_process_was_meant,
		nobody_was_meant,
		numbers_are_strict,
		what_is_no_socket_of_ours_is_left_out,
		more_than_wanted_are_left_out,
		ip_sockets_have_their_roles,
		unix_sockets_have_their_roles,
		what_is_no_socket_has_no_role,
	};
	int failed = run_tests("activation", tests, COUNT(tests));

	return failed != 0;
}
