/* SPDX-License-Identifier: ISC */
/* test_ending.c - who ended a session, and how */
#include <errno.h>
#include <signal.h>

#include "ending.h"
#include "session_rig.h"

static void
check_ending(const struct session_rig *r, bool tcp, const char *by,
    const char *how, const char *limit)
{
	struct ending e = ending_of(&r->session, tcp);

	ck_assert_str_eq(ending_by_name(e.by), by);
	ck_assert_str_eq(e.how, how);
	ck_assert_pstr_eq(e.limit, limit);
}

START_TEST(who_ended_first_has_ended_it)
{
	struct session_rig r;

	session_rig_init(&r, "h 1", true);
	check_ending(&r, true, "us", "fin", NULL);
	r.in->end_ns = 10;
	check_ending(&r, true, "peer", "fin", NULL);
	r.out->end_ns = 9;
	check_ending(&r, true, "us", "fin", NULL);
	r.out->end_ns = 11;
	check_ending(&r, true, "peer", "fin", NULL);
	check_ending(&r, false, "peer", "eof", NULL);
	session_rig_free(&r);
}
END_TEST

START_TEST(tls_has_a_word_for_it)
{
	const struct tls_facts facts = { .version = "TLSv1.3" };
	struct session_rig r;

	session_rig_init(&r, "h 1", true);
	r.session.tls = &facts;
	check_ending(&r, true, "us", "fin", NULL); /* nothing was said */
	r.relay->end[1]->flags |= CH_SHUT;
	check_ending(&r, true, "us", "close_notify", NULL);
	r.in->end_ns = 10;
	check_ending(&r, true, "peer", "close_notify", NULL);
	session_rig_free(&r);
}
END_TEST

START_TEST(a_fault_of_the_network)
{
	static const struct {
		int error;
		const char *by, *how; /* NULL: the system's words */
	} rows[] = { { ECONNRESET, "peer", "rst" }, { EPIPE, "peer", "rst" },
		{ ECONNREFUSED, "peer", NULL }, { ETIMEDOUT, "nobody", NULL },
		{ EHOSTUNREACH, "nobody", NULL } };
	struct session_rig r;

	session_rig_init(&r, "h 1", true);
	r.in->end_ns = 10;
	for (size_t i = 0; i < COUNT(rows); i++) {
		channel_fail_errno(r.relay->end[1], rows[i].error);
		r.in->fault = i % 2 == 0 ? FLOW_SRC : FLOW_FINE;
		r.out->fault = i % 2 == 0 ? FLOW_FINE : FLOW_DST;
		check_ending(&r, true, rows[i].by,
		    rows[i].how != NULL ? rows[i].how : strerror(rows[i].error),
		    NULL);
	}
	channel_fail(r.relay->end[1], "TLS stream cut off");
	check_ending(&r, true, "peer", "TLS stream cut off", NULL);
	session_rig_free(&r);
}
END_TEST

START_TEST(a_fault_of_ours)
{
	struct session_rig r;

	session_rig_init(&r, "h 1", true);
	channel_fail_errno(r.relay->end[0], ENOSPC);
	r.in->fault = FLOW_DST;
	check_ending(&r, true, "us", strerror(ENOSPC), NULL);
	r.in->fault = FLOW_FINE;
	r.out->fault = FLOW_SRC;
	check_ending(&r, true, "us", strerror(ENOSPC), NULL);
	session_rig_free(&r);
}
END_TEST

START_TEST(limits_have_their_names)
{
	struct session_rig r;

	session_rig_init(&r, "-w 5 --idle-timeout 3 -W 2 h 1", true);
	r.session.result = RELAY_IDLE;
	check_ending(&r, true, "limit", "timeout", "idle-timeout");
	r.options.idle_timeout_ms = 6000;
	check_ending(&r, true, "limit", "timeout", "wait");
	r.options.idle_timeout_ms = TIME_UNSET;
	check_ending(&r, true, "limit", "timeout", "wait");
	r.session.result = RELAY_STALLED;
	check_ending(&r, true, "limit", "timeout", "stall-timeout");
	r.session.result = RELAY_OVER;
	r.in->limit = "recv-limit";
	check_ending(&r, true, "limit", "recv-limit", "recv-limit");
	r.in->limit = NULL;
	r.out->limit = "max-bytes";
	check_ending(&r, true, "limit", "max-bytes", "max-bytes");
	r.in->limit = "until";
	check_ending(&r, true, "limit", "until", "until");
	session_rig_free(&r);
}
END_TEST

START_TEST(quit_after_is_one_where_it_cut_the_peer_short)
{
	struct session_rig r;

	session_rig_init(&r, "-q 1 h 1", true);
	r.relay->quit_ms = 1000;
	r.out->ended_ms = 5;
	check_ending(&r, true, "limit", "quit-after", "quit-after");
	r.in->src_eof = true;
	r.in->end_ns = 10;
	check_ending(&r, true, "peer", "fin", NULL);
	session_rig_free(&r);
}
END_TEST

START_TEST(signals_have_their_names)
{
	static const struct {
		int number;
		const char *name;
	} rows[] = { { SIGHUP, "SIGHUP" }, { SIGINT, "SIGINT" },
		{ SIGQUIT, "SIGQUIT" }, { SIGTERM, "SIGTERM" },
		{ SIGALRM, "signal" } };
	struct session_rig r;

	session_rig_init(&r, "h 1", true);
	r.session.result = RELAY_CUT;
	for (size_t i = 0; i < COUNT(rows); i++) {
		r.session.status =
		    (enum status)(STATUS_SIGNAL + rows[i].number);
		check_ending(&r, true, "signal", rows[i].name, NULL);
	}
	r.session.status = STATUS_BROKEN;
	check_ending(&r, true, "us", "cut off", NULL);
	session_rig_free(&r);
}
END_TEST

START_TEST(what_never_began)
{
	struct session_rig r;
	struct session leg = { .failure = NULL };

	session_rig_init(&r, "--connect-timeout 1 -w 5 h 1", true);
	r.session.relay = NULL;
	r.session.status = STATUS_CONNECT;
	check_ending(&r, false, "nobody", "failed", NULL);
	session_note_failure(&leg, "no upstream");
	r.session.leg = &leg;
	check_ending(&r, false, "nobody", "no upstream", NULL);
	session_note_failure(&r.session, "first");
	session_note_failure(&r.session, "last");
	check_ending(&r, false, "nobody", "last", NULL);
	r.session.status = STATUS_TIMEOUT;
	check_ending(&r, false, "limit", "timeout", "connect-timeout");
	r.session.accepted = true;
	check_ending(&r, false, "limit", "timeout", "handshake-timeout");
	r.session.status = (enum status)(STATUS_SIGNAL + SIGINT);
	check_ending(&r, false, "signal", "SIGINT", NULL);
	session_free(&leg);
	session_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		who_ended_first_has_ended_it,
		tls_has_a_word_for_it,
		a_fault_of_the_network,
		a_fault_of_ours,
		limits_have_their_names,
		quit_after_is_one_where_it_cut_the_peer_short,
		signals_have_their_names,
		what_never_began,
	};
	int failed = run_tests("ending", tests, COUNT(tests));

	return failed != 0;
}
