/* SPDX-License-Identifier: ISC */
/* outlet.c - our output for many at once */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "outlet.h"
#include "xalloc.h"

/* What a write waits for while another one's piece is not complete: no event,
 * but its completion. */
#define OTHERS_PIECE POLLERR

struct mouth {
	LIST_ENTRY(mouth) entry;
	struct outlet *outlet;
	struct channel *channel; /* whose state this is */
	struct seat *seat;       /* owned; NULL: no input */
};

LIST_HEAD(mouth_list, mouth);

struct outlet {
	struct channel *output; /* owned */
	struct mouth_list mouths;
	const struct mouth *speaker; /* whose piece is not complete; or NULL */
};

struct outlet *
outlet_new(int fd)
{
	struct outlet *outlet = xcalloc(1, sizeof(*outlet));

	LIST_INIT(&outlet->mouths);
	outlet->output = channel_stdio(-1, fd);
	return outlet;
}

void
outlet_free(struct outlet *outlet)
{
	if (outlet == NULL)
		return;
	channel_close(outlet->output);
	free(outlet);
}

static bool
is_shared(const struct outlet *outlet)
{
	const struct mouth *first = LIST_FIRST(&outlet->mouths);

	return first != NULL && LIST_NEXT(first, entry) != NULL;
}

/* Whoever is alone may splice. */
static void
note_number(struct outlet *outlet)
{
	bool shared = is_shared(outlet);
	struct mouth *mouth;

	LIST_FOREACH (mouth, &outlet->mouths, entry)
		mouth->channel->wkind =
		    shared ? FD_OTHER : outlet->output->wkind;
}

/* The others wait for the speaker, or need not wait any more. */
static void
set_speaker(struct outlet *outlet, const struct mouth *speaker)
{
	struct mouth *mouth;

	if (outlet->speaker == speaker)
		return;
	outlet->speaker = speaker;
	LIST_FOREACH (mouth, &outlet->mouths, entry)
		mouth->channel->wwait =
		    speaker == NULL || speaker == mouth ? 0 : OTHERS_PIECE;
}

static ssize_t
outlet_read(struct channel *ch, void *bytes, size_t n)
{
	struct mouth *mouth = ch->state;

	return seat_read(mouth->seat, bytes, n);
}

static ssize_t
outlet_write(struct channel *ch, const void *bytes, size_t n)
{
	struct mouth *mouth = ch->state;
	struct outlet *outlet = mouth->outlet;
	struct channel *output = outlet->output;
	ssize_t put;

	if (outlet->speaker != NULL && outlet->speaker != mouth) {
		ch->wwait = OTHERS_PIECE;
		return IO_WAIT;
	}
	put = channel_write(output, bytes, n);
	if (put == IO_WAIT) {
		ch->wwait = output->wwait;
		return IO_WAIT;
	}
	if (put == IO_ERROR) {
		strlcpy(ch->error, output->error, sizeof(ch->error));
		ch->error_code = output->error_code;
		return IO_ERROR;
	}
	set_speaker(outlet, (size_t)put < n ? mouth : NULL);
	return put;
}

/* The output is there for the others. */
static int
outlet_shut(struct channel *ch)
{
	(void)ch;
	return 0;
}

static void
outlet_close(struct channel *ch)
{
	struct mouth *mouth = ch->state;
	struct outlet *outlet = mouth->outlet;

	if (outlet->speaker == mouth)
		set_speaker(outlet, NULL);
	LIST_REMOVE(mouth, entry);
	note_number(outlet);
	if (mouth->seat != NULL)
		seat_leave(mouth->seat);
	free(mouth);
}

static const struct channel_ops outlet_ops = {
	.name = "stdio",
	.read = outlet_read,
	.write = outlet_write,
	.shut = outlet_shut,
	.close = outlet_close,
};

struct channel *
outlet_channel(struct outlet *outlet, struct hub *hub, struct hub_member member)
{
	struct channel *ch = channel_new(&outlet_ops);
	struct mouth *mouth = xcalloc(1, sizeof(*mouth));

	mouth->outlet = outlet;
	mouth->channel = ch;
	ch->state = mouth;
	ch->wfd = outlet->output->wfd;
	if (hub != NULL) {
		ch->flags =
		    CH_MEMORY | (member.message_max != 0 ? CH_DGRAM : 0);
		mouth->seat = hub_join(hub, ch, member);
	}
	LIST_INSERT_HEAD(&outlet->mouths, mouth, entry);
	note_number(outlet);
	return ch;
}
