/* SPDX-License-Identifier: ISC */

/* clients.c - many clients at once, for the works of tests/bench/run
 *
 * lines PORT PID N AT-ONCE
 *	N clients that send a line, end and wait for the server's end
 * echo PORT PID N AT-ONCE
 *	the same, and the line has to come back
 * ask PORT PID N AT-ONCE
 *	N clients that send a line, wait until it comes back, and leave
 * bulk PORT PID SENDERS BYTES IDLE
 *	that many senders of BYTES each, beside IDLE silent ones
 * broker PORT PID RECEIVERS BYTES STALLED
 *	BYTES from one to the receivers, beside STALLED that never receive
 * relay PORT PID N BYTES
 *	N connections to a serve: every other one sends, the others receive
 * hold PORT PID N FILE
 *	N that stay, each with a line that has to get into FILE
 * serve PORT BYTES
 *	what a relay is to lead to; ends by a signal
 *
 * PID is the server's.  They print lines of a metric and its value, for
 * tests/bench/run to record; 1: something has failed, in words on stderr.
 */

#include <sys/resource.h>
#include <sys/stat.h>

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "proc.h"

#define PENDING  100 /* connections not yet up, at most */
#define STAY_MS  200 /* in which none of those that stay may go */
#define GATHERED 5   /* not yet accepted: less than the backlog of any */

struct job {
	struct load load;
	unsigned port;
	pid_t server;
	uint64_t n;        /* the first argument after PID */
	const char **more; /* those after it */
	int64_t start_us;
};

static uint64_t
number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	if (*text == '\0' || *end != '\0')
		errx(2, "not a number: %s", text);
	return n;
}

/* Ends the process if a connection has failed. */
static void
turn(struct load *l, int timeout_ms)
{
	load_turn(l, timeout_ms);
	if (l->failed > 0)
		errx(1, "%" PRIu64 " of %" PRIu64 " failed: %s", l->failed,
		    l->started, l->trouble);
}

/* Until all that were started are done */
static void
await_done(struct load *l)
{
	while (l->done < l->started)
		turn(l, 1000);
}

/* Until the server has that many descriptors: the kernel lets clients in
 * before the server does. */
static void
await_accepted(struct job *j, uint64_t descriptors)
{
	while (proc_descriptors(j->server) < descriptors)
		turn(&j->load, 1);
}

/* At most at_once that are not done; the line of each is its number. */
static void
connect_all(
    struct job *j, const struct load_plan *plan, uint64_t n, uint64_t at_once)
{
	struct load *l = &j->load;

	for (uint64_t i = 0; i < n; i++) {
		while (l->started - l->done >= at_once)
			turn(l, 1000);
		load_connect(l, j->port, plan, i);
	}
}

static double
seconds(const struct job *j)
{
	return (double)(load_now_us() - j->start_us) / 1000000;
}

static void
print_mib_s(const struct job *j, uint64_t bytes)
{
	printf("mib_s %.1f\n", (double)bytes / 1024 / 1024 / seconds(j));
}

static void
print_memory(const struct job *j)
{
	printf("rss_kib %ld\npeak_kib %ld\n", proc_kib(j->server, "VmRSS"),
	    proc_kib(j->server, "VmHWM"));
}

static void
send_lines(struct job *j, uint64_t expect, enum load_end then)
{
	const struct load_plan plan = {
		.send = PATTERN_LINE,
		.then = then,
		.expect = expect,
		.check = true,
	};

	connect_all(j, &plan, j->n, number(j->more[0]));
	await_done(&j->load);
	printf("clients_s %.0f\n", (double)j->n / seconds(j));
}

static void
do_lines(struct job *j)
{
	send_lines(j, 0, LOAD_SHUT);
}

static void
do_echo(struct job *j)
{
	send_lines(j, PATTERN_LINE, LOAD_SHUT);
}

static void
do_ask(struct job *j)
{
	send_lines(j, PATTERN_LINE, LOAD_LEAVE);
}

/* Clients that do nothing yet, each accepted; the clock starts when they are
 * there. */
static void
gather(struct job *j, const struct load_plan *plan, uint64_t n)
{
	uint64_t before = proc_descriptors(j->server);

	for (uint64_t i = 1; i <= n; i++) {
		load_connect(&j->load, j->port, plan, 0);
		if (i % GATHERED == 0 || i == n)
			await_accepted(j, before + i);
	}
	j->start_us = load_now_us();
}

static void
do_bulk(struct job *j)
{
	const struct load_plan idle = { .then = LOAD_HOLD };
	const struct load_plan busy = { .send = number(j->more[0]) };
	uint64_t idle_n = number(j->more[1]);

	gather(j, &idle, idle_n);
	connect_all(j, &busy, j->n, j->n);
	await_done(&j->load);
	if (j->load.open < idle_n)
		errx(1, "the server has ended idle ones");
	print_mib_s(j, j->n * busy.send);
	print_memory(j);
}

static void
do_broker(struct job *j)
{
	const struct load_plan stalled = { .then = LOAD_HOLD, .deaf = true };
	const struct load_plan sender = {
		.send = number(j->more[0]),
		.then = LOAD_HOLD,
	};
	const struct load_plan receiver = {
		.then = LOAD_HOLD,
		.expect = sender.send,
	};

	gather(j, &receiver, j->n);
	gather(j, &stalled, number(j->more[1]));
	load_connect(&j->load, j->port, &sender, 0);
	await_done(&j->load);
	printf("s_all %.3f\n", seconds(j));
	print_memory(j);
}

static void
do_relay(struct job *j)
{
	const struct load_plan sender = {
		.send = number(j->more[0]),
		.then = LOAD_LEAVE,
		.expect = 1,
	};
	const struct load_plan receiver = {
		.send = 1,
		.then = LOAD_LEAVE,
		.expect = sender.send,
	};

	for (uint64_t i = 0; i < j->n; i++)
		load_connect(
		    &j->load, j->port, i % 2 ? &receiver : &sender, i % 2);
	await_done(&j->load);
	print_mib_s(j, j->n * sender.send);
}

static off_t
size_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		err(1, "%s", path);
	return st.st_size;
}

static void
do_hold(struct job *j)
{
	const struct load_plan plan = {
		.send = PATTERN_LINE,
		.then = LOAD_HOLD,
	};
	off_t all = (off_t)(j->n * PATTERN_LINE);

	connect_all(j, &plan, j->n, PENDING);
	await_done(&j->load);
	printf("s_open %.3f\n", seconds(j));
	while (j->load.open == j->n && size_of(j->more[0]) < all)
		load_turn(&j->load, 1);
	printf("s_lines %.3f\n", seconds(j));
	print_memory(j);
	load_turn(&j->load, STAY_MS);
	if (j->load.open < j->n)
		errx(1, "the server has ended some");
}

_Noreturn static void
serve(unsigned port, uint64_t bytes)
{
	struct load l;

	load_init(&l);
	load_serve(&l, port, bytes);
	for (;;)
		load_turn(&l, 1000);
}

static const struct command {
	const char *name;
	void (*run)(struct job *);
	int more; /* arguments after N */
} commands[] = {
	{ "lines", do_lines, 1 },
	{ "echo", do_echo, 1 },
	{ "ask", do_ask, 1 },
	{ "bulk", do_bulk, 2 },
	{ "broker", do_broker, 2 },
	{ "relay", do_relay, 1 },
	{ "hold", do_hold, 1 },
};

static void
raise_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == -1)
		err(1, "getrlimit");
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

int
main(int argc, const char *argv[])
{
	raise_limit();
	if (argc == 4 && strcmp(argv[1], "serve") == 0)
		serve((unsigned)number(argv[2]), number(argv[3]));
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		const struct command *c = &commands[i];
		struct job j;

		if (argc != 5 + c->more || strcmp(argv[1], c->name) != 0)
			continue;
		j.port = (unsigned)number(argv[2]);
		j.server = (pid_t)number(argv[3]);
		j.n = number(argv[4]);
		j.more = argv + 5;
		load_init(&j.load);
		j.start_us = load_now_us();
		c->run(&j);
		return 0;
	}
	errx(2, "usage: clients lines|echo|bulk|broker|relay|hold|serve ...");
}
