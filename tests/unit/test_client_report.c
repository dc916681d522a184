/* SPDX-License-Identifier: ISC */
/* test_client_report.c - the line about a client that has left */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client_report.h"
#include "clock.h"
#include "log.h"
#include "support.h"

#define START "Connection from 192.0.2.1 4711 closed after "

/* A client whose relay is over, in whatever way. */
struct rig {
	struct client client;
	struct relay *r;
	struct flow *out, *in;
	struct bench bench;
	int fds[4];
	char text[512];
};

static void
rig_init(struct rig *r)
{
	*r = (struct rig){ .client.start_ms = clock_ms(),
		.client.session.accepted = true };
	strlcpy(r->client.session.peer.host, "192.0.2.1", ADDRESS_TEXT);
	strlcpy(r->client.session.peer.port, "4711", NI_MAXSERV);
	pair_of(SOCK_STREAM, r->fds);
	pair_of(SOCK_STREAM, r->fds + 2);
	r->r = relay_new(channel_socket(r->fds[0]), channel_socket(r->fds[2]));
	r->bench.task = &r->r->task;
	r->out = &r->r->flow[RELAY_OUTBOUND];
	r->in = &r->r->flow[RELAY_INBOUND];
}

static void
rig_report(struct rig *r, enum relay_result result)
{
	struct capture c;

	log_set_level(1);
	capture_start(&c, STDERR_FILENO);
	client_report(&r->client, r->r, result);
	capture_end(&c, r->text, sizeof(r->text));
	log_set_level(0);
}

static void
rig_free(struct rig *r)
{
	bench_free(&r->bench);
	close(r->fds[1]);
	close(r->fds[3]);
}

/* The line ends so. */
static void
check_how(struct rig *r, enum relay_result result, const char *how)
{
	char want[128];
	size_t len;

	rig_report(r, result);
	len = (size_t)snprintf(want, sizeof(want), ", %s\n", how);
	ck_assert_uint_gt(strlen(r->text), len);
	ck_assert_str_eq(r->text + strlen(r->text) - len, want);
}

START_TEST(it_says_who_how_long_and_how_much)
{
	long long seconds, ms;
	char want[256];
	struct rig r;

	rig_init(&r);
	r.client.start_ms -= 60007;
	r.in->taken = 123;
	r.in->bytes = 1; /* to us, and that is not asked */
	r.out->bytes = UINT64_C(5000000000);
	r.out->taken = 2;
	rig_report(&r, RELAY_OVER);
	ck_assert_int_eq(
	    sscanf(r.text, START "%lld.%lld s: ", &seconds, &ms), 2);
	ck_assert_int_ge(seconds * 1000 + ms, 60007);
	ck_assert_int_lt(seconds * 1000 + ms, 60007 + PATIENCE_MS);
	snprintf(want, sizeof(want),
	    START "%lld.%03lld s: 123 bytes received, 5000000000 sent, "
		  "ended by us\n",
	    seconds, ms);
	ck_assert_str_eq(r.text, want);
	rig_free(&r);
}
END_TEST

START_TEST(without_a_port_there_is_a_path)
{
	struct rig r;

	rig_init(&r);
	strlcpy(r.client.session.peer.host, "/run/x", ADDRESS_TEXT);
	r.client.session.peer.port[0] = '\0';
	rig_report(&r, RELAY_OVER);
	ck_assert_ptr_nonnull(
	    strstr(r.text, "Connection from /run/x closed after "));
	rig_free(&r);
}
END_TEST

START_TEST(who_ended_first_has_ended_it)
{
	struct rig r;

	rig_init(&r);
	r.in->end_ns = 5;
	check_how(&r, RELAY_OVER, "ended by the peer");
	r.out->end_ns = 6;
	check_how(&r, RELAY_OVER, "ended by the peer");
	r.out->end_ns = 4;
	check_how(&r, RELAY_OVER, "ended by us");
	r.in->end_ns = 0;
	r.in->ended_ms = 3; /* no more is read, and no end was */
	check_how(&r, RELAY_OVER, "ended by us");
	rig_free(&r);
}
END_TEST

START_TEST(a_fault_is_told_in_the_words_of_its_side)
{
	struct rig r;

	rig_init(&r);
	channel_fail_errno(r.r->end[0], ENOSPC);
	channel_fail_errno(r.r->end[1], ECONNRESET);
	r.in->end_ns = 5;
	r.in->fault = FLOW_SRC;
	check_how(&r, RELAY_OVER, strerror(ECONNRESET));
	r.in->fault = FLOW_DST;
	check_how(&r, RELAY_OVER, strerror(ENOSPC));
	r.in->fault = FLOW_FINE;
	r.out->fault = FLOW_SRC;
	check_how(&r, RELAY_OVER, strerror(ENOSPC));
	r.out->fault = FLOW_DST;
	check_how(&r, RELAY_OVER, strerror(ECONNRESET));
	rig_free(&r);
}
END_TEST

START_TEST(a_limit_is_told_before_a_fault)
{
	struct rig r;

	rig_init(&r);
	r.in->fault = FLOW_SRC;
	check_how(&r, RELAY_IDLE, "silent for too long");
	check_how(&r, RELAY_STALLED, "took nothing for too long");
	check_how(&r, RELAY_CUT, "cut off");
	rig_free(&r);
}
END_TEST

START_TEST(an_option_that_ended_it_is_named)
{
	struct rig r;

	rig_init(&r);
	r.in->ended_ms = 5;
	r.in->limit = "until";
	check_how(&r, RELAY_OVER, "ended by --until");
	r.in->limit = NULL;
	r.out->limit = "max-bytes";
	check_how(&r, RELAY_OVER, "ended by --max-bytes");
	check_how(&r, RELAY_EXPIRED, "ended by --max-time");
	rig_free(&r);
}
END_TEST

START_TEST(it_is_for_who_asked_for_it)
{
	struct capture c;
	struct rig r;

	rig_init(&r);
	capture_start(&c, STDERR_FILENO);
	client_report(&r.client, r.r, RELAY_OVER);
	capture_end(&c, r.text, sizeof(r.text));
	ck_assert_str_eq(r.text, "");
	rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_says_who_how_long_and_how_much,
		without_a_port_there_is_a_path,
		who_ended_first_has_ended_it,
		a_fault_is_told_in_the_words_of_its_side,
		a_limit_is_told_before_a_fault,
		an_option_that_ended_it_is_named,
		it_is_for_who_asked_for_it,
	};
	int failed = run_tests("client_report", tests, COUNT(tests));

	return failed != 0;
}
