/* SPDX-License-Identifier: ISC */
/* mode_scan.c - report which ports are open
 *
 * Theory of operation: the host is looked up once, then each port is a job
 * with a dial of its own, up to --parallel of them at a time.  What a job has
 * to say waits until the ports before it in the list have said theirs. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "clock.h"
#include "descriptors.h"
#include "dial.h"
#include "modes.h"
#include "scan_result.h"
#include "session.h"
#include "timer.h"
#include "xalloc.h"

/* jobs; after so many the loop has its turn */
#define BURST 1024

struct scan {
	const struct options *options;
	struct loop loop;
	struct proxy_login login;
	struct tls_setup tls;
	struct dial lookup; /* of the host, or of its proxy */
	struct job **jobs;  /* owned; by place, NULL: not in flight */
	bool proxy_away;    /* that has been said */
	const int *ports;   /* NULL: a path, which is one port */
	int *order;         /* in which to start them: places in ports */
	struct scan_result *results;
	size_t count, started, printed;
	size_t flying, parallel; /* jobs in flight */
	bool starting;           /* jobs, right now */
	struct spare_sockets spares;
	int status;
};

struct job {
	struct scan *scan;
	size_t place;
	int64_t start_us;
	struct dial dial;
};

/* What is ready and has its turn. */
static void
print_results(struct scan *s)
{
	enum line_kind least = s->options->verbose > 0 ? LINE_NOTE : LINE_ERROR;

	while (s->printed < s->count &&
	    s->results[s->printed].state != PORT_UNKNOWN)
		lines_print(&s->results[s->printed++].lines, least);
}

static void
free_job(struct job *job)
{
	if (job == NULL)
		return;
	dial_free(&job->dial);
	free(job);
}

/* That the proxy itself cannot be reached is said once. */
static void
take_lines(struct scan *s, struct scan_result *result, struct dial *d)
{
	bool away = s->options->proxy != NULL && d->reason == 0 &&
	    (d->status == STATUS_CONNECT || d->status == STATUS_LOOKUP);

	if (away && s->proxy_away)
		lines_free(&d->lines);
	s->proxy_away |= away;
	result->lines = d->lines;
	d->lines = (struct lines){ 0 };
}

static void start_jobs(void *);

static void
port_dialed(struct dial *d, struct channel *ch, enum status status, void *arg)
{
	struct job *job = arg;
	struct scan *s = job->scan;
	struct scan_result *result = &s->results[job->place];

	channel_close(ch);
	s->flying--;
	if (no_descriptor(d->reason) && s->flying > 0) {
		s->parallel = s->flying;
		s->order[--s->started] = (int)job->place;
	} else {
		scan_result_set(result, status, d->reason);
		result->us = clock_us() - job->start_us;
		take_lines(s, result, d);
	}
	s->jobs[job->place] = NULL;
	free_job(job);
	print_results(s);
	start_jobs(s);
}

/* A source has its own socket each time, and so has a signature for a peer. */
static bool
shares_sockets(const struct options *o)
{
	return o->source == NULL && o->source_port == SOCKOPT_UNSET &&
	    o->proxy == NULL && !o->udp && !o->tcp_md5;
}

static void
start_job(struct scan *s, size_t place)
{
	const struct options *o = s->options;
	struct job *job = xcalloc(1, sizeof(*job));
	struct dial *d = &job->dial;

	job->scan = s;
	job->place = place;
	job->start_us = clock_us();
	d->options = o;
	d->loop = &s->loop;
	d->ports = s->ports == NULL ? NULL : &s->ports[place];
	d->port_count = s->ports == NULL ? 0 : 1;
	d->looked_up = &s->lookup;
	d->login = &s->login;
	d->tls = &s->tls;
	d->spares = shares_sockets(o) ? &s->spares : NULL;
	d->probe = o->udp && s->ports != NULL;
	d->hold = s->count > 1;
	d->dialed = port_dialed;
	d->arg = job;
	s->flying++;
	s->jobs[place] = job;
	dial_start(d);
}

/* A job may be over at once, and would start the next ones inside of this; and
 * so many of them that the loop has to have its turn between. */
static void
start_jobs(void *arg)
{
	struct scan *s = arg;
	size_t burst = 0;

	if (s->starting)
		return;
	s->starting = true;
	while (
	    s->flying < s->parallel && s->started < s->count && burst++ < BURST)
		start_job(s, (size_t)s->order[s->started++]);
	s->starting = false;
	if (burst > BURST)
		timer_start(&s->loop, clock_ms(), start_jobs, s);
}

static void
host_found(struct dial *d, struct channel *ch, enum status status, void *arg)
{
	struct scan *s = arg;
	size_t addresses = 0;

	channel_close(ch);
	s->status = (int)status;
	if (status != STATUS_OK)
		return;
	for (const struct address *a = d->hop; a != NULL; a = a->next)
		addresses++;
	s->parallel = descriptors_for((size_t)s->options->parallel, addresses);
	if (s->options->source_port > 0)
		s->parallel = 1; /* a port has room for one */
	start_jobs(s);
}

/* The places in the list, in the order in which to start them. */
static int *
order_of(size_t n, bool random)
{
	int *order = xcalloc(n, sizeof(order[0]));

	for (size_t i = 0; i < n; i++)
		order[i] = (int)i;
	if (random)
		ports_shuffle(order, n);
	return order;
}

static int
run(struct scan *s)
{
	int status = session_loop_init(&s->loop);

	if (status == STATUS_OK)
		status = (int)tls_setup_client(&s->tls, s->options);
	if (status == STATUS_OK) {
		dial_start(&s->lookup);
		status = session_loop_run(&s->loop, &s->status);
	}
	loop_free(&s->loop);
	for (size_t i = 0; i < s->count; i++)
		free_job(s->jobs[i]);
	dial_free(&s->lookup);
	spare_sockets_close(&s->spares);
	proxy_login_forget(&s->login);
	tls_setup_free(&s->tls);
	return status;
}

int
mode_scan(const struct options *o)
{
	bool path = o->family == AF_UNIX;
	struct scan s = { .options = o,
		.spares = SPARE_SOCKETS_NONE,
		.ports = path ? NULL : o->ports.list,
		.count = path ? 1 : o->ports.count };
	int status;

	s.lookup = (struct dial){ .options = o,
		.loop = &s.loop,
		.only_lookup = true,
		.dialed = host_found,
		.arg = &s };
	proxy_login_init(&s.login, o);
	s.order = order_of(s.count, o->randomize);
	s.jobs = xcalloc(s.count, sizeof(struct job *));
	s.results = xcalloc(s.count, sizeof(s.results[0]));
	status = run(&s);
	if (status == STATUS_OK)
		status = scan_summary(s.results, s.ports, s.count, o);
	for (size_t i = 0; i < s.count; i++)
		lines_free(&s.results[i].lines);
	free(s.results);
	free(s.jobs);
	free(s.order);
	return status;
}
