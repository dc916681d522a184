/* SPDX-License-Identifier: ISC */
/* connect_rig.c - a connect handshake, and what it says */
#include <stdio.h>

#include "connect_rig.h"

static void
note_attempt(const struct connect_attempt *attempt, void *arg)
{
	const struct address *a =
	    strcmp(attempt->what, "bind") == 0 ? attempt->source : attempt->to;
	struct connect_rig *r = arg;
	struct address_text text;
	size_t len = strlen(r->log);

	address_format(a, true, &text);
	snprintf(r->log + len, sizeof(r->log) - len, "%s %s: %s\n",
	    attempt->what, text.host, strerror(attempt->error));
}

void
connect_rig_init(struct connect_rig *r)
{
	*r = (struct connect_rig){ .request = { .options = SOCKOPTS_DEFAULT } };
	r->request.addresses = &r->addresses;
	r->request.sources = &r->sources;
	r->request.own = &r->own;
	r->request.attempt = note_attempt;
	r->request.arg = r;
}

void
connect_rig_begin(struct connect_rig *r)
{
	r->ch = channel_socket(-1);
	channel_add_handshake(r->ch, connect_handshake(&r->request));
}

int
connect_rig_run(struct connect_rig *r)
{
	connect_rig_begin(r);
	return handshake_finish(r->ch);
}

void
connect_rig_free(struct connect_rig *r)
{
	channel_close(r->ch);
	unix_path_remove(&r->own);
	address_free(r->addresses);
	address_free(r->sources);
}
