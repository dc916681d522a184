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
#include "tls_session.h"
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

/* The limit for silence: the shorter of -w and --idle-timeout. */
static int64_t
idle_limit(const struct options *o)
{
	if (o->wait_ms < 0)
		return o->idle_timeout_ms;
	if (o->idle_timeout_ms < 0 || o->wait_ms < o->idle_timeout_ms)
		return o->wait_ms;
	return o->idle_timeout_ms;
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

static void
end(struct session *s, enum relay_result result, enum status status)
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
	end(s, RELAY_OVER, status);
}

void
session_cut(struct session *s, enum status status)
{
	end(s, RELAY_CUT, status);
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
	r->idle_ms = idle_limit(o);
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

/* TLS 1.3 lets us talk before the peer has looked at our certificate. */
static enum status
broken(const struct channel *ch)
{
	return ch->error_code == TLS_REFUSED ? STATUS_TLS : STATUS_BROKEN;
}

static enum status
network_fault(const struct session *s, const char *what, const char *why)
{
	char peer[SESSION_PEER];

	log_error("%s %s failed: %s", what,
	    session_peer(s->options, &s->peer, peer), why);
	return STATUS_BROKEN;
}

/* Our own side: worse than the network's, because it was ours to get right.
 * A reader that has seen enough (head) is no news. */
static enum status
local_fault(const struct session *s, const struct channel *ours,
    const char *verb, const char *what)
{
	if (ours->error_code != EPIPE)
		log_error("%s %s failed: %s", verb,
		    s->side == SESSION_PROGRAM ? "the program" : what,
		    ours->error);
	return STATUS_LOCAL;
}

static enum status
upstream_fault(
    const struct session *s, const struct channel *ours, const char *what)
{
	log_error("%s %s failed: %s", what, s->upstream, ours->error);
	return broken(ours);
}

static enum status
our_fault(const struct session *s, const struct channel *ours, bool reading)
{
	if (s->side == SESSION_UPSTREAM)
		return upstream_fault(
		    s, ours, reading ? "receive from" : "send to");
	return reading ? local_fault(s, ours, "read from", "stdin") :
			 local_fault(s, ours, "write to", "stdout");
}

static enum status
idle_status(const struct session *s)
{
	const struct options *o = s->options;

	if (idle_limit(o) == o->wait_ms)
		return STATUS_OK;
	network_fault(s, "transfer with", "Idle for too long");
	return STATUS_TIMEOUT;
}

static enum status
expired_status(const struct session *s)
{
	int64_t ms = s->options->max_time_ms;
	char why[64];

	snprintf(why, sizeof(why), "--max-time of %lld%s passed",
	    (long long)(ms % 1000 == 0 ? ms / 1000 : ms),
	    ms % 1000 == 0 ? "s" : "ms");
	network_fault(s, "transfer with", why);
	return STATUS_TIMEOUT;
}

static enum status
status_of(const struct session *s, struct relay *r, enum relay_result result)
{
	const struct channel *ours = r->end[0], *network = r->end[1];
	const struct flow *out = &r->flow[RELAY_OUTBOUND];
	const struct flow *in = &r->flow[RELAY_INBOUND];
	enum status idle = result == RELAY_IDLE ? idle_status(s) : STATUS_OK;
	char why[64];

	if (result == RELAY_CUT)
		return STATUS_BROKEN;
	if (result == RELAY_EXPIRED)
		return expired_status(s);
	if (result == RELAY_STALLED)
		return network_fault(
		    s, "send to", "Nothing taken for too long");
	if (out->fault == FLOW_SRC)
		return our_fault(s, ours, true);
	if (in->fault == FLOW_DST)
		return our_fault(s, ours, false);
	if (out->fault == FLOW_DST || in->fault == FLOW_SRC) {
		network_fault(s,
		    out->fault == FLOW_DST ? "send to" : "receive from",
		    network->error);
		return broken(network);
	}
	if (idle != STATUS_OK || flow_undelivered(out) == 0)
		return idle;
	snprintf(why, sizeof(why), "%zu bytes not acknowledged",
	    flow_undelivered(out));
	return network_fault(s, "send to", why);
}

/* All went well, but for the text that was to come: by whomever it ended, no
 * answer is left to trust in.  What stdin says to a hub is no session. */
static enum status
until_status(const struct session *s, struct relay *r, enum relay_result result)
{
	const char *limit = r->flow[RELAY_INBOUND].limit;

	if (s->options->until_len == 0 || s->relay == NULL ||
	    (limit != NULL && strcmp(limit, "until") == 0))
		return STATUS_OK;
	network_fault(
	    s, "receive from", "Ended before the text of --until came");
	return result == RELAY_IDLE ? STATUS_TIMEOUT : STATUS_BROKEN;
}

/* Our reader has left, and nothing is known to be lost by it: should the peer
 * send more, the system answers that with a reset by itself. */
static bool
reader_had_all(const struct relay *r)
{
	const struct flow *in = &r->flow[RELAY_INBOUND];

	return in->fault == FLOW_DST && r->end[0]->error_code == EPIPE &&
	    flow_held(in) == 0;
}

enum status
session_status(struct session *s, struct relay *r, enum relay_result result)
{
	enum status status = status_of(s, r, result);
	bool failed = status != STATUS_OK;

	s->aborted = failed && !reader_had_all(r);
	if (!failed)
		status = until_status(s, r, result);
	if (s->relay != NULL)
		end(s, result, status);
	if (s->aborted)
		channel_abort(r->end[1]);
	if (failed && s->side == SESSION_UPSTREAM)
		channel_abort(r->end[0]);
	return status;
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
