/* SPDX-License-Identifier: ISC */
/* mode_listen.c - find out where to listen, and let a server do it */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "address_json.h"
#include "admission.h"
#include "clock.h"
#include "inherited.h"
#include "listen.h"
#include "log.h"
#include "lookup.h"
#include "modes.h"
#include "opener.h"
#include "server.h"
#include "session.h"
#include "socket_row.h"
#include "tls_setup.h"
#include "underway.h"
#include "watch.h"

struct listen_mode {
	const struct options *options;
	struct watch watch;
	struct loop loop;
	struct server server;
	struct address *addresses;             /* owned; where to listen */
	struct address_text names[LISTEN_MAX]; /* of these */
	struct listener *listener; /* owned by the loop, once it has begun */
	struct tls_setup tls;      /* with the clients */
	bool admitted;             /* it is known who may come in */
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

static void
set_members(struct listener *l, size_t i, struct json *members)
{
	struct address a;

	if (listener_address(l, i, &a) == 0)
		address_json(members, "local", &a);
}

/* nc's sentences; scripts read the port from them. */
static void
announce(const struct listen_mode *m)
{
	const struct options *o = m->options;

	for (size_t i = 0; i < m->listener->count; i++) {
		bool is_unix = m->names[i].port[0] == '\0';
		struct json members = { 0 };
		char where[ADDRESS_JOINED];

		address_join(&m->names[i], where);
		set_members(m->listener, i, &members);
		if (o->udp || is_unix)
			log_event(
			    LOG_NOTE, "bound", &members, "Bound on %s", where);
		if (!o->udp)
			log_event(LOG_NOTE, "listening", &members,
			    "Listening on %s", where);
		json_free(&members);
	}
}

/* Names are for -v, and numbers where they do. */
static bool
wants_name(const struct options *o, const struct address *a)
{
	return o->verbose > 0 && !o->nodns && a->addr.ss_family != AF_UNIX;
}

static void
named(struct channel *ch, enum opener_result result, void *arg)
{
	struct listen_mode *m = arg;
	const struct options *o = m->server.options;
	const struct address_text *where = &m->names[0];
	enum status status;

	(void)result;
	channel_close(ch);
	announce(m);
	m->server.listener = m->listener;
	log_debug(
	    "waiting for %s", o->udp ? "a datagram" : "somebody to connect");
	listener_start(m->listener, &m->loop);
	status = readiness_tell(&m->server.readiness, o,
	    where->port[0] == '\0' ? where->host : where->port);
	if (status != STATUS_OK)
		server_stop(&m->server, (int)status);
}

/* Its own addresses in words, and then it begins. */
static void
begin(struct listen_mode *m)
{
	struct channel *ch = channel_socket(-1);
	const struct options *o = m->options;
	struct address a;

	m->listener->keep_open = o->keep_open;
	m->listener->peers_max = m->server.max;
	m->listener->accept = arrival_accept;
	m->listener->admits = arrival_admits;
	m->listener->arg = &m->server;
	for (size_t i = 0; i < m->listener->count; i++) {
		if (listener_address(m->listener, i, &a) == -1)
			continue;
		address_format(&a, true, &m->names[i]);
		if (!is_any(o) && wants_name(o, &a))
			channel_add_handshake(
			    ch, name_handshake(&a, &m->names[i]));
	}
	opener_start(&m->loop, ch, CLOCK_NEVER, named, m);
}

static void
looked_up(const struct endpoint *ep, int code, void *arg)
{
	struct listen_mode *m = arg;
	const char *why = code == 0 ? NULL : endpoint_strerror(code);

	if (code == 0)
		return;
	m->server.status =
	    ep->family == AF_UNIX ? STATUS_CONNECT : STATUS_LOOKUP;
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
		m->server.status = STATUS_TIMEOUT;
	if (result != OPENER_UP)
		return;
	m->listener = listener_new(&request, &why);
	if (m->listener == NULL)
		m->server.status = listen_failed(o, &why);
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
	    &m->loop, ch, session_open_deadline(o, clock_ms()), resolved, m);
}

/* A connection that somebody else has accepted. */
static void
serve(struct listen_mode *m, int fd)
{
	struct address peer;
	bool has_name =
	    address_of_peer(fd, &peer) == 0 && peer.len > sizeof(sa_family_t);

	arrival_accept(channel_socket(fd), has_name ? &peer : NULL, &m->server);
}

static void
take_inherited(struct listen_mode *m)
{
	struct inherited found;
	enum status status = inherited_take(m->options, &found);

	m->server.status = (int)status;
	m->listener = found.listener;
	if (m->listener != NULL)
		begin(m);
	else if (status == STATUS_OK)
		serve(m, found.connected);
}

/* The first reading of the access lists, or a later one. */
static void
admission_known(enum status status, void *arg)
{
	struct listen_mode *m = arg;

	if (m->admitted)
		readiness_reloaded(&m->server.readiness);
	else if (status != STATUS_OK)
		m->server.status = (int)status;
	else if (m->options->inherits)
		take_inherited(m);
	else
		look_up(m);
	m->admitted |= status == STATUS_OK;
}

/* What comes first, and then who has come. */
static void
underway(struct columns *c, void *arg)
{
	const struct listen_mode *m = arg;
	bool looks = m->listener == NULL && !m->options->inherits;
	struct socket_row row = { .fd = -1,
		.note = m->admitted ? "lookup" : "access lists" };

	if (!m->admitted || looks)
		socket_row_add(c, &row);
	if (m->listener != NULL)
		underway_listener(c, m->listener);
	underway_clients(c, &m->server);
}

static int
run(struct listen_mode *m)
{
	m->server.admission =
	    admission_new(m->options, &m->loop, admission_known, m);
	admission_start(m->server.admission);
	return session_loop_run(&m->loop, &m->server.status);
}

int
mode_listen(const struct options *o)
{
	struct listen_mode m = { .options = o };
	int status = (int)readiness_check(o);

	if (status == STATUS_OK)
		status = watch_open(&m.watch, o);
	if (status == STATUS_OK)
		status = session_loop_init(&m.loop);
	if (status != STATUS_OK)
		return status;
	watch_start(&m.watch, &m.loop);
	server_init(&m.server, o, &m.loop);
	m.server.watch = &m.watch;
	m.watch.underway = underway;
	m.watch.underway_arg = &m;
	status = (int)tls_setup_server(&m.tls, o);
	if (status == STATUS_OK)
		status = (int)server_prepare(&m.server, &m.tls);
	if (status == STATUS_OK)
		status = run(&m);
	server_report(&m.server);
	watch_cut(&m.watch, status);
	loop_clear(&m.loop);
	if (m.server.listener == NULL && m.listener != NULL)
		listener_free(m.listener);
	m.server.status = status;
	server_free(&m.server);
	status = watch_close(&m.watch, status);
	loop_free(&m.loop);
	tls_setup_free(&m.tls);
	address_free(m.addresses);
	return status;
}
