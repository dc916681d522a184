/* SPDX-License-Identifier: ISC */
/* mode_listen.c - wait for a client, or for client after client */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "listen.h"
#include "log.h"
#include "modes.h"
#include "session.h"

struct listen_mode {
	const struct options *options;
	struct loop *loop;
	struct listener *listener; /* owned by the loop */
	struct session session;
	bool in_use; /* a session is on, and has our input */
	int status;
};

static int
resolve(const struct options *o, struct address **list)
{
	struct endpoint ep = {
		.host = o->host,
		.port = o->ports.count > 0 ? o->ports.list[0] : 0,
		.family = o->family,
		.socktype = options_socktype(o),
		.numeric = o->nodns,
		.passive = true,
	};
	int error = endpoint_resolve(&ep, list);

	if (error == 0)
		return STATUS_OK;
	if (o->family == AF_UNIX) {
		log_error(
		    "listen on %s (unix) failed: %s", o->host, strerror(errno));
		return STATUS_CONNECT;
	}
	log_error(
	    "lookup of \"%s\" failed: %s", o->host, endpoint_strerror(error));
	return STATUS_LOOKUP;
}

static int
listen_failed(const struct options *o, const struct listen_error *why)
{
	struct address_text text;
	char where[SESSION_PEER];

	address_format(why->address, true, &text);
	session_peer(o, &text, where);
	if (strcmp(why->what, "listen") == 0)
		log_error(
		    "listen on %s failed: %s", where, strerror(why->error));
	else
		log_error("set --%s for %s failed: %s", why->what, where,
		    strerror(why->error));
	return STATUS_CONNECT;
}

static bool
is_any(const struct options *o)
{
	return o->host == NULL;
}

/* nc's sentences; scripts read the port from them. */
static void
announce(const struct options *o, const struct listener *l)
{
	bool stream = !o->udp, is_unix = o->family == AF_UNIX;
	struct address_text text;
	struct address a;

	for (size_t i = 0; i < l->count && o->verbose > 0; i++) {
		if (listener_address(l, i, &a) == -1)
			continue;
		address_format(&a, o->nodns || is_any(o), &text);
		if (!stream || is_unix)
			log_verbose("Bound on %s%s%s", text.host,
			    is_unix ? "" : " ", text.port);
		if (stream)
			log_verbose("Listening on %s%s%s", text.host,
			    is_unix ? "" : " ", text.port);
	}
}

/* With -k the listener goes on, but not without our own output. */
static void
session_done(struct relay *r, enum relay_result result, void *arg)
{
	struct listen_mode *m = arg;
	const struct flow *out = &r->flow[RELAY_OUTBOUND];
	enum status status = session_status(&m->session, r, result);

	if (r->end[0]->rfd != -1) {
		m->in_use = false;
		if (out->src_eof)
			m->session.has_input = false;
	}
	if (m->options->keep_open && !m->options->udp &&
	    status != STATUS_LOCAL) {
		listener_resume(m->listener);
		return;
	}
	m->status = (int)status;
	listener_finish(m->listener);
}

static void
accepted(struct channel *ch, const struct address *peer, void *arg)
{
	struct listen_mode *m = arg;
	const struct options *o = m->options;
	struct session session = m->session;
	struct relay *r;

	m->session.peer = (struct address_text){ 0 };
	if (peer != NULL)
		address_format(
		    peer, o->nodns || o->verbose == 0, &m->session.peer);
	else if (o->family == AF_UNIX)
		strlcpy(m->session.peer.host, o->host,
		    sizeof(m->session.peer.host));
	if (peer != NULL || o->family == AF_UNIX)
		log_verbose("Connection received on %s%s%s",
		    m->session.peer.host, o->family == AF_UNIX ? "" : " ",
		    m->session.peer.port);
	session.peer = m->session.peer;
	session.has_input = session.has_input && !m->in_use;
	if (!o->keep_open)
		listener_stop(m->listener);
	r = session_relay(&session, ch);
	m->in_use = m->in_use || session.has_input;
	r->on_done = session_done;
	r->arg = m;
	relay_start(r, m->loop);
}

static int
run(struct listen_mode *m)
{
	int signal;

	m->listener->keep_open = m->options->keep_open;
	m->listener->accept = accepted;
	m->listener->arg = m;
	announce(m->options, m->listener);
	listener_start(m->listener, m->loop);
	signal = loop_run(m->loop);
	return signal > 0 ? STATUS_SIGNAL + signal : m->status;
}

int
mode_listen(const struct options *o)
{
	struct listen_request request = { .options = o->sockopts,
		.reuse_port = o->reuse_port,
		.any_host = is_any(o) };
	struct loop loop;
	struct listen_mode m = { .options = o,
		.loop = &loop,
		.session = { .options = o, .keep_output = o->keep_open } };
	struct listen_error why;
	int status = resolve(o, &request.addresses);

	m.session.has_input = !o->recv_only && session_stdin_usable();
	if (status != STATUS_OK)
		return status;
	if (loop_init(&loop) == -1) {
		log_error("signalfd failed: %s", strerror(errno));
		return STATUS_LOCAL;
	}
	m.listener = listener_new(&request, &why);
	status = m.listener == NULL ? listen_failed(o, &why) : run(&m);
	loop_free(&loop);
	address_free(request.addresses);
	return status;
}
