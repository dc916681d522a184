/* SPDX-License-Identifier: ISC */
/* server.c - the clients of a listener, one or many at once */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "admission.h"
#include "client_report.h"
#include "client_tls.h"
#include "clock.h"
#include "descriptors.h"
#include "exec.h"
#include "log.h"
#include "server.h"
#include "timer.h"
#include "tls_setup.h"
#include "xalloc.h"

/* clients at once where nothing else is said */
#define MAX_CONNS_DEFAULT 1024

static void
end(struct server *s)
{
	if (s->listener != NULL)
		listener_finish(s->listener);
	loop_end(s->loop);
}

/* What the clients have got is not all there was. */
void
server_stop(struct server *s, int status)
{
	struct client *client;

	LIST_FOREACH (client, &s->clients, entry) {
		if (client->relay != NULL)
			channel_abort(client->relay->end[1]);
	}
	s->status = status;
	end(s);
}

/* Who has no place yet gets none. */
static void
cut_all(struct server *s)
{
	struct client *client;

	s->cut = true;
	arrivals_drop(&s->arrivals);
	LIST_FOREACH (client, &s->clients, entry) {
		if (client->relay != NULL)
			relay_cut(client->relay);
	}
}

static bool
is_empty(const struct server *s)
{
	return s->count == 0 && s->arrivals.count == 0;
}

static bool
serves_somebody(const struct server *s)
{
	const struct client *client;

	LIST_FOREACH (client, &s->clients, entry) {
		if (client->relay != NULL)
			return true;
	}
	return false;
}

/* Once all are cut, who is not served yet is not waited for; but programs end
 * a moment after their client. */
static void
end_if_drained(struct server *s)
{
	bool all_cut = s->cut && !s->service->lingers && !serves_somebody(s);

	if (is_empty(s) || all_cut)
		end(s);
}

/* The time for draining is over.  Of many, who has no place yet is no loss:
 * all that it can have done is to be slow. */
static void
drained(void *arg)
{
	struct server *s = arg;

	if (s->count > 0 || !s->options->keep_open)
		s->status = STATUS_SIGNAL + SIGTERM;
	cut_all(s);
	end_if_drained(s);
}

/* No more clients; the end comes with that of the last one. */
static void
drain(struct server *s, int status)
{
	log_debug("no more clients, and those who are here end: %s",
	    status == STATUS_OK ? "--drain" : "a signal");
	s->draining = true;
	s->status = status;
	readiness_stopping(&s->readiness);
	if (s->listener != NULL)
		listener_stop(s->listener);
	end_if_drained(s);
}

/* SIGHUP is about the access lists, where there are any. */
static bool
reload(struct server *s, int signal)
{
	if (signal != SIGHUP || s->admission == NULL ||
	    !admission_has_lists(s->admission))
		return false;
	readiness_reloading(&s->readiness);
	admission_reload(s->admission);
	return true;
}

static bool
on_signal(int signal, void *arg)
{
	struct server *s = arg;
	int64_t drain_ms = s->options->drain_ms;
	bool lingers = s->service->lingers && s->count > 0;

	if (reload(s, signal))
		return true;
	if (s->draining)
		return false;
	if (signal == SIGTERM && drain_ms >= 0) {
		drain(s, STATUS_OK);
		if (!is_empty(s))
			timer_start(s->loop, clock_after(clock_ms(), drain_ms),
			    drained, s);
		return true;
	}
	if (lingers) {
		drain(s, STATUS_SIGNAL + signal);
		cut_all(s);
	}
	return lingers;
}

static bool
is_shared(const struct server *s)
{
	return s->service == &service_meeting ||
	    (s->service == &service_stdio && s->count > 1);
}

/* Who holds up the others is dropped; who is alone may take his time, and has
 * as long as anybody once he is not. */
static void
set_stall_limits(struct server *s)
{
	int64_t limit_ms = is_shared(s) ? s->options->stall_timeout_ms : -1;
	struct client *client;

	LIST_FOREACH (client, &s->clients, entry) {
		if (client->relay != NULL)
			relay_limit_stall(client->relay, limit_ms);
	}
}

/* Its session is over, if it has had one; else that is told now. */
static void
end_session(struct client *client)
{
	int status = client->server->status;

	if (client->session.timeline.end_ns == 0)
		session_missed(&client->session,
		    status == STATUS_OK ? STATUS_BROKEN : (enum status)status);
}

void
client_free(struct client *client)
{
	end_session(client);
	lines_free(&client->notes);
	session_free(&client->session);
	free(client->tls);
	free(client);
}

/* It had a place. */
static void
forget(struct client *client)
{
	const struct service_ops *service = client->server->service;

	if (service->forget != NULL)
		service->forget(client);
	LIST_REMOVE(client, entry);
	client_free(client);
}

/* Then its status is that of the signal, whatever its clients came to. */
static bool
was_cut(const struct server *s)
{
	return s->draining && s->status > STATUS_SIGNAL;
}

/* There is one less. */
static void
go_on(struct server *s)
{
	arrivals_go_on(s);
	if (s->draining)
		end_if_drained(s);
}

/* Its end is ours. */
static bool
was_the_only_one(const struct server *s)
{
	return !s->options->keep_open || s->listener == NULL;
}

void
server_enter(struct client *client)
{
	struct server *s = client->server;

	client->number = ++s->served;
	client->start_ms = clock_ms();
	LIST_INSERT_HEAD(&s->clients, client, entry);
	s->count++;
	if (s->count == 2)
		set_stall_limits(s);
}

void
server_missed(struct server *s, enum status status)
{
	if (was_the_only_one(s))
		server_stop(s, (int)status);
	else
		go_on(s);
}

static void
leave(struct client *client)
{
	struct server *s = client->server;
	enum status status = client->status;
	bool ours = client->session.side == SESSION_STDIO;

	forget(client);
	s->count--;
	if (s->count == 1)
		set_stall_limits(s);
	if (!was_cut(s) &&
	    (was_the_only_one(s) ||
		(ours && status == STATUS_LOCAL))) /* nobody can be served */
		server_stop(s, (int)status);
	else
		go_on(s);
}

void
client_hold(struct client *client)
{
	client->alive++;
}

void
client_release(struct client *client, enum status status)
{
	if (client->status == STATUS_OK)
		client->status = status;
	if (--client->alive == 0)
		leave(client);
}

static void
relay_done(struct relay *r, enum relay_result result, void *arg)
{
	struct client *client = arg;
	struct server *s = client->server;
	enum status status = STATUS_OK;

	if (!s->loop->ended)
		status = session_status(&client->session, r, result);
	else /* all that is worth saying has been said */
		session_cut(&client->session, (enum status)s->status);
	if (s->options->keep_open)
		client_report(client, r, result);
	client->relay = NULL;
	client->result = result;
	if (s->service->leave != NULL)
		s->service->leave(client);
	client_release(client, status);
}

struct relay *
client_relay(
    struct client *client, struct channel *ours, struct channel *network)
{
	struct server *s = client->server;
	struct relay *r = session_relay(&client->session, ours, network);

	client->network = NULL;
	r->on_done = relay_done;
	r->arg = client;
	if (is_shared(s))
		r->stall_ms = s->options->stall_timeout_ms;
	relay_start(r, s->loop);
	client->relay = r;
	if (s->cut)
		relay_cut(r);
	return r;
}

static const struct service_ops *
service_of(const struct options *o)
{
	if (exec_wanted(o))
		return &service_program;
	if (o->relay != NULL)
		return &service_forward;
	return o->broker ? &service_meeting : &service_stdio;
}

void
server_init(struct server *s, const struct options *o, struct loop *loop)
{
	size_t wanted =
	    o->max_conns > 0 ? (size_t)o->max_conns : MAX_CONNS_DEFAULT;

	*s = (struct server){
		.options = o, .loop = loop, .service = service_of(o)
	};
	arrivals_init(&s->arrivals);
	LIST_INIT(&s->clients);
	readiness_init(&s->readiness);
	s->max = descriptors_for(wanted, s->service->descriptors);
	s->state = s->service->new (s);
	loop->on_signal = on_signal;
	loop->arg = s;
}

enum status
server_prepare(struct server *s, struct tls_setup *tls)
{
	if (tls->context != NULL)
		arrivals_greet(s, client_tls_greet, tls);
	if (s->service->prepare == NULL)
		return STATUS_OK;
	return s->service->prepare(s->state);
}

void
server_free(struct server *s)
{
	struct client *client, *next;

	arrivals_free(&s->arrivals);
	for (client = LIST_FIRST(&s->clients); client != NULL; client = next) {
		next = LIST_NEXT(client, entry);
		forget(client);
	}
	admission_free(s->admission);
	s->service->free(s->state);
}

void
server_report(const struct server *s)
{
	const struct client *client;

	LIST_FOREACH (client, &s->clients, entry) {
		if (s->options->keep_open && client->relay != NULL)
			client_report(client, client->relay, RELAY_CUT);
	}
}
