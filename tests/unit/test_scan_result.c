/* SPDX-License-Identifier: ISC */
/* test_scan_result.c - what a scan found out about a port */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"
#include "scan_result.h"
#include "support.h"
#include "xalloc.h"

START_TEST(how_a_dial_ended_says_the_state)
{
	static const struct {
		enum status status;
		int reason;
		enum port_state want;
	} rows[] = {
		{ STATUS_OK, 0, PORT_OPEN },
		{ STATUS_CONNECT, ECONNREFUSED, PORT_CLOSED },
		{ STATUS_CONNECT, ENOENT, PORT_CLOSED },
		{ STATUS_CONNECT, ETIMEDOUT, PORT_FILTERED },
		{ STATUS_CONNECT, EHOSTUNREACH, PORT_UNREACHABLE },
		{ STATUS_CONNECT, ENETUNREACH, PORT_UNREACHABLE },
		{ STATUS_TIMEOUT, 0, PORT_FILTERED },
		{ STATUS_TIMEOUT, ETIMEDOUT, PORT_FILTERED },
		{ STATUS_PROXY, ECONNREFUSED, PORT_CLOSED },
		{ STATUS_PROXY, EHOSTUNREACH, PORT_UNREACHABLE },
		{ STATUS_PROXY, 0, PORT_FAILED },
		{ STATUS_CONNECT, 0, PORT_FAILED },
		{ STATUS_LOOKUP, 0, PORT_FAILED },
		{ STATUS_LOCAL, EMFILE, PORT_FAILED },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scan_result r = { .us = 7 };

		scan_result_set(&r, rows[i].status, rows[i].reason);
		ck_assert_msg(
		    r.state == rows[i].want, "row %zu: %d", i, (int)r.state);
		ck_assert_int_eq(r.status, rows[i].status);
		ck_assert_int_eq(r.us, 7);
	}
}
END_TEST

/* A letter a port: Open, Closed, Filtered by an unreachable host, Late, a Proxy
 * that does not work. */
static void
fill(struct scan_result *results, const char *letters)
{
	static const struct {
		char letter;
		enum status status;
		int reason;
	} kinds[] = {
		{ 'O', STATUS_OK, 0 },
		{ 'C', STATUS_CONNECT, ECONNREFUSED },
		{ 'F', STATUS_CONNECT, EHOSTUNREACH },
		{ 'L', STATUS_TIMEOUT, ETIMEDOUT },
		{ 'P', STATUS_PROXY, 0 },
	};

	for (size_t i = 0; letters[i] != '\0'; i++) {
		for (size_t k = 0; k < COUNT(kinds); k++) {
			if (kinds[k].letter == letters[i])
				scan_result_set(&results[i], kinds[k].status,
				    kinds[k].reason);
		}
		results[i].us = 1000;
	}
}

static int
summary(const struct scan_result *results, const int *ports, size_t count,
    const struct options *o, char *text, size_t size)
{
	struct capture c;
	int status;

	log_set_level(o->verbose);
	capture_start(&c, STDERR_FILENO);
	status = scan_summary(results, ports, count, o);
	capture_end(&c, text, size);
	log_set_level(0);
	return status;
}

static int
status_of(const char *letters, bool udp)
{
	const struct options o = { .udp = udp };
	struct scan_result results[16] = { 0 };
	int ports[16] = { 0 }, status;
	char text[256];

	fill(results, letters);
	status =
	    summary(results, ports, strlen(letters), &o, text, sizeof(text));
	ck_assert_str_eq(text, "");
	return status;
}

START_TEST(one_open_port_is_enough)
{
	ck_assert_int_eq(status_of("O", false), STATUS_OK);
	ck_assert_int_eq(status_of("CFLPO", false), STATUS_OK);
	ck_assert_int_eq(status_of("OPLFC", true), STATUS_OK);
}
END_TEST

START_TEST(a_port_that_resets_is_open)
{
	struct scan_result r = { .us = 7 };

	scan_result_set(&r, STATUS_BROKEN, ECONNRESET);
	ck_assert_int_eq(r.state, PORT_OPEN);
	ck_assert_int_eq(r.status, STATUS_OK);
}
END_TEST

START_TEST(a_failure_comes_before_what_is_closed)
{
	ck_assert_int_eq(status_of("P", false), STATUS_PROXY);
	ck_assert_int_eq(status_of("CPC", false), STATUS_PROXY);
	ck_assert_int_eq(status_of("LLP", false), STATUS_PROXY);
	ck_assert_int_eq(status_of("PLL", true), STATUS_PROXY);
}
END_TEST

START_TEST(a_limit_that_left_all_open_is_a_limit)
{
	ck_assert_int_eq(status_of("LLL", false), STATUS_TIMEOUT);
	ck_assert_int_eq(status_of("LLC", false), STATUS_CONNECT);
	ck_assert_int_eq(status_of("CCC", false), STATUS_CONNECT);
	ck_assert_int_eq(status_of("F", false), STATUS_CONNECT);
}
END_TEST

START_TEST(over_udp_one_silent_port_is_enough)
{
	ck_assert_int_eq(status_of("LLL", true), STATUS_TIMEOUT);
	ck_assert_int_eq(status_of("CLC", true), STATUS_TIMEOUT);
	ck_assert_int_eq(status_of("CCC", true), STATUS_CONNECT);
}
END_TEST

static void
check_summary(const char *letters, const int *ports, bool udp, const char *want)
{
	const struct options o = { .udp = udp, .verbose = 1 };
	struct scan_result results[16] = { 0 };
	char text[1024];

	fill(results, letters);
	summary(results, ports, strlen(letters), &o, text, sizeof(text));
	ck_assert_str_eq(text, want);
}

START_TEST(ports_in_one_state_are_told_as_ranges)
{
	static const int ports[] = { 22, 80, 8000, 8001, 8002, 9000 };
	static const int back[] = { 3, 2, 1, 2, 3, 3 };

	check_summary(
	    "OOOOOO", ports, false, "open: 22 80 8000-8002 9000 (1.0 ms)\n");
	check_summary("OCOCOO", ports, false,
	    "open: 22 8000 8002 9000 (1.0 ms)\nclosed: 80 8001 (1.0 ms)\n");
	check_summary("CFOOLP", ports, false,
	    "open: 8000-8001 (1.0 ms)\nclosed: 22 (1.0 ms)\n"
	    "filtered: 8002 (1.0 ms)\nunreachable: 80 (1.0 ms)\n"
	    "not known: 9000 (1.0 ms)\n");
	check_summary("OOOOOO", back, false, "open: 3 2 1-3 3 (1.0 ms)\n");
}
END_TEST

START_TEST(over_udp_silence_may_be_an_open_port)
{
	static const int ports[] = { 53, 54 };

	check_summary("LC", ports, true,
	    "closed: 54 (1.0 ms)\nopen|filtered: 53 (1.0 ms)\n");
}
END_TEST

START_TEST(a_path_has_no_number)
{
	check_summary("O", NULL, false, "open: (1.0 ms)\n");
	check_summary("C", NULL, false, "closed: (1.0 ms)\n");
}
END_TEST

START_TEST(the_times_are_from_the_least_to_the_most)
{
	static const int ports[] = { 1, 2, 3, 4 };
	const struct options o = { .verbose = 1 };
	struct scan_result results[4] = { 0 };
	char text[256];

	fill(results, "OOOC");
	results[0].us = 2500;
	results[1].us = 449;
	results[2].us = 3000000;
	results[3].us = 0;
	summary(results, ports, COUNT(ports), &o, text, sizeof(text));
	ck_assert_str_eq(
	    text, "open: 1-3 (0.4 to 3000.0 ms)\nclosed: 4 (0.0 ms)\n");
}
END_TEST

START_TEST(without_v_nothing_is_said)
{
	static const int ports[] = { 1 };
	const struct options o = { .verbose = 0 };
	struct scan_result results[1] = { 0 };
	char text[256];

	fill(results, "O");
	summary(results, ports, 1, &o, text, sizeof(text));
	ck_assert_str_eq(text, "");
}
END_TEST

/* All ports there are, so that no two of a state are neighbours. */
START_TEST(a_long_list_ends_in_dots)
{
	enum { ALL = 65535 };
	struct scan_result *results = xcalloc(ALL, sizeof(results[0]));
	int *ports = xcalloc(ALL, sizeof(ports[0]));
	const struct options o = { .verbose = 1 };
	char text[16384], *end;

	for (int i = 0; i < ALL; i++) {
		ports[i] = i + 1;
		scan_result_set(&results[i], i % 2 ? STATUS_OK : STATUS_CONNECT,
		    i % 2 ? 0 : ECONNREFUSED);
	}
	ck_assert_int_eq(
	    summary(results, ports, ALL, &o, text, sizeof(text)), STATUS_OK);
	ck_assert_int_eq(strncmp(text, "open: 2 4 6 8 10 ", 17), 0);
	end = strchr(text, '\n');
	ck_assert_uint_gt((size_t)(end - text), 1800);
	ck_assert_int_eq(strncmp(end - 13, " ... (0.0 ms)", 13), 0);
	free(results);
	free(ports);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		how_a_dial_ended_says_the_state,
		one_open_port_is_enough,
		a_port_that_resets_is_open,
		a_failure_comes_before_what_is_closed,
		a_limit_that_left_all_open_is_a_limit,
		over_udp_one_silent_port_is_enough,
		ports_in_one_state_are_told_as_ranges,
		over_udp_silence_may_be_an_open_port,
		a_path_has_no_number,
		the_times_are_from_the_least_to_the_most,
		without_v_nothing_is_said,
		a_long_list_ends_in_dots,
	};
	int failed = run_tests("scan_result", tests, COUNT(tests));

	return failed != 0;
}
