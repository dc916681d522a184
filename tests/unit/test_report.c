/* SPDX-License-Identifier: ISC */
/* test_report.c - what a session was: the facts, as text and as JSON */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "network.h"
#include "report.h"
#include "session_rig.h"

/* The JSON, or the text, has these words. */
static void
check_json(const struct session_rig *r, const char *words)
{
	char *text = report_json_text(&r->session);

	ck_assert_msg(strstr(text, words) != NULL, "no %s in %s", words, text);
	ck_assert_ptr_null(strchr(text, '\n'));
	free(text);
}

static void
check_text(const struct session_rig *r, const char *words)
{
	struct report report;
	char *text;

	report_gather(&report, &r->session);
	text = report_text(&report);
	ck_assert_msg(strstr(text, words) != NULL, "no %s in %s", words, text);
	free(text);
}

static void
add_attempt(struct session_rig *r, const char *host, int port, int error)
{
	struct connect_attempt attempt = { .what = "connect",
		.error = error,
		.start_ns = r->session.timeline.start_ns + 1000000,
		.end_ns = r->session.timeline.start_ns + 3000000 };
	struct address *to = NULL;

	address_add(&to, host, port, SOCK_STREAM);
	attempt.to = to;
	session_note_attempt(&r->session, &attempt);
	address_free(to);
}

static void
add_mark(struct session_rig *r, const char *name, int64_t ns)
{
	struct channel *network = r->relay->end[1];

	network->marks[network->mark_count++] = (struct handshake_mark){
		.name = name, .start_ns = 1000, .end_ns = 1000 + ns
	};
}

START_TEST(what_went_each_way)
{
	int64_t start_ns;
	struct session_rig r;

	session_rig_init(&r, "h 1", true);
	start_ns = r.session.timeline.start_ns;
	r.in->taken = 3000000;
	r.in->bytes = 7; /* to us, and that is not asked */
	r.in->moves = 2;
	r.in->first_ns = start_ns + 1000000;
	r.in->last_ns = start_ns + 2000000;
	check_json(&r,
	    "\"received\":{\"bytes\":3000000,\"reads\":2,"
	    "\"first_byte\":1.000,\"last_byte\":2.000,\"end\":null,"
	    "\"goodput\":3000000000}");
	check_text(&r,
	    "  received 3000000 bytes in 2 reads, first after 1.0 ms, last "
	    "after 2.0 ms, 3.0 GB/s\n");
	r.out->bytes = 1;
	r.out->moves = 1;
	r.out->first_ns = r.out->last_ns = start_ns + 500000;
	r.out->end_ns = r.out->acked_ns = start_ns + 4000000;
	check_json(&r,
	    "\"sent\":{\"bytes\":1,\"writes\":1,\"first_byte\":0.500,"
	    "\"last_byte\":0.500,\"end\":4.000,\"acked\":4.000,"
	    "\"goodput\":null}");
	check_text(&r, "  sent 1 byte in 1 write, first after 0.500 ms\n");
	check_json(&r, "\"duration\":5.000,");
	session_rig_free(&r);
}
END_TEST

START_TEST(acknowledged_where_that_can_be_known)
{
	struct session_rig r;

	session_rig_init(&r, "h 1", true);
	check_json(&r, "\"acknowledged\":true");
	buffer_append(&r.out->buf, "held", 4);
	check_json(&r, "\"acknowledged\":false");
	check_text(&r, ", not all acknowledged, status 0");
	buffer_consume(&r.out->buf, 4);
	r.out->fault = FLOW_DST;
	check_json(&r, "\"acknowledged\":false");
	session_rig_free(&r);
	session_rig_init(&r, "-U h", false);
	check_json(&r, "\"acknowledged\":null");
	check_json(&r, "\"tcp_info\":null");
	session_rig_free(&r);
}
END_TEST

START_TEST(the_way_there)
{
	struct session_rig r;

	session_rig_init(&r, "example.org 1", true);
	add_attempt(&r, "192.0.2.1", 80, ECONNREFUSED);
	add_attempt(&r, "2001:db8::1", 80, 0);
	add_attempt(&r, "192.0.2.2", 80, ECANCELED);
	add_mark(&r, "lookup", 1500000);
	add_mark(&r, "lookup", 500000);
	add_mark(&r, "connect", 100000);
	check_json(&r,
	    "\"remote\":{\"address\":\"2001:db8::1\",\"port\":80,"
	    "\"name\":\"example.org\"}");
	check_json(&r, "\"lookup\":2.000,\"attempts\":[{\"address\":");
	check_json(&r, "\"connect\":0.100,");
	check_json(
	    &r, "\"start\":1.000,\"end\":3.000,\"result\":\"canceled\"}]");
	check_json(&r, "\"result\":\"Connection refused\"");
	check_text(&r,
	    "Session 1 (tcp): connected to example.org, 2001:db8::1 port 80");
	check_text(&r,
	    "\n  looked up in 2.0 ms, connected in 0.100 ms (3 attempts)\n");
	session_rig_free(&r);
}
END_TEST

START_TEST(a_number_has_no_name_and_no_lookup)
{
	struct session_rig r;

	session_rig_init(&r, "192.0.2.1 1", true);
	add_attempt(&r, "192.0.2.1", 80, 0);
	add_mark(&r, "lookup", 1500000);
	check_json(&r,
	    "\"remote\":{\"address\":\"192.0.2.1\",\"port\":80,"
	    "\"name\":null},\"proxy\":null,\"lookup\":null,");
	session_rig_free(&r);
}
END_TEST

START_TEST(a_proxy_and_what_is_behind_it)
{
	struct session_rig r;

	session_rig_init(&r, "-x proxy.example:1080 example.org 1", true);
	add_attempt(&r, "192.0.2.1", 1080, 0);
	add_mark(&r, "proxy", 7000000);
	r.session.target_port = 443;
	check_json(&r,
	    "\"remote\":{\"address\":null,\"port\":443,"
	    "\"name\":\"example.org\"},\"proxy\":{\"type\":\"socks5\","
	    "\"address\":\"192.0.2.1\",\"port\":1080,"
	    "\"name\":\"proxy.example\",\"handshake\":7.000}");
	check_text(&r, "connected to example.org port 443");
	check_text(&r, "through the socks5 proxy in 7.0 ms\n");
	session_rig_free(&r);
}
END_TEST

START_TEST(who_came_to_us)
{
	struct address *from = NULL;
	struct session_rig r;

	session_rig_init(&r, "-l 1", true);
	address_add(&from, "192.0.2.7", 4711, SOCK_STREAM);
	r.session.accepted = true;
	r.session.remote = *from;
	strlcpy(r.session.peer.host, "client.example", ADDRESS_TEXT);
	strlcpy(r.session.peer.port, "4711", NI_MAXSERV);
	check_json(&r,
	    "\"remote\":{\"address\":\"192.0.2.7\",\"port\":4711,"
	    "\"name\":\"client.example\"}");
	check_json(&r, "\"mode\":\"listen\"");
	check_json(&r, "\"local\":{\"address\":\"127.0.0.1\",");
	check_json(&r,
	    "\"text\":\"Connection from client.example 4711 closed after "
	    "0.005 s: 0 bytes received, 0 sent, ended by us\"");
	address_free(from);
	session_rig_free(&r);
}
END_TEST

START_TEST(what_never_began)
{
	struct session_rig r;

	session_rig_init(&r, "example.org 80", true);
	r.session.relay = NULL;
	r.session.timeline.up_ns = 0;
	r.session.status = STATUS_LOOKUP;
	session_note_failure(&r.session, "lookup failed: \"x\"");
	check_json(&r,
	    "\"text\":\"No connection to example.org 80: lookup failed: "
	    "\\\"x\\\"\"");
	check_json(&r,
	    "\"end\":{\"by\":\"nobody\",\"how\":\"lookup failed: "
	    "\\\"x\\\"\"},\"acknowledged\":null,\"limit\":null");
	check_json(&r, "\"up\":null,");
	check_json(&r, "\"status\":3}");
	check_text(&r,
	    "Session 1 (tcp): no connection to example.org port 80\n"
	    "  ended after 5.0 ms: lookup failed: \"x\", status 3\n");
	session_rig_free(&r);
}
END_TEST

START_TEST(the_digests_have_their_place)
{
	struct session_rig r;

	session_rig_init(&r, "h 1", true);
	check_json(&r, "\"hash\":null");
	r.session.hash_name = "sha256";
	strlcpy(r.session.hash[RELAY_INBOUND], "ab", DIGEST_TEXT);
	strlcpy(r.session.hash[RELAY_OUTBOUND], "cd", DIGEST_TEXT);
	check_json(&r,
	    "\"hash\":{\"name\":\"sha256\",\"received\":\"ab\","
	    "\"sent\":\"cd\"}");
	check_text(&r,
	    "  sha256 of what was received: ab\n"
	    "  sha256 of what was sent: cd\n");
	session_rig_free(&r);
}
END_TEST

START_TEST(tls_in_words)
{
	const struct tls_facts facts = { .version = "TLSv1.3",
		.cipher = "SUITE",
		.alpn = "h2",
		.trusted = true,
		.peer = { .pin = "sha256:0",
		    .subject = "CN = \x1b",
		    .issuer = "I" } };
	struct session_rig r;

	session_rig_init(&r, "h 1", true);
	r.session.tls = &facts;
	add_mark(&r, "tls", 2000000);
	check_json(&r,
	    "\"tls\":{\"version\":\"TLSv1.3\",\"cipher\":\"SUITE\","
	    "\"alpn\":\"h2\",\"trusted\":true,\"handshake\":2.000,"
	    "\"certificate\":{\"subject\":\"CN = \\u001b\"");
	check_text(&r,
	    "  TLS: TLSv1.3, SUITE, ALPN h2, certificate of CN = "
	    "^[, from I, sha256:0, verified\n");
	session_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_went_each_way,
		acknowledged_where_that_can_be_known,
		the_way_there,
		a_number_has_no_name_and_no_lookup,
		a_proxy_and_what_is_behind_it,
		who_came_to_us,
		what_never_began,
		the_digests_have_their_place,
		tls_in_words,
	};
	int failed = run_tests("report", tests, COUNT(tests));

	return failed != 0;
}
