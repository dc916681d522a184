/* SPDX-License-Identifier: ISC */
/* underway.c - what there is besides sessions, as lines of columns */
#include <stdio.h>
#include <string.h>

#include "connect.h"
#include "opener.h"
#include "socket_row.h"
#include "underway.h"

#define NOTE_SIZE (ADDRESS_TEXT + 64)

static const char *
handshake_of(const struct channel *ch)
{
	return ch->handshakes == NULL ? NULL : ch->handshakes->ops->name;
}

static void
add_attempt(int fd, const struct address *to, void *arg)
{
	socket_row_add(arg,
	    &(struct socket_row){ .fd = fd, .peer = to, .note = "connect" });
}

/* As it was typed. */
static void
typed(const struct dial *d, struct address_text *name)
{
	strlcpy(name->host, d->options->host, sizeof(name->host));
	if (d->port_count > 0)
		snprintf(
		    name->port, sizeof(name->port), "%d", d->ports[d->port]);
}

void
underway_dial(struct columns *c, const struct dial *d)
{
	const struct channel *ch =
	    d->opener == NULL ? NULL : opener_channel(d->opener);
	size_t before = c->count;
	struct address_text name = { 0 };
	struct socket_row row = { .fd = -1, .name = &name };

	typed(d, &name);
	if (ch == NULL) {
		row.note = "waiting to try again";
		socket_row_add(c, &row);
		return;
	}
	connect_pending(ch, add_attempt, c);
	if (c->count > before)
		return;
	row.fd = ch->rfd;
	row.note = handshake_of(ch);
	if (row.fd != -1)
		row.name = NULL;
	socket_row_add(c, &row);
}

void
underway_listener(struct columns *c, const struct listener *l)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->fds[i] != -1)
			socket_row_add(
			    c, &(struct socket_row){ .fd = l->fds[i] });
	}
}

static void
add_client(struct columns *c, const struct client *client,
    const struct channel *ch, const char *note)
{
	struct socket_row row = { .fd = ch->rfd, .note = note };

	if (row.fd == -1)
		row.name = &client->session.peer;
	socket_row_add(c, &row);
}

static void
add_arrival(const struct client *client, const struct channel *ch, bool waits,
    void *arg)
{
	add_client(
	    arg, client, ch, waits ? "waiting for a place" : handshake_of(ch));
}

void
underway_clients(struct columns *c, const struct server *s)
{
	const struct client *client;
	char note[NOTE_SIZE];

	arrivals_each(&s->arrivals, add_arrival, c);
	LIST_FOREACH (client, &s->clients, entry) {
		const struct channel *ch = client->network;

		if (ch == NULL)
			continue;
		snprintf(note, sizeof(note), "connect to %s",
		    client->session.upstream);
		add_client(c, client, ch,
		    client->session.upstream != NULL ? note : handshake_of(ch));
	}
}
