/* SPDX-License-Identifier: ISC */
/* mode_listen.c - wait for a client, or for client after client */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "listen.h"
#include "log.h"
#include "modes.h"
#include "session.h"

struct listen_mode;

struct client {
	struct listen_mode *mode; /* NULL: free */
	struct session session;
};

struct listen_mode {
	const struct options *options;
	struct loop *loop;
	struct listener *listener;         /* owned by the loop */
	struct client clients[LISTEN_MAX]; /* each socket serves at most one */
	bool has_input;  /* stdin may be read, by one session at a time */
	bool input_over; /* and it has ended */
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
client_done(struct relay *r, enum relay_result result, void *arg)
{
	struct client *client = arg;
	struct listen_mode *m = client->mode;
	enum status status = session_status(&client->session, r, result);

	if (client->session.has_input) {
		m->has_input = true;
		m->input_over = r->flow[RELAY_OUTBOUND].src_eof;
	}
	client->mode = NULL;
	if (m->options->keep_open && !m->options->udp &&
	    status != STATUS_LOCAL) {
		listener_resume(m->listener);
		return;
	}
	m->status = (int)status;
	listener_finish(m->listener);
}

/* The peer's address; where it has none, as a Unix client, our own. */
static void
describe(const struct options *o, int fd, const struct address *peer,
    struct address_text *text)
{
	struct address own;

	if (peer != NULL)
		address_format(peer, o->nodns || o->verbose == 0, text);
	else if (address_of_socket(fd, &own) == 0)
		address_format(&own, true, text);
}

static struct client *
free_client(struct listen_mode *m)
{
	struct client *client = m->clients;

	while (client->mode != NULL)
		client++;
	return client;
}

/* A session that takes our input, if nobody else has it and this peer can be
 * sent something: a datagram from nowhere has no answer. */
static void
accepted(struct channel *ch, const struct address *peer, void *arg)
{
	struct listen_mode *m = arg;
	const struct options *o = m->options;
	bool everybody = o->udp && o->keep_open;
	bool deaf = o->udp && peer == NULL && !everybody;
	struct client *client = free_client(m);
	struct session *s = &client->session;
	struct relay *r;

	*client = (struct client){ .mode = m };
	*s = (struct session){ .options = o,
		.keep_output = o->keep_open,
		.has_input = m->has_input && !deaf,
		.input_over = m->input_over };
	describe(o, ch->rfd, peer, &s->peer);
	if (!everybody)
		log_verbose("Connection received on %s%s%s", s->peer.host,
		    o->family == AF_UNIX ? "" : " ", s->peer.port);
	if (s->has_input)
		m->has_input = false;
	if (!o->keep_open)
		listener_stop(m->listener);
	r = session_relay(s, ch);
	r->on_done = client_done;
	r->arg = client;
	relay_start(r, m->loop);
}

static int
run(struct listen_mode *m)
{
	m->listener->keep_open = m->options->keep_open;
	m->listener->accept = accepted;
	m->listener->arg = m;
	announce(m->options, m->listener);
	listener_start(m->listener, m->loop);
	return session_loop_run(m->loop, &m->status);
}

int
mode_listen(const struct options *o)
{
	struct listen_request request = { .options = o->sockopts,
		.reuse_port = o->reuse_port,
		.any_host = is_any(o) };
	struct loop loop;
	struct listen_mode m = { .options = o, .loop = &loop };
	struct listen_error why;
	int status = resolve(o, &request.addresses);

	m.has_input = !o->recv_only && session_stdin_usable();
	if (status != STATUS_OK)
		return status;
	status = session_loop_init(&loop);
	if (status == STATUS_OK) {
		m.listener = listener_new(&request, &why);
		status = m.listener == NULL ? listen_failed(o, &why) : run(&m);
	}
	loop_free(&loop);
	address_free(request.addresses);
	return status;
}
