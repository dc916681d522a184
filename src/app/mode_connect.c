/* SPDX-License-Identifier: ISC */
/* mode_connect.c - make a connection, and talk over it */
#include "dial.h"
#include "modes.h"
#include "session.h"

struct connect_mode {
	struct session session;
	struct loop loop;
	struct proxy_login login;
	int status;
};

static void
connect_done(struct relay *r, enum relay_result result, void *arg)
{
	struct connect_mode *m = arg;

	m->status = (int)session_status(&m->session, r, result);
}

static void
dialed(struct dial *d, struct channel *ch, enum status status, void *arg)
{
	struct connect_mode *m = arg;
	struct relay *r;

	m->status = (int)status;
	if (ch == NULL)
		return;
	m->session.peer = d->peer;
	r = session_relay(&m->session, session_stdio(&m->session), ch);
	r->on_done = connect_done;
	r->arg = m;
	relay_start(r, &m->loop);
}

int
mode_connect(const struct options *o)
{
	struct connect_mode m = {
		.session = { .options = o, .has_input = !o->recv_only },
	};
	struct dial dial = { .options = o,
		.loop = &m.loop,
		.ports = o->ports.list,
		.port_count = o->ports.count,
		.login = &m.login,
		.dialed = dialed,
		.arg = &m };
	int status = session_loop_init(&m.loop);

	proxy_login_init(&m.login, o);
	if (status == STATUS_OK) {
		dial_start(&dial);
		status = session_loop_run(&m.loop, &m.status);
	}
	loop_free(&m.loop);
	dial_free(&dial);
	proxy_login_forget(&m.login);
	return status;
}
