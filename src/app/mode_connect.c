/* SPDX-License-Identifier: ISC */
/* mode_connect.c - make a connection, and talk over it */
#include <errno.h>
#include <string.h>

#include "dial.h"
#include "exec.h"
#include "modes.h"
#include "session.h"
#include "underway.h"
#include "watch.h"

struct connect_mode {
	struct session session;
	struct watch watch;
	struct loop loop;
	struct proxy_login login;
	struct tls_setup tls;
	const struct dial *dial;
	struct relay *relay; /* NULL: none yet, or it is over */
	int status;
	bool silent; /* it ended by a limit for that */
	int program; /* the status of -e */
};

static void
connect_done(struct relay *r, enum relay_result result, void *arg)
{
	struct connect_mode *m = arg;

	m->relay = NULL;
	m->status = (int)session_status(&m->session, r, result);
	m->silent = result == RELAY_IDLE;
}

static void
program_ended(int status, void *arg)
{
	struct connect_mode *m = arg;

	m->program = status;
	if (m->relay != NULL)
		relay_set_until(m->relay, UNTIL_OUTBOUND);
}

/* NULL: m->status, and it has been said. */
static struct channel *
run_program(struct connect_mode *m, const struct channel *network)
{
	const struct options *o = m->session.options;
	struct address remote, local;
	struct exec_peer peer = { .protocol = exec_protocol(o),
		.connections = 1 };
	struct channel *ch;
	int error;

	if (address_of_peer(network->rfd, &remote) == 0)
		peer.remote = &remote;
	if (address_of_socket(network->rfd, &local) == 0)
		peer.local = &local;
	m->session.side = SESSION_PROGRAM;
	ch = exec_start(o, &m->loop, &peer, program_ended, m);
	if (ch != NULL)
		return ch;
	error = errno;
	session_note_failure(&m->session, strerror(error));
	m->status = exec_failed(o, error);
	return NULL;
}

static void
dialed(struct dial *d, struct channel *ch, enum status status, void *arg)
{
	struct connect_mode *m = arg;
	struct channel *ours;

	m->status = (int)status;
	m->session.peer = d->peer;
	if (d->tls_facts.version[0] != '\0')
		m->session.tls = &d->tls_facts;
	if (ch == NULL) {
		session_missed(&m->session, status);
		return;
	}
	ours = exec_wanted(d->options) ? run_program(m, ch) :
					 session_stdio(&m->session);
	if (ours == NULL) {
		channel_close(ch);
		session_missed(&m->session, (enum status)m->status);
		return;
	}
	m->relay = session_relay(&m->session, ours, ch);
	m->relay->on_done = connect_done;
	m->relay->arg = m;
	relay_start(m->relay, &m->loop);
}

static void
underway(struct columns *c, void *arg)
{
	const struct connect_mode *m = arg;

	if (m->session.timeline.up_ns == 0)
		underway_dial(c, m->dial);
}

int
mode_connect(const struct options *o)
{
	struct connect_mode m = {
		.session = { .options = o,
		    .watch = &m.watch,
		    .has_input = !o->recv_only },
	};
	struct dial dial = { .options = o,
		.loop = &m.loop,
		.ports = o->ports.list,
		.port_count = o->ports.count,
		.login = &m.login,
		.tls = &m.tls,
		.dialed = dialed,
		.arg = &m,
		.session = &m.session };
	int status = watch_open(&m.watch, o);

	if (status != STATUS_OK)
		return status;
	status = session_loop_init(&m.loop);
	m.dial = &dial;
	m.watch.underway = underway;
	m.watch.underway_arg = &m;
	watch_start(&m.watch, &m.loop);
	if (status == STATUS_OK)
		status = (int)tls_setup_client(&m.tls, o);
	proxy_login_init(&m.login, o);
	if (status == STATUS_OK) {
		dial_start(&dial);
		status = session_loop_run(&m.loop, &m.status);
	}
	if (status == STATUS_OK && !m.silent)
		status = m.program;
	watch_cut(&m.watch, status);
	loop_clear(&m.loop);
	if (m.session.timeline.start_ns != 0 && m.session.timeline.end_ns == 0)
		session_missed(&m.session, (enum status)status);
	status = watch_close(&m.watch, status);
	loop_free(&m.loop);
	session_free(&m.session);
	dial_free(&dial);
	tls_setup_free(&m.tls);
	proxy_login_forget(&m.login);
	return status;
}
