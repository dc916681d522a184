/* SPDX-License-Identifier: ISC */
/* watch_story.c - the beginning and the end of a session, for -vv */
#include "ending.h"
#include "log.h"
#include "story.h"
#include "watchers.h"

static void *
story_open(struct watch *w, enum status *status)
{
	(void)status;
	return w->options->verbose >= 2 ? w : NULL;
}

static double
seconds(int64_t from_ns, int64_t to_ns)
{
	return from_ns == 0 ? 0.0 : (double)(to_ns - from_ns) / 1e9;
}

static void
story_begin(void *state, struct session *s)
{
	(void)state;
	story_numbered(s);
	s->relay->end[1]->about = story_about(s);
	log_step(story_about(s), "bytes may flow, %.3f ms after %s",
	    1e3 * seconds(s->timeline.start_ns, s->timeline.up_ns),
	    s->accepted ? "the client came" : "we began");
}

/* A connection that is broken has nobody to hear of it. */
static bool
can_reset(const struct channel *network)
{
	return (network->flags & CH_TCP) && network->error[0] == '\0';
}

static void
story_end(void *state, const struct session *s)
{
	const struct relay *r = s->relay;
	(void)state;
	if (r == NULL) {
		log_step(story_about(s), "no session came of it: status %d",
		    (int)s->status);
		return;
	}
	log_step(story_about(s),
	    "the session is over after %.6f s: %s; sent %llu, received %llu "
	    "bytes%s",
	    seconds(s->timeline.up_ns, s->timeline.end_ns),
	    ending_words(r, s->result),
	    (unsigned long long)r->flow[RELAY_OUTBOUND].bytes,
	    (unsigned long long)r->flow[RELAY_INBOUND].taken,
	    s->aborted && can_reset(r->end[1]) ?
		"; our reset (RST) says that it is not whole" :
		"");
}

const struct watcher_ops watch_story = {
	.name = "story",
	.open = story_open,
	.begin = story_begin,
	.end = story_end,
};
