/* SPDX-License-Identifier: ISC */
/* session.c - one conversation between our side and a peer */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "crlf.h"
#include "filter_pair.h"
#include "log.h"
#include "own_input.h"
#include "session.h"
#include "telnet.h"
#include "until.h"
#include "watch.h"
#include "xalloc.h"

/* ms; for our side to take what a client said that is gone */
#define ABANDON_MS 2000

/* ms; for an answer over TLS to begin, or to go on; and bytes that are more
 * than a question */
#define TLS_PATIENCE_MS 250
#define TLS_QUESTION    (64 * 1024)

int64_t
session_open_deadline(const struct options *o, int64_t start_ms)
{
	int64_t at_ms = clock_after(start_ms, o->connect_timeout_ms);

	if (o->wait_ms > 0)
		clock_lower(&at_ms, clock_after(start_ms, o->wait_ms));
	return at_ms;
}

int64_t
session_idle_limit(const struct options *o)
{
	if (o->wait_ms < 0)
		return o->idle_timeout_ms;
	if (o->idle_timeout_ms < 0 || o->wait_ms < o->idle_timeout_ms)
		return o->wait_ms;
	return o->idle_timeout_ms;
}

bool
session_stdin_usable(void)
{
	struct stat in, null;

	if (fstat(STDIN_FILENO, &in) == -1 || stat("/dev/null", &null) == -1)
		return true;
	return !S_ISCHR(in.st_mode) || in.st_rdev != null.st_rdev;
}

const char *
session_peer(const struct options *o, const struct address_text *peer,
    char text[SESSION_PEER])
{
	if (peer->port[0] == '\0')
		snprintf(text, SESSION_PEER, "%s (unix)", peer->host);
	else
		snprintf(text, SESSION_PEER, "%s port %s (%s)", peer->host,
		    peer->port, options_protocol(o));
	return text;
}

/* An end that is held back for an answer: never, where it was asked for. */
static bool
may_wait(const struct options *o)
{
	return o->shutdown == SHUTDOWN_DEFAULT && o->quit_after_ms < 0 &&
	    !o->send_only;
}

/* Most proxies close both directions when one ends, and the answer is lost.
 * Over TLS the end is bytes, and a server that closes without having read them
 * takes back what it has said last. */
static void
set_patience(const struct session *s, struct relay *r)
{
	const struct options *o = s->options;
	bool upstream = s->side == SESSION_UPSTREAM;
	bool tls = upstream ? o->relay_tls :
			      s->side == SESSION_STDIO && o->tls && !o->listen;

	r->patient = upstream ? RELAY_INBOUND : RELAY_OUTBOUND;
	if (!may_wait(o))
		return;
	if (o->proxy != NULL)
		r->patience_ms = o->linger_ms;
	else if (tls) {
		r->patience_ms = o->linger_ms < TLS_PATIENCE_MS ?
		    o->linger_ms :
		    TLS_PATIENCE_MS;
		r->patience_bytes = TLS_QUESTION;
	}
}

static void
set_outbound(const struct session *s, struct flow *f)
{
	const struct options *o = s->options;
	bool stdio = s->side == SESSION_STDIO;

	f->keep_open = o->shutdown == SHUTDOWN_NO;
	f->pace_ms = o->interval_ms;
	f->bytes_max = (uint64_t)o->max_bytes;
	rate_init(&f->rate, o->rate_out);
	f->message_max = options_messages(o) ? (size_t)o->mtu : 0;
	f->lines = (o->interval_ms > 0 || (options_messages(o) && o->crlf)) &&
	    !(stdio && own_input_has_messages(o));
	if (o->crlf && !(stdio && own_input_has_crlf(o)))
		f->filter = crlf_filter();
}

static void
set_inbound(const struct session *s, struct flow *f, struct flow *outbound)
{
	const struct options *o = s->options;

	f->reads_max = (uint64_t)o->recv_limit;
	f->bytes_max = (uint64_t)o->max_bytes;
	rate_init(&f->rate, o->rate_in);
	if (o->telnet)
		f->filter = telnet_filter(outbound);
	if (o->until_len > 0)
		f->filter = filter_pair(
		    f->filter, until_filter(o->until_text, o->until_len, f));
}

/* The rules of CONTRACT 3 are about stdin and stdout. */
static void
set_ending(const struct session *s, struct relay *r)
{
	const struct options *o = s->options;

	if (o->send_only)
		r->until = UNTIL_OUTBOUND;
	else if (!s->has_input || isatty(STDIN_FILENO))
		r->until = UNTIL_INBOUND;
	if (!s->has_input && (o->shutdown == SHUTDOWN_YES || o->send_only))
		flow_end(&r->flow[RELAY_OUTBOUND], clock_ms());
	r->quit_ms = s->input_over ? -1 : o->quit_after_ms;
	r->linger_ms = o->send_only ? -1 : o->linger_ms;
}

int
session_stdout(const struct options *o)
{
	return o->send_only || o->stdout_taken ? -1 : STDOUT_FILENO;
}

struct channel *
session_stdio(const struct session *s)
{
	return own_input(s->options, s->has_input ? STDIN_FILENO : -1,
	    session_stdout(s->options));
}

void
session_note_attempt(struct session *s, const struct connect_attempt *attempt)
{
	timeline_add_attempt(&s->timeline, attempt);
	if (s->watch != NULL)
		watch_attempted(s->watch, s, attempt);
}

void
session_note_failure(struct session *s, const char *words)
{
	free(s->failure);
	s->failure = xstrdup(words);
}

static void
begin(struct session *s, struct relay *r)
{
	s->timeline.up_ns = clock_ns();
	s->relay = r;
	if (s->watch != NULL)
		watch_begin(s->watch, s);
}

void
session_end(struct session *s, enum relay_result result, enum status status)
{
	s->timeline.end_ns = clock_ns();
	s->result = result;
	s->status = status;
	if (s->watch != NULL)
		watch_end(s->watch, s);
	s->relay = NULL;
}

void
session_missed(struct session *s, enum status status)
{
	session_end(s, RELAY_OVER, status);
}

void
session_cut(struct session *s, enum status status)
{
	session_end(s, RELAY_CUT, status);
}

void
session_free(struct session *s)
{
	timeline_free(&s->timeline);
	free(s->failure);
}

struct relay *
session_relay(struct session *s, struct channel *ours, struct channel *network)
{
	const struct options *o = s->options;
	struct relay *r = relay_new(ours, network);
	struct flow *outbound = &r->flow[RELAY_OUTBOUND];

	set_outbound(s, outbound);
	set_inbound(s, &r->flow[RELAY_INBOUND], outbound);
	r->idle_ms = session_idle_limit(o);
	r->max_ms = o->max_time_ms;
	if (s->side == SESSION_STDIO)
		set_ending(s, r);
	else
		r->abandon_ms = ABANDON_MS;
	if (s->side == SESSION_MEETING)
		r->linger_ms = o->linger_ms;
	set_patience(s, r);
	begin(s, r);
	return r;
}

int
session_loop_init(struct loop *loop)
{
	if (loop_init(loop) == 0)
		return STATUS_OK;
	log_error("signalfd failed: %s", strerror(errno));
	return STATUS_LOCAL;
}

int
session_loop_run(struct loop *loop, const int *status)
{
	int signal = loop_run(loop);

	if (signal == -1) {
		log_error("poll failed: %s", strerror(errno));
		return STATUS_LOCAL;
	}
	if (signal == 0)
		return *status;
	log_debug("signal %d (%s) ends us", signal, strsignal(signal));
	return STATUS_SIGNAL + signal;
}
