/* SPDX-License-Identifier: ISC */

/* churn.c - clients that come and go, for tests/bench/soak
 *
 * churn NAME PORT PID RATE SECONDS EVERY silent|talks
 *	starts RATE connections a second, of mixed manners, to the server with
 *	that PID, and prints a line of CSV each EVERY seconds: see the columns
 *	below.  The first is from before, the last from when all have gone.
 *	A server that talks gives back what it got before it ends.
 *	1: the server has ended.
 */

#include <sys/resource.h>

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "proc.h"

/* name,phase,seconds,done,failed,open,rss_kib,fds,children,zombies */
#define COLUMNS "%s,%s,%.0f,%" PRIu64 ",%" PRIu64 ",%zu,%ld,%u,%u,%u\n"

#define SECOND   INT64_C(1000000) /* us */
#define GOING_US (15 * SECOND)    /* until the last client has gone */
#define REST_US  (5 * SECOND)     /* until the server has nothing of them */
#define SLOW     (UINT64_C(256) * 1024) /* bytes for a slow reader */
#define MANNERS  6

struct churn {
	struct load load;
	const char *name;
	unsigned port;
	pid_t server;
	int64_t start_us, pause_us, every_us;
	unsigned descriptors; /* of the server before the first client */
	struct load_plan manners[MANNERS];
};

static void
set_manners(struct churn *c, bool echo)
{
	const struct load_plan manners[MANNERS] = {
		/* a line, then close without waiting */
		{ .send = PATTERN_LINE, .then = LOAD_CLOSE },
		/* a line, then a reset */
		{ .send = PATTERN_LINE, .then = LOAD_RESET },
		/* a line, then wait for the server's end */
		{ .send = PATTERN_LINE,
		    .expect = echo ? PATTERN_LINE : 0,
		    .check = true },
		/* half-close first */
		{ .then = LOAD_SHUT },
		/* connect and leave */
		{ .then = LOAD_CLOSE },
		/* much, and a slow reader */
		{ .send = SLOW,
		    .expect = echo ? SLOW : 0,
		    .check = true,
		    .slow = true },
	};

	memcpy(c->manners, manners, sizeof(manners));
}

static void
print_line(struct churn *c, const char *phase)
{
	long rss = proc_kib(c->server, "VmRSS");
	unsigned descriptors = proc_descriptors(c->server), zombies;
	unsigned children = proc_children(c->server, &zombies);

	if (rss == 0)
		errx(1, "%s: the server has ended", c->name);
	printf(COLUMNS, c->name, phase,
	    (double)(load_now_us() - c->start_us) / SECOND, c->load.done,
	    c->load.failed, c->load.open, rss, descriptors, children, zombies);
}

static void
note_trouble(const struct churn *c, uint64_t *known)
{
	if (c->load.failed > *known)
		warnx("%s: %s", c->name, c->load.trouble);
	*known = c->load.failed;
}

/* What is left of them at the end has failed, too. */
static void
await_gone(struct churn *c)
{
	int64_t until_us = load_now_us() + GOING_US;

	while (c->load.open > 0 && load_now_us() < until_us)
		load_turn(&c->load, 100);
	c->load.failed += c->load.open;
}

static bool
at_rest(const struct churn *c)
{
	unsigned zombies;

	return proc_descriptors(c->server) <= c->descriptors &&
	    proc_children(c->server, &zombies) == 0;
}

static void
await_rest(struct churn *c)
{
	int64_t until_us = load_now_us() + REST_US;

	while (!at_rest(c) && load_now_us() < until_us)
		load_turn(&c->load, 100);
}

static void
run(struct churn *c, int64_t seconds)
{
	int64_t now_us, next_us = c->start_us;
	int64_t line_us = c->start_us + c->every_us;
	uint64_t known = 0;

	while ((now_us = load_now_us()) < c->start_us + seconds * SECOND) {
		for (; next_us <= now_us; next_us += c->pause_us)
			load_connect(&c->load, c->port,
			    &c->manners[c->load.started % MANNERS],
			    c->load.started);
		if (now_us >= line_us) {
			print_line(c, "run");
			note_trouble(c, &known);
			line_us += c->every_us;
		}
		load_turn(&c->load, (int)((next_us - now_us) / 1000) + 1);
	}
}

static int64_t
positive(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (n <= 0 || *end != '\0')
		errx(2, "not a number: %s", text);
	return n;
}

int
main(int argc, char *argv[])
{
	struct churn c;

	if (argc != 8)
		errx(2,
		    "usage: churn NAME PORT PID RATE SECONDS EVERY "
		    "silent|talks");
	setvbuf(stdout, NULL, _IOLBF, 0); /* several write to one pipe */
	load_init(&c.load);
	c.name = argv[1];
	c.port = (unsigned)positive(argv[2]);
	c.server = (pid_t)positive(argv[3]);
	c.pause_us = SECOND / positive(argv[4]);
	c.every_us = positive(argv[6]) * SECOND;
	set_manners(&c, strcmp(argv[7], "talks") == 0);
	c.descriptors = proc_descriptors(c.server);
	c.start_us = load_now_us();
	print_line(&c, "start");
	run(&c, positive(argv[5]));
	await_gone(&c);
	await_rest(&c);
	print_line(&c, "rest");
	return 0;
}
