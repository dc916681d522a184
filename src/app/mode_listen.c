/* SPDX-License-Identifier: ISC */
/* mode_listen.c - wait for a client, or for client after client */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "listen.h"
#include "log.h"
#include "lookup.h"
#include "modes.h"
#include "opener.h"
#include "session.h"

struct listen_mode;

struct client {
	struct listen_mode *mode; /* NULL: free */
	struct session session;
	bool everybody; /* the one channel of -luk */
	bool deaf;      /* cannot be sent anything */
};

struct listen_mode {
	const struct options *options;
	struct loop *loop;
	struct address *addresses;             /* owned; where to listen */
	struct address_text names[LISTEN_MAX]; /* of these */
	struct listener *listener; /* owned by the loop, once it has begun */
	bool begun;
	struct client clients[LISTEN_MAX]; /* each socket serves at most one */
	bool has_input;  /* stdin may be read, by one session at a time */
	bool input_over; /* and it has ended */
	int status;
};

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
announce(const struct listen_mode *m)
{
	const struct options *o = m->options;
	bool is_unix = o->family == AF_UNIX;

	for (size_t i = 0; i < m->listener->count; i++) {
		const struct address_text *text = &m->names[i];

		if (o->udp || is_unix)
			log_verbose("Bound on %s%s%s", text->host,
			    is_unix ? "" : " ", text->port);
		if (!o->udp)
			log_verbose("Listening on %s%s%s", text->host,
			    is_unix ? "" : " ", text->port);
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

static struct client *
free_client(struct listen_mode *m)
{
	struct client *client = m->clients;

	while (client->mode != NULL)
		client++;
	return client;
}

/* Names are for -v, and numbers where they do. */
static bool
wants_name(const struct options *o, const struct address *a)
{
	return o->verbose > 0 && !o->nodns && a->addr.ss_family != AF_UNIX;
}

/* A session that takes our input, if nobody else has it and this peer can be
 * sent something: a datagram from nowhere has no answer. */
static void
client_ready(struct channel *ch, enum opener_result result, void *arg)
{
	struct client *client = arg;
	struct listen_mode *m = client->mode;
	const struct options *o = m->options;
	struct session *s = &client->session;
	struct relay *r;

	(void)result; /* a name is no condition */
	if (!client->everybody)
		log_verbose("Connection received on %s%s%s", s->peer.host,
		    o->family == AF_UNIX ? "" : " ", s->peer.port);
	s->has_input = m->has_input && !client->deaf;
	s->input_over = m->input_over;
	if (s->has_input)
		m->has_input = false;
	r = session_relay(s, ch);
	r->on_done = client_done;
	r->arg = client;
	relay_start(r, m->loop);
}

/* The peer's address; where it has none, as a Unix client, our own. */
static void
accepted(struct channel *ch, const struct address *peer, void *arg)
{
	struct listen_mode *m = arg;
	const struct options *o = m->options;
	bool everybody = o->udp && o->keep_open;
	struct client *client = free_client(m);
	struct session *s = &client->session;
	struct address own;

	*client = (struct client){ .mode = m,
		.everybody = everybody,
		.deaf = o->udp && peer == NULL && !everybody };
	*s = (struct session){ .options = o, .keep_output = o->keep_open };
	if (!o->keep_open)
		listener_stop(m->listener);
	if (peer != NULL)
		address_format(peer, true, &s->peer);
	else if (address_of_socket(ch->rfd, &own) == 0)
		address_format(&own, true, &s->peer);
	if (peer != NULL && wants_name(o, peer))
		channel_add_handshake(ch, name_handshake(peer, &s->peer));
	opener_start(m->loop, ch, CLOCK_NEVER, client_ready, client);
}

static void
named(struct channel *ch, enum opener_result result, void *arg)
{
	struct listen_mode *m = arg;

	(void)result;
	channel_close(ch);
	announce(m);
	m->begun = true;
	listener_start(m->listener, m->loop);
}

/* Its own addresses in words, and then it begins. */
static void
begin(struct listen_mode *m)
{
	struct channel *ch = channel_socket(-1);
	const struct options *o = m->options;
	struct address a;

	m->listener->keep_open = o->keep_open;
	m->listener->accept = accepted;
	m->listener->arg = m;
	for (size_t i = 0; i < m->listener->count; i++) {
		if (listener_address(m->listener, i, &a) == -1)
			continue;
		address_format(&a, true, &m->names[i]);
		if (!is_any(o) && wants_name(o, &a))
			channel_add_handshake(
			    ch, name_handshake(&a, &m->names[i]));
	}
	opener_start(m->loop, ch, CLOCK_NEVER, named, m);
}

static void
looked_up(const struct endpoint *ep, int code, void *arg)
{
	struct listen_mode *m = arg;
	const char *why = code == 0 ? NULL : endpoint_strerror(code);

	if (code == 0)
		return;
	m->status = ep->family == AF_UNIX ? STATUS_CONNECT : STATUS_LOOKUP;
	if (ep->family == AF_UNIX)
		log_error("listen on %s (unix) failed: %s", ep->host, why);
	else
		log_error("lookup of \"%s\" failed: %s", ep->host, why);
}

static void
resolved(struct channel *ch, enum opener_result result, void *arg)
{
	struct listen_mode *m = arg;
	const struct options *o = m->options;
	struct listen_request request = { .addresses = m->addresses,
		.options = o->sockopts,
		.tcp_md5 = o->tcp_md5_password,
		.reuse_port = o->reuse_port,
		.any_host = is_any(o) };
	struct listen_error why;

	channel_close(ch);
	if (result == OPENER_LATE)
		m->status = STATUS_TIMEOUT;
	if (result != OPENER_UP)
		return;
	m->listener = listener_new(&request, &why);
	if (m->listener == NULL)
		m->status = listen_failed(o, &why);
	else
		begin(m);
}

/* A client is waited for without a limit, a name server is not. */
static void
look_up(struct listen_mode *m)
{
	const struct options *o = m->options;
	struct channel *ch = channel_socket(-1);
	struct lookup_request request = {
		.endpoint = { .host = o->host,
		    .port = o->ports.count > 0 ? o->ports.list[0] : 0,
		    .family = o->family,
		    .socktype = options_socktype(o),
		    .numeric = o->nodns,
		    .passive = true },
		.found = &m->addresses,
		.done = looked_up,
		.arg = m,
	};

	channel_add_handshake(ch, lookup_handshake(&request));
	opener_start(
	    m->loop, ch, session_open_deadline(o, clock_ms()), resolved, m);
}

int
mode_listen(const struct options *o)
{
	struct loop loop;
	struct listen_mode m = { .options = o, .loop = &loop };
	int status = session_loop_init(&loop);

	m.has_input = !o->recv_only && session_stdin_usable();
	if (status == STATUS_OK) {
		look_up(&m);
		status = session_loop_run(&loop, &m.status);
	}
	loop_free(&loop);
	if (m.listener != NULL && !m.begun)
		listener_free(m.listener);
	address_free(m.addresses);
	return status;
}
