/* SPDX-License-Identifier: ISC */
/* test_sockopts.c - the options of a socket that the user can set */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sockopts.h"
#include "support.h"

static int
option_of(int fd, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	getsockopt(fd, SOL_SOCKET, name, &value, &len);
	return value;
}

START_TEST(unset_changes_nothing)
{
	static const int families[] = { AF_INET, AF_INET6, AF_UNIX };
	const struct sockopts options = SOCKOPTS_DEFAULT;

	for (size_t i = 0; i < COUNT(families); i++) {
		int fd = socket(families[i], SOCK_DGRAM, 0);
		int recv = option_of(fd, SO_RCVBUF);
		int send = option_of(fd, SO_SNDBUF);

		ck_assert_ptr_null(sockopts_apply(&options, fd, families[i]));
		ck_assert_int_eq(option_of(fd, SO_RCVBUF), recv);
		ck_assert_int_eq(option_of(fd, SO_SNDBUF), send);
		close(fd);
	}
}
END_TEST

/* Linux doubles what it is given. */
START_TEST(buffers_are_set_one_by_one)
{
	struct sockopts options = SOCKOPTS_DEFAULT;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int send = option_of(fd, SO_SNDBUF);

	options.recv_buffer = 20000;
	ck_assert_ptr_null(sockopts_apply(&options, fd, AF_UNIX));
	ck_assert_int_eq(option_of(fd, SO_RCVBUF), 40000);
	ck_assert_int_eq(option_of(fd, SO_SNDBUF), send);
	options.send_buffer = 30000;
	ck_assert_ptr_null(sockopts_apply(&options, fd, AF_UNIX));
	ck_assert_int_eq(option_of(fd, SO_SNDBUF), 60000);
	close(fd);
}
END_TEST

START_TEST(the_option_that_fails_is_named)
{
	struct sockopts options = SOCKOPTS_DEFAULT;
	int fds[2];

	pipe_pair(fds);
	options.send_buffer = 4096;
	ck_assert_str_eq(
	    sockopts_apply(&options, fds[0], AF_UNIX), "send-buffer");
	ck_assert_int_eq(errno, ENOTSOCK);
	options.recv_buffer = 4096;
	ck_assert_str_eq(
	    sockopts_apply(&options, fds[0], AF_UNIX), "recv-buffer");
	close_pair(fds);
}
END_TEST

static int
value_of(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

/* All that a row of the table can name. */
START_TEST(each_option_reaches_its_own)
{
	const struct sockopts options = { .recv_buffer = SOCKOPT_UNSET,
		.send_buffer = SOCKOPT_UNSET,
		.broadcast = 1,
		.debug = SOCKOPT_UNSET,
		.ttl = 33,
		.min_ttl = 22,
		.tos = 0x10 };
	int four = socket(AF_INET, SOCK_DGRAM, 0);
	int six = socket(AF_INET6, SOCK_DGRAM, 0);

	ck_assert_ptr_null(sockopts_apply(&options, four, AF_INET));
	ck_assert_int_eq(option_of(four, SO_BROADCAST), 1);
	ck_assert_int_eq(value_of(four, IPPROTO_IP, IP_TTL), 33);
	ck_assert_int_eq(value_of(four, IPPROTO_IP, IP_MINTTL), 22);
	ck_assert_int_eq(value_of(four, IPPROTO_IP, IP_TOS), 0x10);
	ck_assert_ptr_null(sockopts_apply(&options, six, AF_INET6));
	ck_assert_int_eq(value_of(six, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 33);
	ck_assert_int_eq(value_of(six, IPPROTO_IPV6, IPV6_MINHOPCOUNT), 22);
	ck_assert_int_eq(value_of(six, IPPROTO_IPV6, IPV6_TCLASS), 0x10);
	close(four);
	close(six);
}
END_TEST

START_TEST(those_of_another_family_are_left_out)
{
	struct sockopts options = SOCKOPTS_DEFAULT;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	options.ttl = options.min_ttl = options.tos = 1;
	ck_assert_ptr_null(sockopts_apply(&options, fd, AF_UNIX));
	close(fd);
}
END_TEST

/* The system knows better than we which hop counts there are. */
START_TEST(a_value_that_the_system_refuses_is_named)
{
	struct sockopts options = SOCKOPTS_DEFAULT;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	options.tos = 1;
	options.ttl = 0;
	ck_assert_str_eq(sockopts_apply(&options, fd, AF_INET), "ttl");
	ck_assert_int_eq(errno, EINVAL);
	options.ttl = 1;
	options.min_ttl = 256;
	ck_assert_str_eq(sockopts_apply(&options, fd, AF_INET), "min-ttl");
	ck_assert_int_eq(errno, EINVAL);
	close(fd);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		unset_changes_nothing,
		buffers_are_set_one_by_one,
		the_option_that_fails_is_named,
		each_option_reaches_its_own,
		those_of_another_family_are_left_out,
		a_value_that_the_system_refuses_is_named,
	};
	int failed = run_tests("sockopts", tests, COUNT(tests));

	return failed != 0;
}
