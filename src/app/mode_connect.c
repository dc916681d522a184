/* SPDX-License-Identifier: ISC */
/* mode_connect.c - make a connection, and talk over it */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "connect.h"
#include "log.h"
#include "modes.h"
#include "session.h"

struct connect_mode {
	const struct options *options;
	struct session session;
	struct unix_path own;
	int status;
};

static int
lookup_failed(const char *host, int error)
{
	log_error(
	    "lookup of \"%s\" failed: %s", host, endpoint_strerror(error));
	return STATUS_LOOKUP;
}

static int
path_failed(const char *path)
{
	log_error("connect to %s (unix) failed: %s", path, strerror(errno));
	return STATUS_CONNECT;
}

/* Each port at all addresses of the host, port by port. */
static int
resolve_target(const struct options *o, struct address **list)
{
	struct endpoint ep = {
		.host = o->host,
		.family = o->family,
		.socktype = options_socktype(o),
		.numeric = o->nodns,
	};
	struct address *first = NULL;
	int error;

	ep.port = o->ports.count > 0 ? o->ports.list[0] : 0;
	error = endpoint_resolve(&ep, &first);
	log_debug("lookup of \"%s\": %s", o->host,
	    error == 0 ? "done" : endpoint_strerror(error));
	if (error != 0)
		return o->family == AF_UNIX ? path_failed(o->host) :
					      lookup_failed(o->host, error);
	list = address_append_list(list, first, ep.port);
	for (size_t i = 1; i < o->ports.count; i++)
		list = address_append_list(list, first, o->ports.list[i]);
	address_free(first);
	return STATUS_OK;
}

/* Where -s and -p want the connection to come from; *list NULL: anywhere */
static int
resolve_source(const struct options *o, struct address **list)
{
	struct endpoint ep = {
		.host = o->source,
		.port = o->source_port == SOCKOPT_UNSET ? 0 : o->source_port,
		.family = o->family,
		.socktype = options_socktype(o),
		.numeric = o->nodns,
		.passive = true,
	};
	int error;

	if (o->source == NULL && o->source_port == SOCKOPT_UNSET)
		return STATUS_OK;
	error = endpoint_resolve(&ep, list);
	if (error != 0)
		return o->family == AF_UNIX ? path_failed(o->source) :
					      lookup_failed(o->source, error);
	return STATUS_OK;
}

/* "HOST (IP) port PORT (tcp)": the name as it was typed, and what it meant. */
static void
describe_target(struct connect_mode *m, const struct address *a)
{
	const struct options *o = m->options;
	struct address_text *peer = &m->session.peer;
	char host[ADDRESS_TEXT];

	address_format(a, true, peer);
	strlcpy(host, peer->host, sizeof(host));
	if (strcmp(o->host, host) == 0 || o->family == AF_UNIX)
		strlcpy(peer->host, o->host, sizeof(peer->host));
	else
		snprintf(peer->host, sizeof(peer->host), "%.700s (%.300s)",
		    o->host, host);
}

static void
report_failure(struct connect_mode *m, const struct address *a,
    const char *what, int error)
{
	bool bind = strcmp(what, "bind") == 0;
	struct address_text source;
	char where[SESSION_PEER];

	if (bind)
		address_format(a, true, &source);
	session_peer(m->options, bind ? &source : &m->session.peer, where);
	log_error("%s %s %s failed: %s", what,
	    strncmp(what, "set", 3) == 0 ? "for" : "to", where,
	    strerror(error));
}

static void
report_attempt(const struct address *a, const char *what, int error, void *arg)
{
	struct connect_mode *m = arg;
	const struct address_text *peer = &m->session.peer;
	const char *protocol = address_protocol(a);

	describe_target(m, a);
	if (error != 0)
		report_failure(m, a, what, error);
	else if (a->addr.ss_family != AF_UNIX && log_level() > 0)
		log_verbose("Connection to %s %s port [%s/%s] succeeded!",
		    peer->host, peer->port, protocol,
		    m->options->nodns ?
			"*" :
			port_service(address_port(a), protocol));
}

static void
connect_done(struct relay *r, enum relay_result result, void *arg)
{
	struct connect_mode *m = arg;
	const struct address *a;

	switch (result) {
	case RELAY_NOT_UP:
		m->status = STATUS_CONNECT;
		break;
	case RELAY_UP_LATE:
		a = connect_current(r->end[1]->handshakes);
		if (a != NULL)
			report_attempt(a, "connect", ETIMEDOUT, m);
		m->status = STATUS_TIMEOUT;
		break;
	default:
		m->status = (int)session_status(&m->session, r, result);
	}
}

/* -w 0 is no limit for connecting, as in nc. */
static int64_t
open_deadline(const struct options *o, int64_t start_ms)
{
	int64_t at_ms = clock_after(start_ms, o->connect_timeout_ms);

	if (o->wait_ms > 0)
		clock_lower(&at_ms, clock_after(start_ms, o->wait_ms));
	return at_ms;
}

static int
run(struct connect_mode *m, const struct connect_request *request,
    int64_t start_ms)
{
	struct channel *ch = channel_socket(-1);
	struct relay *r;
	struct loop loop;
	int status;

	channel_add_handshake(ch, connect_handshake(request));
	r = session_relay(&m->session, ch);
	r->open_by_ms = open_deadline(m->options, start_ms);
	r->on_done = connect_done;
	r->arg = m;
	status = session_loop_init(&loop);
	relay_start(r, &loop);
	if (status == STATUS_OK)
		status = session_loop_run(&loop, &m->status);
	loop_free(&loop);
	unix_path_remove(&m->own);
	return status;
}

int
mode_connect(const struct options *o)
{
	struct connect_mode m = { .options = o,
		.session = { .options = o, .has_input = !o->recv_only } };
	struct connect_request request = { .options = o->sockopts,
		.own = &m.own,
		.attempt = report_attempt,
		.arg = &m };
	int64_t start_ms = clock_ms();
	int status = resolve_target(o, &request.addresses);

	if (status == STATUS_OK)
		status = resolve_source(o, &request.sources);
	if (status == STATUS_OK)
		return run(&m, &request, start_ms);
	address_free(request.addresses);
	return status;
}
