/* SPDX-License-Identifier: ISC */
/* watch_progress.c - --progress: a live line, and a summary at the end
 *
 * Nothing looks at the bytes: the line reads the counters of the flows, so a
 * transfer costs the same with it.  Only where the peer's words go to the same
 * terminal a tap waits for the first of them, which ends the line. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "exec.h"
#include "log.h"
#include "meter.h"
#include "watchers.h"
#include "xalloc.h"

/* ms between two drawings, at least */
#define REDRAW_MS 250
/* where the terminal does not know its width */
#define COLUMNS_DEFAULT 80

struct progress {
	struct task
	    task; /* first: it is a task, but the loop does not own it */
	struct watch *watch;
	struct meter meter;  /* of the last look */
	uint64_t stdin_size; /* bytes of a file that are to be sent; 0: none */
	uint64_t read;       /* of stdin, and delivered */
	struct meter ended;  /* sums of the sessions that are over */
	struct meter_rate received, sent;
	int64_t start_ms, end_ms; /* the first began, the last ended; 0: none */
	int64_t next_ms;          /* to be drawn */
	bool started;             /* the loop has the task */
	bool draws;               /* there is a live line */
	bool shares_terminal;     /* ... with what the peer says */
	bool mid_line;            /* which has not ended its line */
	int columns;
};

/* What the peer says goes to the terminal of the live line. */
struct hush {
	struct tap tap; /* first: it is a tap */
	struct progress *progress;
};

/* Bytes of stdin from where it stands to its end; 0: that is not known. */
static uint64_t
size_of_stdin(void)
{
	off_t at = lseek(STDIN_FILENO, 0, SEEK_CUR);
	struct stat st;

	if (fstat(STDIN_FILENO, &st) == -1 || !S_ISREG(st.st_mode) || at < 0 ||
	    at >= st.st_size)
		return 0;
	return (uint64_t)(st.st_size - at);
}

static bool
uses_stdio(const struct options *o)
{
	return !exec_wanted(o) && o->relay == NULL;
}

static bool
can_draw(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term != NULL && term[0] != '\0' &&
	    strcmp(term, "dumb") != 0;
}

/* A talk at the terminal, or lines that come from elsewhere, leave no room for
 * a line below them. */
static bool
is_in_the_way(const struct options *o)
{
	return isatty(STDOUT_FILENO) &&
	    (o->stdout_taken ||
		(uses_stdio(o) && (isatty(STDIN_FILENO) || o->broker)));
}

static void *
progress_open(struct watch *w, enum status *status)
{
	const struct options *o = w->options;
	struct progress *p;

	(void)status;
	if (!o->progress)
		return NULL;
	p = xcalloc(1, sizeof(*p));
	p->watch = w;
	p->draws = can_draw() && !is_in_the_way(o);
	p->shares_terminal = can_draw() && isatty(STDOUT_FILENO) &&
	    uses_stdio(o) && !o->send_only;
	if (uses_stdio(o) && !o->keep_open && !o->recv_only)
		p->stdin_size = size_of_stdin();
	return p;
}

static void
find_columns(struct progress *p)
{
	struct winsize size;

	p->columns = COLUMNS_DEFAULT;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		p->columns = size.ws_col;
}

/* In the background the terminal is somebody else's. */
static bool
is_in_front(void)
{
	pid_t front = tcgetpgrp(STDERR_FILENO);

	return front == -1 || front == getpgrp(); /* -1: it is nobody's */
}

static void
add_session(struct progress *p, struct meter *sum, const struct session *s)
{
	const struct flow *out = &s->relay->flow[RELAY_OUTBOUND];

	sum->received += s->relay->flow[RELAY_INBOUND].taken;
	sum->sent += out->bytes;
	p->read = out->taken > flow_held(out) ? out->taken - flow_held(out) : 0;
}

/* --size is of the busier direction; that of stdin of ours only. */
static void
set_size(struct progress *p)
{
	struct meter *m = &p->meter;
	bool outbound = m->sent >= m->received;

	m->done = outbound ? m->sent : m->received;
	m->size = (uint64_t)p->watch->options->size;
	if (m->size == 0 && outbound && p->stdin_size != 0) {
		m->size = p->stdin_size;
		m->done = p->read;
	}
}

/* What all sessions have carried until now. */
static void
look(struct progress *p, int64_t now_ms)
{
	struct meter *m = &p->meter;
	const struct session *s;

	*m = p->ended;
	LIST_FOREACH (s, &p->watch->live, live) {
		add_session(p, m, s);
		m->open++;
	}
	m->total = p->watch->options->keep_open ? p->watch->count : 0;
	if (m->open > 0)
		p->end_ms = now_ms;
	m->elapsed_ms = p->end_ms - p->start_ms;
	meter_rate_look(&p->received, m->received, now_ms);
	meter_rate_look(&p->sent, m->sent, now_ms);
	m->rate = meter_rate(m->sent >= m->received ? &p->sent : &p->received);
	set_size(p);
}

/* The last column stays free: a terminal may go to the next line by itself. */
static void
set_line(struct progress *p)
{
	char text[METER_LINE];

	meter_line(&p->meter, p->columns - 1, text);
	log_live_set(text);
}

static void
draw(struct progress *p, int64_t now_ms)
{
	p->next_ms = now_ms + REDRAW_MS;
	look(p, now_ms);
	find_columns(p); /* no SIGWINCH comes to the background */
	set_line(p);
	if (is_in_front())
		log_live_draw();
	else
		log_live_end();
}

static bool
progress_prepare(struct task *task, struct pollset *set, int64_t *deadline_ms)
{
	const struct progress *p = (const struct progress *)task;

	(void)set;
	if (p->draws)
		clock_lower(deadline_ms, p->next_ms);
	return false;
}

static bool
progress_run(struct task *task, const struct pollset *set, int64_t now_ms)
{
	struct progress *p = (struct progress *)task;

	(void)set;
	if (p->draws && now_ms >= p->next_ms)
		draw(p, now_ms);
	return true;
}

static void
progress_free(struct task *task)
{
	(void)task;
}

static const struct task_ops progress_ops = {
	.prepare = progress_prepare,
	.run = progress_run,
	.free = progress_free,
};

static void
hush_see(struct tap *tap, const struct flow *f, const uint8_t *bytes, size_t n)
{
	struct progress *p = ((struct hush *)tap)->progress;

	(void)f;
	if (n == 0)
		return;
	p->mid_line = bytes[n - 1] != '\n';
	p->draws = false;
	log_live_end();
}

static void
hush_free(struct tap *tap)
{
	free(tap);
}

static const struct tap_ops hush_ops = {
	.name = "progress",
	.see = hush_see,
	.free = hush_free,
};

static void
add_hush(struct progress *p, struct session *s)
{
	struct hush *hush = xcalloc(1, sizeof(*hush));

	hush->tap.ops = &hush_ops;
	hush->progress = p;
	taps_add(&s->relay->flow[RELAY_INBOUND].taps, &hush->tap);
}

/* The first session: time counts from here. */
static void
start(struct progress *p)
{
	p->started = true;
	p->start_ms = p->end_ms = clock_ms();
	meter_rate_look(&p->received, 0, p->start_ms);
	meter_rate_look(&p->sent, 0, p->start_ms);
	p->task.ops = &progress_ops;
	p->next_ms = p->start_ms + REDRAW_MS;
	loop_add_aside(p->watch->loop, &p->task);
	if (p->draws)
		loop_add_notice(p->watch->loop, SIGTSTP);
}

static void
progress_begin(void *state, struct session *s)
{
	struct progress *p = state;

	if (!p->started)
		start(p);
	if (p->shares_terminal)
		add_hush(p, s);
}

static void
progress_end(void *state, const struct session *s)
{
	struct progress *p = state;

	if (s->relay == NULL)
		return;
	add_session(p, &p->ended, s);
	p->end_ms = clock_ms();
}

/* ^Z: leave the terminal as it was, and go on with a new line. */
static void
stop(void)
{
	sigset_t set;

	log_live_end();
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	kill(getpid(), SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void
progress_notice(void *state, int signal)
{
	struct progress *p = state;

	if (signal == SIGTSTP)
		stop();
	if (signal == SIGWINCH) {
		find_columns(p);
		set_line(p);
	}
}

static enum status
progress_close(void *state)
{
	struct progress *p = state;
	char text[METER_SUMMARY];

	if (p->started) {
		log_live_end();
		p->meter = p->ended;
		p->meter.elapsed_ms = p->end_ms - p->start_ms;
		p->meter.total =
		    p->watch->options->keep_open ? p->watch->count : 0;
		set_size(p);
		if (p->mid_line)
			log_line("%s", "");
		meter_summary(&p->meter, text);
		log_line("%s", text);
	}
	free(p);
	return STATUS_OK;
}

const struct watcher_ops watch_progress = {
	.name = "progress",
	.open = progress_open,
	.begin = progress_begin,
	.end = progress_end,
	.notice = progress_notice,
	.close = progress_close,
};
