/* SPDX-License-Identifier: ISC */
/* conversation.c - what two ends say to each other, as packets made up for it
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation.h"
#include "xalloc.h"

/* with the scale of packet.c that is 1 GiB */
#define WINDOW 65535

/* bytes of one side that the other acknowledges, though it says nothing */
#define ACK_EVERY (1024 * 1024)

void
conversation_init(struct conversation *c)
{
	struct packet_end *one = &c->end[0], *other = &c->end[1];

	arc4random_buf(c->seq, sizeof(c->seq));
	c->window[0] = c->window[1] = WINDOW;
	if (one->port == other->port &&
	    memcmp(one->address, other->address, c->ipv6 ? 16 : 4) == 0)
		c->end[c->accepted].port ^= 1;
}

static void
drop_comments(struct conversation *c)
{
	for (size_t i = 0; i < c->comment_count; i++)
		free(c->comments[i]);
	c->comment_count = 0;
}

void
conversation_free(struct conversation *c)
{
	drop_comments(c);
	free(c->comments);
	c->comments = NULL;
}

void
conversation_comment(struct conversation *c, const char *text)
{
	c->comments = xreallocarray(
	    c->comments, c->comment_count + 1, sizeof(c->comments[0]));
	c->comments[c->comment_count++] = xstrdup(text);
}

static struct packet_path
path_from(const struct conversation *c, enum conversation_side side)
{
	return (struct packet_path){
		.ipv6 = c->ipv6, .from = &c->end[side], .to = &c->end[!side]
	};
}

static void
put(struct conversation *c, enum conversation_side side, int64_t at_ns,
    const void *head, size_t head_len, const void *bytes, size_t n)
{
	struct pcapng_packet packet = { .at_ns = at_ns,
		.outbound = side == CONVERSATION_OURS,
		.head = head,
		.head_len = head_len,
		.payload = bytes,
		.payload_len = n,
		.comments = { .list = (const char *const *)c->comments,
		    .count = c->comment_count } };

	c->put(&packet, c->arg);
	drop_comments(c);
}

/* What comes next of this side; it acknowledges all that it knows. */
static void
send(struct conversation *c, enum conversation_side side, int64_t at_ns,
    unsigned flags, const void *bytes, size_t n)
{
	struct packet_path path = path_from(c, side);
	struct packet_segment segment = { .seq = c->seq[side],
		.ack = flags & PACKET_ACK ? c->seq[!side] : 0,
		.flags = flags,
		.window = c->window[side] };
	size_t length = n + ((flags & (PACKET_SYN | PACKET_FIN)) != 0);
	uint8_t head[PACKET_HEAD_MAX];
	size_t len = packet_tcp(head, &path, &segment, bytes, n);

	put(c, side, at_ns, head, len, bytes, n);
	c->seq[side] += (uint32_t)length;
	c->unacked[side] += length;
	if (flags & PACKET_ACK)
		c->unacked[!side] = 0;
}

/* One that acknowledges nothing new would be taken for a question to send
 * something again; with another window it says something. */
static void
acknowledge(struct conversation *c, enum conversation_side side, int64_t at_ns)
{
	uint16_t *window = &c->window[side];

	if (c->unacked[!side] == 0)
		*window = *window == WINDOW / 2 ? WINDOW : *window - 1;
	send(c, side, at_ns, PACKET_ACK, NULL, 0);
}

/* Who begins. */
static enum conversation_side
asker(const struct conversation *c)
{
	return c->accepted ? CONVERSATION_THEIRS : CONVERSATION_OURS;
}

void
conversation_open(struct conversation *c, int64_t start_ns, int64_t end_ns)
{
	enum conversation_side side = asker(c);

	send(c, side, start_ns, PACKET_SYN, NULL, 0);
	send(c, !side, end_ns, PACKET_SYN | PACKET_ACK, NULL, 0);
	send(c, side, end_ns, PACKET_ACK, NULL, 0);
}

/* RFC 9293 section 3.5.2: who refuses has no sequence number of his own. */
void
conversation_refused(struct conversation *c, int64_t start_ns, int64_t end_ns)
{
	enum conversation_side side = asker(c);

	send(c, side, start_ns, PACKET_SYN, NULL, 0);
	if (end_ns == 0)
		return;
	c->seq[!side] = 0;
	send(c, !side, end_ns, PACKET_RST | PACKET_ACK, NULL, 0);
}

static size_t
segment_max(const struct conversation *c)
{
	if (c->datagrams)
		return c->ipv6 ? PACKET_UDP6_MAX : PACKET_UDP4_MAX;
	return c->ipv6 ? PACKET_TCP6_MAX : PACKET_TCP4_MAX;
}

static void
put_datagram(struct conversation *c, enum conversation_side side, int64_t at_ns,
    const void *bytes, size_t n)
{
	struct packet_path path = path_from(c, side);
	uint8_t head[PACKET_HEAD_MAX];
	size_t len = packet_udp(head, &path, bytes, n);

	put(c, side, at_ns, head, len, bytes, n);
}

/* That of a Unix socket may be longer than IP knows. */
static void
say_datagram(struct conversation *c, enum conversation_side side, int64_t at_ns,
    const uint8_t *bytes, size_t n)
{
	size_t max = segment_max(c), part = n < max ? n : max;
	char text[64];

	snprintf(text, sizeof(text), "one datagram of %zu bytes", n);
	if (n > max)
		conversation_comment(c, text);
	put_datagram(c, side, at_ns, bytes, part);
	while ((n -= part) > 0) {
		bytes += part;
		part = n < max ? n : max;
		put_datagram(c, side, at_ns, bytes, part);
	}
}

/* Only a record may be empty. */
static void
say_bytes(struct conversation *c, enum conversation_side side, int64_t at_ns,
    const uint8_t *bytes, size_t n)
{
	size_t max = segment_max(c), part;

	if (n == 0) {
		conversation_comment(c, "an empty record");
		acknowledge(c, side, at_ns);
	}
	for (; n > 0; bytes += part, n -= part) {
		part = n < max ? n : max;
		send(c, side, at_ns, PACKET_PSH | PACKET_ACK, bytes, part);
		if (c->unacked[side] >= ACK_EVERY)
			acknowledge(c, !side, at_ns);
	}
}

void
conversation_say(struct conversation *c, enum conversation_side side,
    int64_t at_ns, const void *bytes, size_t n)
{
	if (c->datagrams)
		say_datagram(c, side, at_ns, bytes, n);
	else
		say_bytes(c, side, at_ns, bytes, n);
}

void
conversation_end(
    struct conversation *c, enum conversation_side side, int64_t at_ns)
{
	if (c->datagrams || c->ended[side])
		return;
	send(c, side, at_ns, PACKET_FIN | PACKET_ACK, NULL, 0);
	c->ended[side] = true;
}

/* Of an end that has been told; else ours. */
static enum conversation_side
last_acker(const struct conversation *c)
{
	return c->unacked[CONVERSATION_OURS] > 0 ? CONVERSATION_THEIRS :
						   CONVERSATION_OURS;
}

void
conversation_close(
    struct conversation *c, enum conversation_close how, int64_t at_ns)
{
	const unsigned reset = PACKET_RST | PACKET_ACK;
	bool both = c->ended[0] && c->ended[1];

	if (c->datagrams)
		return;
	if (how == CONVERSATION_THEY_RESET)
		send(c, CONVERSATION_THEIRS, at_ns, reset, NULL, 0);
	else if (how == CONVERSATION_WE_RESET && !both)
		send(c, CONVERSATION_OURS, at_ns, reset, NULL, 0);
	else if (!c->ended[CONVERSATION_OURS])
		conversation_end(c, CONVERSATION_OURS, at_ns);
	else
		acknowledge(c, last_acker(c), at_ns);
}
