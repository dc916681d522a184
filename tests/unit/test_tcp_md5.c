/* SPDX-License-Identifier: ISC */
/* test_tcp_md5.c - the signature of TCP segments (RFC 2385)
 *
 * A system without it (CONFIG_TCP_MD5SIG) says ENOPROTOOPT. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "network.h"
#include "tcp_md5.h"

/* A listener on loopback that signs for all, or -1; its address. */
static int
signed_listener(const char *password, struct address *own)
{
	int port, fd = bound_socket(SOCK_STREAM, true, &port);

	ck_assert_int_eq(address_of_socket(fd, own), 0);
	if (tcp_md5_to_all(fd, password, own) == 0)
		return fd;
	ck_assert_int_eq(errno, ENOPROTOOPT);
	close(fd);
	return -1;
}

/* One that tries to connect, with this password. */
static int
client(const struct address *to, const char *password)
{
	int fd = socket(
	    to->addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(tcp_md5_to_peer(fd, password, to), 0);
	connect(fd, (const struct sockaddr *)&to->addr, to->len);
	return fd;
}

START_TEST(without_a_password_nothing_is_done)
{
	struct address a = { .len = 0 };

	ck_assert_int_eq(tcp_md5_to_peer(-1, NULL, &a), 0);
	ck_assert_int_eq(tcp_md5_to_all(-1, NULL, &a), 0);
}
END_TEST

START_TEST(with_the_same_password_they_meet)
{
	struct address own;
	int listener = signed_listener("secret", &own), fd, peer;
	struct pollfd pfd = { .fd = listener, .events = POLLIN };

	if (listener == -1)
		return;
	fd = client(&own, "secret");
	ck_assert_int_eq(poll(&pfd, 1, PATIENCE_MS), 1);
	peer = accept(listener, NULL, NULL);
	put(fd, "signed");
	expect(peer, "signed");
	put(peer, "too");
	expect(fd, "too");
	close(peer);
	close(fd);
	close(listener);
}
END_TEST

/* Segments that are not signed well are dropped without a word: what comes
 * after them and is served shows that they have been seen. */
START_TEST(without_it_they_do_not)
{
	struct address own;
	int listener = signed_listener("secret", &own), fds[3];
	struct pollfd pfd = { .fd = listener, .events = POLLIN };

	if (listener == -1)
		return;
	fds[0] = client(&own, NULL);
	fds[1] = client(&own, "wrong");
	fds[2] = client(&own, "secret");
	ck_assert_int_eq(poll(&pfd, 1, PATIENCE_MS), 1);
	for (size_t i = 0; i < COUNT(fds); i++) {
		pfd = (struct pollfd){ .fd = fds[i], .events = POLLOUT };
		ck_assert_int_eq(
		    poll(&pfd, 1, i == 2 ? PATIENCE_MS : 0), i == 2);
		close(fds[i]);
	}
	close(listener);
}
END_TEST

START_TEST(a_password_has_a_length)
{
	char longest[TCP_MD5_MAX + 2];
	struct address own;
	int port, fd = bound_socket(SOCK_STREAM, false, &port);

	ck_assert_int_eq(address_of_socket(fd, &own), 0);
	memset(longest, 'x', sizeof(longest));
	longest[TCP_MD5_MAX + 1] = '\0';
	ck_assert_int_eq(tcp_md5_to_peer(fd, longest, &own), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(tcp_md5_to_all(fd, longest, &own), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(tcp_md5_to_peer(fd, "", &own), -1);
	ck_assert_int_eq(errno, EINVAL);
	longest[TCP_MD5_MAX] = '\0';
	errno = ENOPROTOOPT;
	if (tcp_md5_to_peer(fd, longest, &own) == -1)
		ck_assert_int_eq(errno, ENOPROTOOPT);
	close(fd);
}
END_TEST

START_TEST(it_is_for_tcp_only)
{
	struct address own;
	int port, fd = bound_socket(SOCK_DGRAM, false, &port);

	ck_assert_int_eq(address_of_socket(fd, &own), 0);
	ck_assert_int_eq(tcp_md5_to_peer(fd, "secret", &own), -1);
	ck_assert_int_eq(tcp_md5_to_all(fd, "secret", &own), -1);
	close(fd);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_a_password_nothing_is_done,
		with_the_same_password_they_meet,
		without_it_they_do_not,
		a_password_has_a_length,
		it_is_for_tcp_only,
	};
	int failed = run_tests("tcp_md5", tests, COUNT(tests));

	return failed != 0;
}
