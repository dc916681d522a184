/* SPDX-License-Identifier: ISC */
/* watch_capture.c - all sessions as packets in a file: --pcap
 *
 * A connection that was made waits for what becomes of it: what is known then
 * belongs to its first packet. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "capture_ends.h"
#include "capture_file.h"
#include "capture_talk.h"
#include "capture_words.h"
#include "clock.h"
#include "watchers.h"
#include "xalloc.h"

/* A connection of ours that has not become a session yet. */
struct made {
	bool waits; /* false: there is none */
	struct address ours, theirs;
	int64_t start_ns, end_ns;
};

struct capture {
	const struct options *options;
	struct capture_file *file;
	unsigned connections; /* so far */
	struct made made;
};

/* accepted and datagrams are set. */
static void
conversation_of(struct capture *c, struct conversation *conversation,
    const struct address *ours, const struct address *theirs)
{
	char text[CAPTURE_WORDS];
	struct capture_ends ends = { .ours = ours,
		.theirs = theirs,
		.number = ++c->connections,
		.service_port = c->options->pcap_port };

	conversation->put = capture_file_packet;
	conversation->arg = c->file;
	capture_ends_set(conversation, &ends);
	conversation_init(conversation);
	if (c->connections == 1)
		conversation_comment(
		    conversation, capture_command(c->options, text));
}

static void
open_conversation(struct capture *c, struct conversation *conversation,
    int64_t start_ns, int64_t end_ns)
{
	if (!conversation->datagrams)
		conversation_open(conversation,
		    capture_file_time(c->file, start_ns),
		    capture_file_time(c->file, end_ns));
}

/* After the last datagram there is no packet to carry its comments. */
static void
close_conversation(struct capture *c, struct conversation *conversation,
    const struct session *s, enum conversation_close how)
{
	int64_t end_ns = s != NULL ? s->timeline.end_ns : clock_ns();
	struct pcapng_comments left;

	if (s != NULL)
		capture_report(conversation, s);
	conversation_close(
	    conversation, how, capture_file_time(c->file, end_ns));
	left = (struct pcapng_comments){
		.list = (const char *const *)conversation->comments,
		.count = conversation->comment_count
	};
	if (left.count > 0)
		capture_file_statistics(c->file, &left);
	conversation_free(conversation);
}

/* Nothing that can be told came of it; the session is NULL where it has not
 * come to its end. */
static void
forget_made(struct capture *c, const struct session *s)
{
	struct conversation conversation = { 0 };
	struct made *made = &c->made;

	if (!made->waits)
		return;
	made->waits = false;
	conversation_of(c, &conversation, &made->ours, &made->theirs);
	if (s != NULL)
		capture_describe(&conversation, s, &made->ours, &made->theirs);
	open_conversation(c, &conversation, made->start_ns, made->end_ns);
	close_conversation(c, &conversation, s, CONVERSATION_LEAVE);
}

/* Who was accepted, and has left before there was a session. */
static void
turn_away(struct capture *c, const struct session *s)
{
	struct conversation conversation = { .accepted = true,
		.datagrams = options_socktype(s->options) == SOCK_DGRAM };
	int64_t start_ns = s->timeline.start_ns;

	conversation_of(c, &conversation, &s->local, &s->remote);
	capture_describe(&conversation, s, &s->local, &s->remote);
	open_conversation(c, &conversation, start_ns, start_ns);
	close_conversation(c, &conversation, s, CONVERSATION_LEAVE);
}

static void *
capture_open(struct watch *w, enum status *status)
{
	const struct options *o = w->options;
	char command[CAPTURE_WORDS];
	struct capture_file *file;
	struct capture *c;

	if (o->pcap == NULL)
		return NULL;
	file = capture_file_open(
	    o, capture_is_made_up, capture_command(o, command), status);
	if (file == NULL)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->options = o;
	c->file = file;
	return c;
}

static const char *
hop_name(const struct options *o)
{
	return o->proxy != NULL ? o->proxy_host : o->host;
}

static bool
is_unspecified(const struct address *a)
{
	static const struct packet_end none;
	struct packet_end end;
	size_t len = capture_end_of(a, &end);

	return len > 0 && memcmp(end.address, none.address, len) == 0;
}

/* A socket that was refused has its port, and no address any more. */
static struct address
source_of(const struct connect_attempt *attempt)
{
	struct address own = attempt->local;

	if (is_unspecified(&own) && address_towards(attempt->to, &own) == 0)
		address_set_port(&own, address_port(&attempt->local));
	return own;
}

static void
attempt_failed(struct capture *c, const struct connect_attempt *attempt)
{
	int error = attempt->error;
	bool refused = error == ECONNREFUSED || error == ECONNRESET;
	struct conversation conversation = { 0 };
	struct address ours = source_of(attempt);

	conversation_of(c, &conversation, &ours, attempt->to);
	conversation_comment(&conversation,
	    error == ECANCELED ? "given up: another address was quicker" :
				 strerror(error));
	conversation_refused(&conversation,
	    capture_file_time(c->file, attempt->start_ns),
	    refused ? capture_file_time(c->file, attempt->end_ns) : 0);
	conversation_free(&conversation);
}

/* Whatever was made before has not become a session. */
static bool
is_another_try(const struct capture *c, const struct connect_attempt *attempt)
{
	return attempt->error == 0 || attempt->start_ns > c->made.end_ns;
}

/* Over UDP there is nothing to see of it. */
static void
capture_attempted(
    void *state, const struct session *s, const struct connect_attempt *attempt)
{
	struct capture *c = state;

	if (strcmp(attempt->what, "connect") != 0)
		return;
	capture_file_name(c->file, attempt->to, hop_name(s->options));
	if (attempt->to->socktype == SOCK_DGRAM)
		return;
	if (is_another_try(c, attempt))
		forget_made(c, NULL);
	if (attempt->error != 0)
		attempt_failed(c, attempt);
	else
		c->made = (struct made){ .waits = true,
			.ours = attempt->local,
			.theirs = *attempt->to,
			.start_ns = attempt->start_ns,
			.end_ns = attempt->end_ns };
}

static bool
keeps_messages(const struct channel *ch)
{
	return (ch->flags & (CH_DGRAM | CH_RECORDS)) == CH_DGRAM;
}

/* What it is like, from where it began: we had made it, or accepted it. */
static struct made
made_of(const struct capture *c, const struct session *s)
{
	const struct channel *network = s->relay->end[1];
	int64_t start_ns = s->timeline.start_ns;
	struct made made = { .ours = s->local,
		.theirs = s->remote,
		.start_ns = start_ns,
		.end_ns = start_ns };

	if (s->accepted)
		return made;
	if (c->made.waits)
		made = c->made;
	else if (address_of_peer(network->wfd, &made.theirs) == -1)
		made.theirs.len = 0;
	if (address_of_socket(network->wfd, &made.ours) == -1)
		made.ours.len = 0;
	return made;
}

static void
capture_begin(void *state, struct session *s)
{
	struct capture *c = state;
	struct conversation *conversation = capture_talk_new(c->file, s->relay);
	struct made made = made_of(c, s);

	conversation->accepted = s->accepted;
	conversation->datagrams = keeps_messages(s->relay->end[1]);
	if (s->accepted)
		capture_file_name(c->file, &made.theirs, s->peer.host);
	else
		c->made.waits = false;
	conversation_of(c, conversation, &made.ours, &made.theirs);
	capture_describe(conversation, s, &made.ours, &made.theirs);
	open_conversation(c, conversation, made.start_ns, made.end_ns);
}

/* The close of a connection is a reset where it was asked to be, or where there
 * is something that nobody has read. */
static bool
close_resets(const struct channel *ch)
{
	struct linger linger = { 0 };
	socklen_t len = sizeof(linger);
	int unread = 0;

	getsockopt(ch->wfd, SOL_SOCKET, SO_LINGER, &linger, &len);
	return (linger.l_onoff != 0 && linger.l_linger == 0) ||
	    (ioctl(ch->rfd, FIONREAD, &unread) == 0 && unread > 0);
}

static enum conversation_close
how_it_closes(const struct session *s)
{
	const struct relay *r = s->relay;
	const struct channel *network = r->end[1];
	bool fault = r->flow[RELAY_OUTBOUND].fault == FLOW_DST ||
	    r->flow[RELAY_INBOUND].fault == FLOW_SRC;
	int error = network->error_code;

	if (fault && (error == ECONNRESET || error == EPIPE))
		return CONVERSATION_THEY_RESET;
	if (s->aborted || close_resets(network))
		return CONVERSATION_WE_RESET;
	return CONVERSATION_LEAVE;
}

static void
capture_end(void *state, const struct session *s)
{
	struct capture *c = state;

	if (s->relay != NULL)
		close_conversation(
		    c, capture_talk_of(s->relay), s, how_it_closes(s));
	else if (s->accepted)
		turn_away(c, s);
	else
		forget_made(c, s);
}

static enum status
capture_close(void *state)
{
	struct capture *c = state;
	enum status status;

	forget_made(c, NULL);
	status = capture_file_close(c->file);
	free(c);
	return status;
}

const struct watcher_ops watch_capture = {
	.name = "capture",
	.open = capture_open,
	.attempted = capture_attempted,
	.begin = capture_begin,
	.end = capture_end,
	.close = capture_close,
};
