/* SPDX-License-Identifier: ISC */
/* arrival.c - the clients that were accepted and are not served yet */
#include <errno.h>
#include <stdlib.h>

#include "address_json.h"
#include "admission.h"
#include "arrival.h"
#include "clock.h"
#include "descriptors.h"
#include "dgram_peers.h"
#include "log.h"
#include "lookup.h"
#include "opener.h"
#include "report.h"
#include "server.h"
#include "story.h"
#include "xalloc.h"

struct arrival {
	TAILQ_ENTRY(arrival) entry; /* in the one queue */
	STAILQ_ENTRY(arrival) next; /* ... or the other */
	struct client *client;      /* owned */
	struct opener *opener;      /* that greets it; NULL: that is over */
	struct channel *channel;    /* owned; NULL: it is the opener's */
};

void
arrivals_init(struct arrivals *all)
{
	*all = (struct arrivals){ 0 };
	TAILQ_INIT(&all->greeted);
	STAILQ_INIT(&all->waiting);
}

/* Descriptors are shared out: a place is of no use where nobody can come. */
void
arrivals_greet(struct server *s, greet_fn *greet, void *arg)
{
	size_t each = s->service->descriptors;
	size_t wanted = s->max > ARRIVALS_MIN ? s->max : ARRIVALS_MIN;
	size_t room = descriptors_for(s->max * each + wanted, 1);
	size_t places = room / (each + 1);

	if (places == 0)
		places = 1;
	if (places < s->max)
		s->max = places;
	s->arrivals.max = room > s->max * each ? room - s->max * each : 1;
	s->arrivals.greet = greet;
	s->arrivals.arg = arg;
}

/* Names are for -v, and numbers where they do. */
static bool
wants_name(const struct client *client)
{
	const struct options *o = client->server->options;
	const struct address *remote = &client->session.remote;

	return o->verbose > 0 && !o->nodns && remote->len > 0 &&
	    remote->addr.ss_family != AF_UNIX;
}

static void
say_accepted(const struct client *client, const struct channel *ch)
{
	const struct session *s = &client->session;
	struct json members = { 0 };
	char where[ADDRESS_JOINED];

	if (log_level() < 1)
		return;
	if (log_is_json())
		report_ends_json(&members, s, ch);
	log_event(LOG_NOTE, "accepted", &members, "Connection received on %s",
	    address_join(&s->peer, where));
	json_free(&members);
}

/* Owns the channel. */
static void
named(struct channel *ch, enum opener_result result, void *arg)
{
	struct client *client = arg;

	(void)result; /* a name is no condition */
	say_accepted(client, ch);
	lines_print(&client->notes, LINE_NOTE);
	client->server->service->serve(client, ch);
}

/* Wait with the next client until there is room for it.  Datagrams are read
 * for all, and their listener has a limit of its own. */
static void
regulate(struct server *s)
{
	const struct arrivals *all = &s->arrivals;
	bool full = s->count >= s->max;

	if (all->greet != NULL)
		full = all->waiting_count > 0 &&
		    2 * all->waiting_count >= all->max;
	if (s->listener != NULL && s->listener->socktype != SOCK_DGRAM)
		listener_pause(s->listener, full);
}

/* Owns the channel. */
static void
seat(struct client *client, struct channel *ch)
{
	struct session *session = &client->session;

	server_enter(client);
	client->network = ch;
	regulate(client->server);
	if (wants_name(client))
		channel_add_handshake(
		    ch, name_handshake(&session->remote, &session->peer));
	opener_start(client->server->loop, ch, CLOCK_NEVER, named, client);
}

static struct client *
client_new(struct server *s, struct channel *ch, const struct address *peer)
{
	struct client *client = xcalloc(1, sizeof(*client));
	struct address *own = &client->session.local;

	client->server = s;
	client->session.options = s->options;
	client->session.watch = s->watch;
	client->session.accepted = true;
	client->session.timeline.start_ns = clock_ns();
	client->alive = 1;
	if (dgram_peer_local(ch, own) == -1 &&
	    address_of_socket(ch->wfd, own) == -1)
		own->len = 0;
	/* where the peer has no address, as a Unix client, our own stands */
	if (peer == NULL && own->len > 0)
		address_format(own, true, &client->session.peer);
	if (peer != NULL) {
		client->session.remote = *peer;
		address_format(peer, true, &client->session.peer);
	}
	story_accepted(&client->session, ch);
	return client;
}

/* It is in no queue. */
static void
arrival_free(struct arrival *a)
{
	channel_close(a->channel);
	client_free(a->client);
	free(a);
}

static void
drop_greeted(struct arrivals *all, struct arrival *a)
{
	static const char why[] =
	    "dropped: TLS is not agreed yet, and others want its place";

	log_step(story_about(&a->client->session), "%s", why);
	session_note_failure(&a->client->session, why);
	TAILQ_REMOVE(&all->greeted, a, entry);
	all->count--;
	opener_cancel(a->opener);
	arrival_free(a);
}

/* It waits no more; the caller's.  NULL: nobody waits */
static struct arrival *
take_waiting(struct arrivals *all)
{
	struct arrival *a = STAILQ_FIRST(&all->waiting);

	if (a == NULL)
		return NULL;
	STAILQ_REMOVE_HEAD(&all->waiting, next);
	all->waiting_count--;
	all->count--;
	return a;
}

static bool
has_place(const struct server *s)
{
	return s->count < s->max && !s->loop->ended;
}

/* Who is served may leave before this returns, and so call it again. */
void
arrivals_go_on(struct server *s)
{
	struct arrivals *all = &s->arrivals;
	struct arrival *a;

	if (all->seating)
		return;
	all->seating = true;
	while (has_place(s) && (a = take_waiting(all)) != NULL) {
		seat(a->client, a->channel);
		free(a);
	}
	all->seating = false;
	regulate(s);
}

static enum status
status_of(const struct channel *ch, enum opener_result result)
{
	bool late = result == OPENER_LATE || ch->error_code == ETIMEDOUT;

	return late ? STATUS_TIMEOUT : STATUS_TLS;
}

/* Owns the channel. */
static void
greeted(struct channel *ch, enum opener_result result, void *arg)
{
	struct arrival *a = arg;
	struct server *s = a->client->server;
	struct arrivals *all = &s->arrivals;
	enum status status = status_of(ch, result);

	TAILQ_REMOVE(&all->greeted, a, entry);
	a->opener = NULL;
	a->channel = ch;
	if (result == OPENER_UP) {
		STAILQ_INSERT_TAIL(&all->waiting, a, next);
		all->waiting_count++;
		arrivals_go_on(s);
	} else {
		all->count--;
		session_missed(&a->client->session, status);
		arrival_free(a);
		server_missed(s, status);
	}
}

/* Owns both. */
static void
greet(struct client *client, struct channel *ch)
{
	struct server *s = client->server;
	struct arrivals *all = &s->arrivals;
	struct arrival *a = xcalloc(1, sizeof(*a));
	struct handshake *handshake = all->greet(client, all->arg);
	struct opener *opener;

	if (handshake != NULL)
		channel_add_handshake(ch, handshake);
	if (all->count >= all->max && !TAILQ_EMPTY(&all->greeted))
		drop_greeted(all, TAILQ_FIRST(&all->greeted));
	a->client = client;
	TAILQ_INSERT_TAIL(&all->greeted, a, entry);
	all->count++;
	opener = opener_start(s->loop, ch,
	    clock_after(clock_ms(), s->options->handshake_timeout_ms), greeted,
	    a);
	if (opener != NULL) /* else it may have left by now */
		a->opener = opener;
}

/* A datagram peer that had to make room stays as long as our output takes
 * nothing; that has a limit too. */
static bool
is_overcrowded(const struct server *s)
{
	return s->count >= 2 * s->max;
}

void
arrival_accept(struct channel *ch, const struct address *peer, void *arg)
{
	struct server *s = arg;
	struct client *client;

	if (!arrival_admits(peer, s) || is_overcrowded(s)) {
		channel_close(ch);
		return;
	}
	client = client_new(s, ch, peer);
	if (!s->options->keep_open && s->listener != NULL) {
		log_debug("the listening socket is closed: one is enough");
		listener_stop(s->listener);
	}
	if (s->arrivals.greet != NULL && !(ch->flags & CH_DGRAM))
		greet(client, ch);
	else
		seat(client, ch);
}

bool
arrival_admits(const struct address *peer, void *arg)
{
	struct server *s = arg;
	struct json members = { 0 };
	struct address_text text;

	if (s->admission == NULL || admission_allows(s->admission, peer))
		return true;
	address_format(peer, true, &text);
	address_json(&members, "remote", peer);
	log_event(LOG_NOTE, "refused", &members,
	    "Connection from %s %s not allowed", text.host, text.port);
	json_free(&members);
	return false;
}

void
arrivals_each(const struct arrivals *all, arrival_fn *each, void *arg)
{
	const struct arrival *a;

	TAILQ_FOREACH (a, &all->greeted, entry)
		each(a->client, opener_channel(a->opener), false, arg);
	STAILQ_FOREACH(a, &all->waiting, next)
	each(a->client, a->channel, true, arg);
}

/* The loop frees the openers, where it has not done so. */
static void
empty(struct arrivals *all, bool looping)
{
	struct arrival *a, *next;

	for (a = TAILQ_FIRST(&all->greeted); a != NULL; a = next) {
		next = TAILQ_NEXT(a, entry);
		if (looping)
			drop_greeted(all, a);
		else
			arrival_free(a);
	}
	while ((a = take_waiting(all)) != NULL)
		arrival_free(a);
}

void
arrivals_drop(struct arrivals *all)
{
	empty(all, true);
}

void
arrivals_free(struct arrivals *all)
{
	empty(all, false);
}
