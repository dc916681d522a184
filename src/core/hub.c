/* SPDX-License-Identifier: ISC */
/* hub.c - a meeting place: channels in memory that hear each other */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "hub.h"
#include "xalloc.h"

/* however short they are: each takes memory of its own */
#define HUB_BLOCKS 65536

struct block {
	TAILQ_ENTRY(block) entry;
	const struct seat *author; /* NULL: nobody */
	const struct seat *only;   /* for whom; NULL: all but the author */
	bool message;              /* a whole one */
	unsigned readers;          /* seats that have not read it yet */
	size_t len;
	uint8_t bytes[];
};

TAILQ_HEAD(block_queue, block);

struct seat {
	TAILQ_ENTRY(seat) entry;
	struct hub *hub;
	struct channel *face; /* borrowed */
	struct hub_member member;
	struct block *next; /* to read; NULL: it has read all */
	size_t off;         /* bytes of it that have been read */
};

TAILQ_HEAD(seat_list, seat);

struct hub {
	struct seat_list seats;
	struct block_queue blocks;
	size_t cap, held; /* bytes */
	size_t count;     /* blocks */
	bool ended, keep;
	bool waited_for; /* some seat has to wait with what it says */
};

struct hub *
hub_new(size_t cap)
{
	struct hub *hub = xcalloc(1, sizeof(*hub));

	TAILQ_INIT(&hub->seats);
	TAILQ_INIT(&hub->blocks);
	hub->cap = cap;
	return hub;
}

static void
drop_block(struct hub *hub, struct block *block)
{
	TAILQ_REMOVE(&hub->blocks, block, entry);
	hub->held -= block->len;
	hub->count--;
	free(block);
}

void
hub_free(struct hub *hub)
{
	struct block *block, *next;

	if (hub == NULL)
		return;
	for (block = TAILQ_FIRST(&hub->blocks); block != NULL; block = next) {
		next = TAILQ_NEXT(block, entry);
		free(block);
	}
	free(hub);
}

void
hub_keep_for_first(struct hub *hub)
{
	hub->keep = true;
}

void
hub_end(struct hub *hub)
{
	struct seat *seat;

	hub->ended = true;
	TAILQ_FOREACH (seat, &hub->seats, entry)
		seat->face->rwait = 0;
}

static bool
hears(const struct seat *seat, const struct block *block)
{
	return block->only != NULL ? block->only == seat :
				     block->author != seat;
}

static struct block *
next_for(const struct seat *seat, struct block *block)
{
	while (block != NULL && !hears(seat, block))
		block = TAILQ_NEXT(block, entry);
	return block;
}

/* There is room again, or somebody to hear. */
static void
let_them_speak(struct hub *hub)
{
	struct seat *seat;

	if (!hub->waited_for)
		return;
	hub->waited_for = false;
	TAILQ_FOREACH (seat, &hub->seats, entry)
		seat->face->wwait = 0;
}

/* The seat is through with its block. */
static void
advance(struct seat *seat)
{
	struct hub *hub = seat->hub;
	struct block *done = seat->next;

	seat->next = next_for(seat, TAILQ_NEXT(done, entry));
	seat->off = 0;
	if (--done->readers > 0)
		return;
	drop_block(hub, done);
	let_them_speak(hub);
}

struct seat *
hub_join(struct hub *hub, struct channel *face, struct hub_member member)
{
	struct seat *seat = xcalloc(1, sizeof(*seat));

	seat->hub = hub;
	seat->face = face;
	seat->member = member;
	TAILQ_INSERT_TAIL(&hub->seats, seat, entry);
	let_them_speak(hub);
	return seat;
}

void
seat_leave(struct seat *seat)
{
	while (seat->next != NULL)
		advance(seat);
	TAILQ_REMOVE(&seat->hub->seats, seat, entry);
	free(seat);
}

/* Add a block for all who hear it; none of them: it is lost. */
static void
say(struct hub *hub, const struct block *like, const void *bytes)
{
	struct block *new = xreallocarray(NULL, 1, sizeof(*new) + like->len);
	struct seat *seat;

	*new = *like;
	if (like->len > 0)
		memcpy(new->bytes, bytes, like->len);
	TAILQ_INSERT_TAIL(&hub->blocks, new, entry);
	hub->held += like->len;
	hub->count++;
	TAILQ_FOREACH (seat, &hub->seats, entry) {
		if (!hears(seat, new))
			continue;
		new->readers++;
		if (seat->next == NULL)
			seat->next = new;
		seat->face->rwait = 0;
	}
	if (new->readers == 0)
		drop_block(hub, new);
}

/* Nobody is there to hear it, and it is not to be lost. */
static bool
has_to_keep(const struct seat *seat)
{
	return seat->hub->keep && TAILQ_FIRST(&seat->hub->seats) == seat &&
	    TAILQ_NEXT(seat, entry) == NULL;
}

/* A message goes in whole; where nothing else is held, whatever its size. */
static size_t
room_for(const struct seat *seat, size_t n)
{
	const struct hub *hub = seat->hub;
	size_t room = hub->held < hub->cap ? hub->cap - hub->held : 0;

	if (seat->member.messages)
		return n <= room || hub->held == 0 ? n : 0;
	return n < room ? n : room;
}

ssize_t
seat_write(struct seat *seat, const void *bytes, size_t n)
{
	bool message = seat->member.messages;
	size_t room = room_for(seat, n);

	if (has_to_keep(seat) || seat->hub->count >= HUB_BLOCKS ||
	    (room == 0 && n > 0)) {
		seat->hub->waited_for = true;
		seat->face->wwait = POLLOUT;
		return IO_WAIT;
	}
	if (room > 0 || message)
		say(seat->hub,
		    &(struct block){
			.author = seat, .message = message, .len = room },
		    bytes);
	return (ssize_t)room;
}

/* How much of the rest of its block a read takes. */
static size_t
share(const struct seat *seat, size_t n)
{
	const struct block *block = seat->next;
	size_t left = block->len - seat->off, most = seat->member.message_max;

	if (most != 0 && !block->message && n > most)
		n = most;
	return left < n ? left : n;
}

/* One block, or its rest; an empty message is something to a member that reads
 * messages. */
ssize_t
seat_read(struct seat *seat, void *bytes, size_t n)
{
	size_t len;

	while (seat->next != NULL && seat->next->len == 0 &&
	    seat->member.message_max == 0)
		advance(seat);
	if (seat->next == NULL) {
		seat->face->rwait = POLLIN;
		return seat->hub->ended ? IO_EOF : IO_WAIT;
	}
	len = share(seat, n);
	memcpy(bytes, seat->next->bytes + seat->off, len);
	seat->off += len;
	if (seat->off == seat->next->len)
		advance(seat);
	return (ssize_t)len;
}

static bool
is_overfull(const struct hub *hub)
{
	return hub->held > 2 * hub->cap || hub->count > 2 * HUB_BLOCKS;
}

static void
say_from_nobody(struct hub *hub, const struct seat *only, const char *text)
{
	struct block block = {
		.only = only, .message = true, .len = strlen(text)
	};

	if (!is_overfull(hub))
		say(hub, &block, text);
}

void
hub_announce(struct hub *hub, const char *text)
{
	say_from_nobody(hub, NULL, text);
}

void
hub_tell(const struct channel *member, const char *text)
{
	const struct seat *seat = member->state;

	say_from_nobody(seat->hub, seat, text);
}

static ssize_t
member_read(struct channel *ch, void *bytes, size_t n)
{
	return seat_read(ch->state, bytes, n);
}

static ssize_t
member_write(struct channel *ch, const void *bytes, size_t n)
{
	return seat_write(ch->state, bytes, n);
}

static int
member_shut(struct channel *ch)
{
	(void)ch;
	return 0;
}

static void
member_close(struct channel *ch)
{
	seat_leave(ch->state);
}

static const struct channel_ops member_ops = {
	.name = "hub",
	.read = member_read,
	.write = member_write,
	.shut = member_shut,
	.close = member_close,
};

struct channel *
hub_channel(struct hub *hub, struct hub_member member)
{
	struct channel *ch = channel_new(&member_ops);

	ch->flags = CH_MEMORY | (member.message_max != 0 ? CH_DGRAM : 0);
	ch->state = hub_join(hub, ch, member);
	return ch;
}
