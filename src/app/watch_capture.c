/* SPDX-License-Identifier: ISC */
/* watch_capture.c - all sessions as packets in a file: --pcap
 *
 * A connection that was made waits for what becomes of it: what is known then
 * belongs to its first packet. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "capture_ends.h"
#include "capture_file.h"
#include "capture_words.h"
#include "clock.h"
#include "dgram_peers.h"
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

struct talk;

struct speaker {
	struct tap tap; /* first: it is a tap */
	struct talk *talk;
	enum conversation_side side;
};

/* A session; freed with the last of its taps. */
struct talk {
	struct capture_file *file;
	struct conversation conversation;
	struct speaker speakers[2]; /* by side */
	int taps;
};

static void
speaker_see(
    struct tap *tap, const struct flow *f, const uint8_t *bytes, size_t n)
{
	struct speaker *speaker = (struct speaker *)tap;
	struct talk *talk = speaker->talk;

	if (capture_file_works(talk->file))
		conversation_say(&talk->conversation, speaker->side,
		    capture_file_time(talk->file, f->last_ns), bytes, n);
}

static void
speaker_end(struct tap *tap, const struct flow *f)
{
	struct speaker *speaker = (struct speaker *)tap;
	struct talk *talk = speaker->talk;

	conversation_end(&talk->conversation, speaker->side,
	    capture_file_time(talk->file, f->end_ns));
}

static void
speaker_free(struct tap *tap)
{
	struct talk *talk = ((struct speaker *)tap)->talk;

	if (--talk->taps > 0)
		return;
	conversation_free(&talk->conversation);
	free(talk);
}

static const struct tap_ops speaker_ops = {
	.name = "capture",
	.see = speaker_see,
	.end = speaker_end,
	.free = speaker_free,
};

static struct talk *
talk_of(const struct relay *r)
{
	struct tap *tap = r->flow[RELAY_OUTBOUND].taps;

	while (tap->ops != &speaker_ops)
		tap = tap->next;
	return ((struct speaker *)tap)->talk;
}

static struct talk *
talk_new(struct capture *c, struct relay *r)
{
	struct talk *talk = xcalloc(1, sizeof(*talk));
	static const enum relay_side flows[] = {
		[CONVERSATION_OURS] = RELAY_OUTBOUND,
		[CONVERSATION_THEIRS] = RELAY_INBOUND,
	};

	talk->file = c->file;
	for (int side = 0; side < 2; side++) {
		struct speaker *speaker = &talk->speakers[side];

		*speaker = (struct speaker){ .tap.ops = &speaker_ops,
			.talk = talk,
			.side = (enum conversation_side)side };
		taps_add(&r->flow[flows[side]].taps, &speaker->tap);
		talk->taps++;
	}
	return talk;
}

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
open_talk(struct capture *c, struct conversation *conversation,
    const struct timeline *t, const struct made *made)
{
	int64_t start_ns = made != NULL ? made->start_ns : t->start_ns;
	int64_t end_ns = made != NULL ? made->end_ns : t->start_ns;

	if (!conversation->datagrams)
		conversation_open(conversation,
		    capture_file_time(c->file, start_ns),
		    capture_file_time(c->file, end_ns));
}

/* Nothing that can be told came of it. */
static void
forget_made(struct capture *c, const struct session *s)
{
	struct conversation conversation = { 0 };
	struct made *made = &c->made;

	if (!made->waits)
		return;
	conversation_of(c, &conversation, &made->ours, &made->theirs);
	if (s != NULL)
		capture_describe(&conversation, s, &made->ours, &made->theirs);
	open_talk(c, &conversation, NULL, made);
	if (s != NULL)
		capture_report(&conversation, s);
	conversation_close(&conversation, CONVERSATION_LEAVE,
	    capture_file_time(c->file, clock_ns()));
	conversation_free(&conversation);
	made->waits = false;
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

static void
find_ends(const struct session *s, struct address *ours, struct address *theirs)
{
	const struct channel *network = s->relay->end[1];

	if (dgram_peer_local(network, ours) == -1 &&
	    address_of_socket(network->wfd, ours) == -1)
		ours->len = 0;
	*theirs = s->remote;
	if (!s->accepted && address_of_peer(network->wfd, theirs) == -1)
		theirs->len = 0;
}

static bool
keeps_messages(const struct channel *ch)
{
	return (ch->flags & (CH_DGRAM | CH_RECORDS)) == CH_DGRAM;
}

static void
capture_begin(void *state, struct session *s)
{
	struct capture *c = state;
	struct made *made = s->accepted || !c->made.waits ? NULL : &c->made;
	struct talk *talk = talk_new(c, s->relay);
	struct conversation *conversation = &talk->conversation;
	struct address ours, theirs;

	find_ends(s, &ours, &theirs);
	if (made != NULL)
		theirs = made->theirs;
	conversation->accepted = s->accepted;
	conversation->datagrams = keeps_messages(s->relay->end[1]);
	if (s->accepted)
		capture_file_name(c->file, &theirs, s->peer.host);
	conversation_of(c, conversation, &ours, &theirs);
	capture_describe(conversation, s, &ours, &theirs);
	open_talk(c, conversation, &s->timeline, made);
	if (made != NULL)
		made->waits = false;
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

/* After the last datagram there is no packet to carry its comments. */
static void
capture_end(void *state, const struct session *s)
{
	struct capture *c = state;
	struct conversation *conversation;
	struct pcapng_comments left;

	if (s->relay == NULL) {
		forget_made(c, s);
		return;
	}
	conversation = &talk_of(s->relay)->conversation;
	capture_report(conversation, s);
	conversation_close(conversation, how_it_closes(s),
	    capture_file_time(c->file, s->timeline.end_ns));
	left = (struct pcapng_comments){
		.list = (const char *const *)conversation->comments,
		.count = conversation->comment_count
	};
	if (left.count > 0)
		capture_file_statistics(c->file, &left);
	conversation_free(conversation);
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
