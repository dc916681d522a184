/* SPDX-License-Identifier: ISC */
/* test_inherited.c - sockets that we were started with */
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inherited.h"
#include "support.h"

/* As a super-server starts us: descriptors 0 to 2 are not what they were,
 * until stdio_restore(). */
struct stdio {
	int saved[3];
};

static void
stdio_save(struct stdio *s)
{
	fflush(NULL);
	for (int fd = 0; fd < 3; fd++)
		s->saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
}

static void
stdio_restore(const struct stdio *s)
{
	for (int fd = 0; fd < 3; fd++) {
		dup2(s->saved[fd], fd);
		close(s->saved[fd]);
	}
}

static const struct options inetd = { .listen = true, .inetd = true };
static const struct options inetd_udp = {
	.listen = true, .inetd = true, .udp = true
};

/* Bound to a port of loopback. */
static int
socket_of(int type)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	if (type == SOCK_STREAM)
		ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

static bool
is_null(int fd)
{
	struct stat st, null;

	ck_assert_int_eq(stat("/dev/null", &null), 0);
	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	    st.st_rdev == null.st_rdev;
}

static bool
is_same(int a, int b)
{
	struct stat one, other;

	return fstat(a, &one) == 0 && fstat(b, &other) == 0 &&
	    one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* inherited_take(), and what it said on stderr. */
static enum status
take_said(const struct options *o, struct inherited *found, char text[512])
{
	struct capture c;
	enum status status;

	capture_start(&c, STDERR_FILENO);
	status = inherited_take(o, found);
	capture_end(&c, text, 512);
	return status;
}

START_TEST(descriptor_0_may_be_the_connection)
{
	struct inherited found;
	enum status status;
	struct stdio s;
	bool left;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	stdio_save(&s);
	for (int fd = 0; fd < 3; fd++)
		dup2(fds[0], fd);
	status = inherited_take(&inetd, &found);
	left = is_null(0) && is_null(1) && is_null(2);
	stdio_restore(&s);
	ck_assert_int_eq(status, STATUS_OK);
	ck_assert(left);
	ck_assert_ptr_null(found.listener);
	ck_assert_int_ge(found.connected, 3);
	ck_assert_int_eq(fcntl(found.connected, F_GETFD), FD_CLOEXEC);
	ck_assert(is_same(found.connected, fds[0]));
	close(found.connected);
	close_pair(fds);
}
END_TEST

/* A stderr of its own is for messages. */
START_TEST(what_is_another_thing_stays)
{
	int fds[2], file = file_of("", 0);
	struct inherited found;
	enum status status;
	struct stdio s;
	bool left, stays;

	pair_of(SOCK_STREAM, fds);
	stdio_save(&s);
	dup2(fds[0], 0);
	dup2(fds[0], 1);
	dup2(file, 2);
	status = inherited_take(&inetd, &found);
	left = is_null(0) && is_null(1);
	stays = is_same(2, file);
	stdio_restore(&s);
	ck_assert_int_eq(status, STATUS_OK);
	ck_assert(left);
	ck_assert(stays);
	close(found.connected);
	close_pair(fds);
	close(file);
}
END_TEST

START_TEST(descriptor_0_may_be_a_listener)
{
	int fd = socket_of(SOCK_STREAM);
	struct inherited found;
	enum status status;
	struct address a;
	struct stdio s;

	stdio_save(&s);
	dup2(fd, 0);
	status = inherited_take(&inetd, &found);
	stdio_restore(&s);
	ck_assert_int_eq(status, STATUS_OK);
	ck_assert_int_eq(found.connected, -1);
	ck_assert_ptr_nonnull(found.listener);
	ck_assert_int_eq(found.listener->socktype, SOCK_STREAM);
	ck_assert_int_eq(listener_address(found.listener, 0, &a), 0);
	listener_free(found.listener);
	close(fd);
}
END_TEST

START_TEST(descriptor_0_may_be_for_datagrams)
{
	int fd = socket_of(SOCK_DGRAM);
	struct inherited found;
	enum status status;
	struct stdio s;

	stdio_save(&s);
	dup2(fd, 0);
	status = inherited_take(&inetd_udp, &found);
	stdio_restore(&s);
	ck_assert_int_eq(status, STATUS_OK);
	ck_assert_ptr_nonnull(found.listener);
	ck_assert_int_eq(found.listener->socktype, SOCK_DGRAM);
	listener_free(found.listener);
	close(fd);
}
END_TEST

static void
check_refused(const struct options *o, int fd, const char *words)
{
	struct inherited found;
	enum status status;
	struct stdio s;
	char text[512];

	stdio_save(&s);
	dup2(fd, 0);
	status = take_said(o, &found, text);
	stdio_restore(&s);
	ck_assert_int_eq(status, STATUS_USAGE);
	ck_assert_ptr_null(found.listener);
	ck_assert_int_eq(found.connected, -1);
	ck_assert_str_eq(text, words);
	close(fd);
}

START_TEST(the_socket_is_of_the_kind_that_was_said)
{
	check_refused(&inetd, socket_of(SOCK_DGRAM),
	    "ncx: a socket that was handed over is not one that listens\n");
	check_refused(&inetd_udp, socket_of(SOCK_STREAM),
	    "ncx: a socket that was handed over is not one for datagrams\n");
}
END_TEST

START_TEST(descriptor_0_has_to_be_a_socket)
{
	check_refused(&inetd, file_of("", 0),
	    "ncx: --inetd: descriptor 0 is no socket\n");
	check_refused(&inetd, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
	    "ncx: --inetd: descriptor 0 is no socket\n");
}
END_TEST

/* What a child has found of the sockets that it was handed: it shows by its
 * exit status. */
enum found {
	FOUND_NOTHING = 1, /* and said so */
	FOUND_CONNECTION,
	FOUND_ONE,
	FOUND_TWO,
	FOUND_WRONG, /* two that do not fit, and said so */
};

static enum found
found_what(enum status status, const struct inherited *found, const char *text)
{
	if (status == STATUS_USAGE && strstr(text, "handed over") != NULL)
		return FOUND_WRONG;
	if (status == STATUS_USAGE &&
	    strstr(text, "ncx: missing port number; see ") == text)
		return FOUND_NOTHING;
	if (status != STATUS_OK || text[0] != '\0')
		return 0;
	if (found->connected == 3 && found->listener == NULL)
		return FOUND_CONNECTION;
	if (found->connected != -1 || found->listener == NULL)
		return 0;
	return found->listener->count == 2 ? FOUND_TWO : FOUND_ONE;
}

/* The child, which is handed these from descriptor 3 on. */
static void
take_over(const int *fds, int count)
{
	const struct options o = { .listen = true, .inherits = true };
	struct inherited found;
	int high[2] = { -1, -1 };
	enum status status;
	char text[512], number[16];

	for (int i = 0; i < count; i++)
		high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 20);
	for (int i = 0; i < count; i++)
		dup2(high[i], 3 + i);
	snprintf(number, sizeof(number), "%d", getpid());
	setenv("LISTEN_PID", number, 1);
	snprintf(number, sizeof(number), "%d", count);
	setenv("LISTEN_FDS", number, 1);
	status = take_said(&o, &found, text);
	_exit((int)found_what(status, &found, text));
}

static void
check_found(int a, int b, enum found want)
{
	const int fds[] = { a, b };
	int status, count = (a != -1) + (b != -1);
	pid_t child = fork();

	if (child == 0)
		take_over(fds, count);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), want);
	for (int i = 0; i < count; i++)
		close(fds[i]);
}

START_TEST(a_manager_hands_over_sockets)
{
	int fds[2];

	check_found(-1, -1, FOUND_NOTHING);
	check_found(file_of("", 0), -1, FOUND_NOTHING);
	check_found(socket_of(SOCK_STREAM), -1, FOUND_ONE);
	check_found(socket_of(SOCK_STREAM), socket_of(SOCK_STREAM), FOUND_TWO);
	check_found(socket_of(SOCK_STREAM), socket_of(SOCK_DGRAM), FOUND_WRONG);
	pair_of(SOCK_STREAM, fds);
	check_found(socket_of(SOCK_STREAM), dup(fds[0]), FOUND_WRONG);
	check_found(fds[0], -1, FOUND_CONNECTION);
	close(fds[1]);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		descriptor_0_may_be_the_connection,
		what_is_another_thing_stays,
		descriptor_0_may_be_a_listener,
		descriptor_0_may_be_for_datagrams,
		the_socket_is_of_the_kind_that_was_said,
		descriptor_0_has_to_be_a_socket,
		a_manager_hands_over_sockets,
	};
	int failed = run_tests("inherited", tests, COUNT(tests));

	return failed != 0;
}
