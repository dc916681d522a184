/* SPDX-License-Identifier: ISC */
/* capture_talk.c - the taps that hear what a session says, for its capture */
#include <stdlib.h>

#include "capture_talk.h"
#include "xalloc.h"

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

struct conversation *
capture_talk_new(struct capture_file *file, struct relay *r)
{
	struct talk *talk = xcalloc(1, sizeof(*talk));
	static const enum relay_side flows[] = {
		[CONVERSATION_OURS] = RELAY_OUTBOUND,
		[CONVERSATION_THEIRS] = RELAY_INBOUND,
	};

	talk->file = file;
	for (int side = 0; side < 2; side++) {
		struct speaker *speaker = &talk->speakers[side];

		*speaker = (struct speaker){ .tap.ops = &speaker_ops,
			.talk = talk,
			.side = (enum conversation_side)side };
		taps_add(&r->flow[flows[side]].taps, &speaker->tap);
		talk->taps++;
	}
	return &talk->conversation;
}

struct conversation *
capture_talk_of(const struct relay *r)
{
	struct tap *tap = r->flow[RELAY_OUTBOUND].taps;

	while (tap->ops != &speaker_ops)
		tap = tap->next;
	return &((struct speaker *)tap)->talk->conversation;
}
