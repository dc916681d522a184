/* SPDX-License-Identifier: ISC */
/* test_dial_proxy.c - a dial through a proxy */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "dial_rig.h"
#include "timer.h"

/* RFC 1928: no authentication; succeeded, refused, not allowed */
#define OPEN    "\5\0"
#define YES     OPEN "\5\0\0\1\0\0\0\0\0\0"
#define REFUSED OPEN "\5\5\0\1\0\0\0\0\0\0"
#define DENIED  OPEN "\5\2\0\1\0\0\0\0\0\0"

#define SAY(bytes)                       \
	{                                \
		bytes, sizeof(bytes) - 1 \
	}

/* What the proxy says on one connection after the other, at once; len 0: it
 * closes. */
struct answer {
	const char *bytes;
	size_t len;
};

struct proxy {
	struct loop *loop;
	const struct answer *answer; /* the next */
	int listener, port;
	int clients[8]; /* so that they stay open */
	size_t count;
};

/* Looks again and again whether somebody has come. */
static void
serve(void *arg)
{
	struct proxy *p = arg;
	int fd = accept(p->listener, NULL, NULL);

	timer_start(p->loop, clock_ms() + 1, serve, p);
	if (fd == -1)
		return;
	ck_assert_uint_lt(p->count, COUNT(p->clients));
	p->clients[p->count++] = fd;
	if (p->answer->len == 0)
		shutdown(fd, SHUT_WR);
	else
		ck_assert_int_eq(write(fd, p->answer->bytes, p->answer->len),
		    (ssize_t)p->answer->len);
	p->answer++;
}

/* Ends the loop, and with it the proxy. */
static void
note_end(struct dial *d, struct channel *ch, enum status status, void *arg)
{
	struct dial_rig *r = arg;

	(void)d;
	r->ends++;
	r->ch = ch;
	r->status = status;
	kill(getpid(), SIGTERM);
}

static void
proxy_init(struct proxy *p, const struct answer *answers)
{
	*p = (struct proxy){ .answer = answers };
	p->listener = bound_socket(SOCK_STREAM, true, &p->port);
	set_nonblocking(p->listener);
}

static void
proxy_run(struct proxy *p, struct dial_rig *r)
{
	p->loop = &r->loop;
	timer_start(&r->loop, 0, serve, p);
	r->dial.dialed = note_end;
	dial_rig_run(r);
}

static void
proxy_free(struct proxy *p)
{
	while (p->count > 0)
		close(p->clients[--p->count]);
	close(p->listener);
}

START_TEST(the_connection_is_the_hosts)
{
	static const struct answer answers[] = { SAY(YES) };
	struct proxy p;
	struct dial_rig r;

	proxy_init(&p, answers);
	dial_rig_init(&r, "-nv -x 127.0.0.1:%d far.test 22", p.port);
	proxy_run(&p, &r);
	dial_rig_check(&r, STATUS_OK,
	    "Connection to far.test 22 port [tcp/*] succeeded!\n", 0);
	ck_assert(r.ch->handshakes == NULL);
	dial_rig_free(&r);
	proxy_free(&p);
}
END_TEST

START_TEST(behind_it_the_first_port_that_connects_is_used)
{
	static const struct answer answers[] = { SAY(REFUSED), SAY(DENIED),
		SAY(YES) };
	struct proxy p;
	struct dial_rig r;

	proxy_init(&p, answers);
	dial_rig_init(&r, "-x 127.0.0.1:%d far.test 21-24", p.port);
	proxy_run(&p, &r);
	dial_rig_check(&r, STATUS_OK,
	    "ncx: connect to far.test port 21 (tcp) through proxy 127.0.0.1 "
	    "port %d (socks5) failed: Connection refused\n"
	    "ncx: connect to far.test port 22 (tcp) through proxy 127.0.0.1 "
	    "port %d (socks5) failed: Connection not allowed by ruleset\n",
	    p.port);
	ck_assert_str_eq(r.dial.peer.port, "23");
	dial_rig_free(&r);
	proxy_free(&p);
}
END_TEST

START_TEST(what_it_says_of_the_host_is_the_reason)
{
	static const struct answer answers[] = { SAY(REFUSED) };
	struct proxy p;
	struct dial_rig r;

	proxy_init(&p, answers);
	dial_rig_init(&r, "-x 127.0.0.1:%d far.test 22", p.port);
	proxy_run(&p, &r);
	dial_rig_check(&r, STATUS_PROXY,
	    "ncx: connect to far.test port 22 (tcp) through proxy 127.0.0.1 "
	    "port %d (socks5) failed: Connection refused\n",
	    p.port);
	ck_assert_int_eq(r.dial.reason, ECONNREFUSED);
	dial_rig_free(&r);
	proxy_free(&p);
}
END_TEST

START_TEST(one_that_closes_has_failed_itself)
{
	static const struct answer answers[] = { { "", 0 } };
	struct proxy p;
	struct dial_rig r;

	proxy_init(&p, answers);
	dial_rig_init(&r, "-x 127.0.0.1:%d far.test 22", p.port);
	proxy_run(&p, &r);
	dial_rig_check(&r, STATUS_PROXY,
	    "ncx: connect to far.test port 22 (tcp) through proxy 127.0.0.1 "
	    "port %d (socks5) failed: the proxy has closed the connection\n",
	    p.port);
	ck_assert_int_eq(r.dial.reason, 0);
	dial_rig_free(&r);
	proxy_free(&p);
}
END_TEST

START_TEST(one_that_says_nothing_has_the_limit)
{
	static const struct answer answers[] = { SAY(OPEN) };
	struct proxy p;
	struct dial_rig r;

	proxy_init(&p, answers);
	dial_rig_init(&r, "-w 150ms -x 127.0.0.1:%d far.test 22", p.port);
	proxy_run(&p, &r);
	dial_rig_check(&r, STATUS_TIMEOUT,
	    "ncx: connect to far.test port 22 (tcp) through proxy 127.0.0.1 "
	    "port %d (socks5) failed: Connection timed out\n",
	    p.port);
	dial_rig_free(&r);
	proxy_free(&p);
}
END_TEST

START_TEST(retrying_begins_at_the_first_port)
{
	static const struct answer answers[] = { SAY(REFUSED), SAY(REFUSED),
		SAY(YES) };
	struct proxy p;
	struct dial_rig r;

	proxy_init(&p, answers);
	dial_rig_init(&r,
	    "--retry 1 --retry-delay 1ms -x 127.0.0.1:%d far.test 21 22",
	    p.port);
	proxy_run(&p, &r);
	dial_rig_check(&r, STATUS_OK, "", 0);
	ck_assert_str_eq(r.dial.peer.port, "21");
	dial_rig_free(&r);
	proxy_free(&p);
}
END_TEST

/* It is not the host that is closed. */
START_TEST(a_proxy_that_refuses_says_nothing_of_the_host)
{
	int closed, refuses = bound_socket(SOCK_STREAM, false, &closed);
	struct dial_rig r;

	dial_rig_init(&r, "-x 127.0.0.1:%d far.test 22", closed);
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_CONNECT,
	    "ncx: connect to proxy 127.0.0.1 port %d (tcp) for far.test port "
	    "22 failed: Connection refused\n",
	    closed);
	ck_assert_int_eq(r.dial.reason, 0);
	dial_rig_free(&r);
	close(refuses);
}
END_TEST

/* As a scan looks it up. */
START_TEST(a_lookup_of_the_proxy_needs_no_port)
{
	struct dial_rig r;

	dial_rig_init(&r, "-z -v -x 127.0.0.1:9 far.test 22");
	r.dial.ports = NULL;
	r.dial.port_count = 0;
	r.dial.only_lookup = true;
	dial_rig_run(&r);
	dial_rig_check(&r, STATUS_OK, "", 0);
	ck_assert_ptr_nonnull(r.dial.hop);
	dial_rig_free(&r);
}
END_TEST

START_TEST(the_name_of_the_host_is_not_looked_up_for_socks_5)
{
	check_dial(STATUS_LOOKUP,
	    "ncx: lookup of \"dead.test\" failed: Non-recoverable failure in "
	    "name resolution\n",
	    0, "-x dead.test slow.test 22");
	check_dial(STATUS_LOOKUP,
	    "ncx: lookup of \"dead.test\" failed: Non-recoverable failure in "
	    "name resolution\n",
	    0, "-X 4 -x 127.0.0.1:9 dead.test 22");
	check_dial(STATUS_LOOKUP,
	    "ncx: lookup of \"dead.test\" failed: Non-recoverable failure in "
	    "name resolution\n",
	    0, "--proxy-dns local -x 127.0.0.1:9 dead.test 22");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_connection_is_the_hosts,
		behind_it_the_first_port_that_connects_is_used,
		what_it_says_of_the_host_is_the_reason,
		one_that_closes_has_failed_itself,
		one_that_says_nothing_has_the_limit,
		retrying_begins_at_the_first_port,
		a_proxy_that_refuses_says_nothing_of_the_host,
		a_lookup_of_the_proxy_needs_no_port,
		the_name_of_the_host_is_not_looked_up_for_socks_5,
	};
	int failed = run_tests("dial_proxy", tests, COUNT(tests));

	return failed != 0;
}
