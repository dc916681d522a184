/* SPDX-License-Identifier: ISC */
/* timeline.c - what happened on the way to a session, and when */
#include <stdlib.h>
#include <string.h>

#include "timeline.h"
#include "xalloc.h"

void
timeline_add_attempt(struct timeline *t, const struct connect_attempt *attempt)
{
	if (strcmp(attempt->what, "connect") != 0)
		return;
	if (t->attempt_count == TIMELINE_ATTEMPTS) {
		t->attempts_dropped++;
		return;
	}
	t->attempts = xreallocarray(
	    t->attempts, t->attempt_count + 1, sizeof(t->attempts[0]));
	t->attempts[t->attempt_count++] =
	    (struct timeline_attempt){ .to = *attempt->to,
		    .local = attempt->local,
		    .error = attempt->error,
		    .start_ns = attempt->start_ns,
		    .end_ns = attempt->end_ns };
}

void
timeline_free(struct timeline *t)
{
	free(t->attempts);
	*t = (struct timeline){ 0 };
}
