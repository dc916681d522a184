/* SPDX-License-Identifier: ISC */
/* test_tcp_facts.c - what the system knows of a TCP connection */
#include <linux/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"
#include "tcp_facts.h"

START_TEST(of_a_connection)
{
	struct tcp_facts facts;
	int fds[2];
	char bytes[5];

	tcp_pair(fds);
	put(fds[0], "hello");
	while (take(fds[1], bytes, sizeof(bytes)) != 5)
		;
	facts = tcp_facts_of(fds[0]);
	ck_assert_str_eq(facts.state, "ESTAB");
	ck_assert_int_ge(facts.rtt_us, 0);
	ck_assert_int_gt(facts.rto_us, 0);
	ck_assert_int_gt(facts.mss, 0);
	ck_assert_int_ge(facts.pmtu, facts.mss);
	ck_assert_int_gt(facts.cwnd, 0);
	ck_assert_int_eq(facts.ssthresh, -1);
	ck_assert_int_eq(facts.bytes_sent, 5);
	ck_assert_int_eq(facts.retrans, 0);
	ck_assert_int_eq(tcp_facts_of(fds[1]).bytes_received, 5);
	close(fds[1]);
	ck_assert_str_eq(tcp_facts_of(fds[0]).state, "CLOSE-WAIT");
	close(fds[0]);
}
END_TEST

START_TEST(of_what_is_no_connection)
{
	int fds[2], udp = socket(AF_INET, SOCK_DGRAM, 0);

	pair_of(SOCK_STREAM, fds);
	ck_assert_ptr_null(tcp_facts_of(fds[0]).state);
	close_pair(fds);
	ck_assert_ptr_null(tcp_facts_of(udp).state);
	close(udp);
	pipe_pair(fds);
	ck_assert_ptr_null(tcp_facts_of(fds[0]).state);
	close_pair(fds);
	ck_assert_ptr_null(tcp_facts_of(-1).state);
}
END_TEST

START_TEST(the_units_are_those_of_ss)
{
	const struct tcp_info info = { .tcpi_state = 1,
		.tcpi_rtt = 1500,
		.tcpi_snd_ssthresh = 7,
		.tcpi_delivery_rate = 1000,
		.tcpi_min_rtt = 17,
		.tcpi_busy_time = 4000 };
	struct tcp_facts facts = tcp_facts_from(&info, sizeof(info));

	ck_assert_int_eq(facts.rtt_us, 1500);
	ck_assert_int_eq(facts.ssthresh, 7);
	ck_assert_int_eq(facts.delivery_rate, 8000);
	ck_assert_int_eq(facts.min_rtt_us, 17);
	ck_assert_int_eq(facts.busy_us, 4000);
}
END_TEST

START_TEST(what_has_no_value_yet_has_none)
{
	const struct tcp_info info = { .tcpi_snd_ssthresh = 0x7fffffff,
		.tcpi_min_rtt = UINT32_MAX };
	struct tcp_facts facts = tcp_facts_from(&info, sizeof(info));

	ck_assert_int_eq(facts.ssthresh, -1);
	ck_assert_int_eq(facts.min_rtt_us, -1);
	ck_assert_str_eq(facts.state, "UNKNOWN");
}
END_TEST

/* Each kernel adds fields at the end. */
START_TEST(an_older_system_knows_less)
{
	struct tcp_info info;
	struct tcp_facts facts;

	memset(&info, 1, sizeof(info));
	info.tcpi_state = 99;
	facts = tcp_facts_from(&info, offsetof(struct tcp_info, tcpi_min_rtt));
	ck_assert_str_eq(facts.state, "UNKNOWN");
	ck_assert_int_eq(facts.mss, 0x01010101);
	ck_assert_int_eq(facts.bytes_acked, 0x0101010101010101);
	ck_assert_int_eq(facts.notsent, 0x01010101);
	ck_assert_int_eq(facts.min_rtt_us, -1);
	ck_assert_int_eq(facts.delivery_rate, -1);
	ck_assert_int_eq(facts.busy_us, -1);
	ck_assert_int_eq(facts.bytes_sent, -1);
	/* half a field is none */
	facts = tcp_facts_from(
	    &info, offsetof(struct tcp_info, tcpi_bytes_sent) + 4);
	ck_assert_int_eq(facts.sndbuf_limited_us, 0x0101010101010101);
	ck_assert_int_eq(facts.bytes_sent, -1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		of_a_connection,
		of_what_is_no_connection,
		the_units_are_those_of_ss,
		what_has_no_value_yet_has_none,
		an_older_system_knows_less,
	};
	int failed = run_tests("tcp_facts", tests, COUNT(tests));

	return failed != 0;
}
