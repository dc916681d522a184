/* SPDX-License-Identifier: ISC */
/* flow_ways.c - which of the ways to hold bytes a flow takes */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "flow_story.h"
#include "flow_ways.h"

/* Where a kernel pipe between the two is worth it: from a file to TCP a copy
 * through a buffer that stays in the cache beats the page-sized fragments that
 * splice(2) makes of it; to a Unix socket it does not. */
static bool
wants_pipe(const struct flow *f)
{
	enum fd_kind from = f->src->rkind, to = f->dst->wkind;

	if (from == FD_FILE)
		return to == FD_STREAM && !(f->dst->flags & CH_TCP);
	return from == FD_STREAM &&
	    (to == FD_STREAM || to == FD_FILE || to == FD_NULL);
}

/* The fastest way that these two descriptors allow when nobody looks at the
 * bytes, as measured by tests/bench.  What comes from a socket may be a line an
 * hour, which is no reason to take two descriptors: a stream gets its pipe when
 * it is seen to be one. */
void
flow_choose_way(struct flow *f)
{
	enum fd_kind from = f->src->rkind, to = f->dst->wkind;

	if (from == FD_PIPE && to == FD_STREAM) {
		flow_widen_pipe(f->src->rfd);
		f->way = &flow_direct;
	}
	if (from == FD_STREAM && to == FD_PIPE) {
		flow_widen_pipe(f->dst->wfd);
		f->way = &flow_direct;
	}
	f->may_pipe = wants_pipe(f);
	if (f->may_pipe && from == FD_FILE)
		flow_promote(f);
}

/* What is written to may have become something that cannot be spliced to. */
int
flow_review_way(struct flow *f)
{
	if (f->way != &flow_memory && f->dst->wkind == FD_OTHER)
		return flow_demote(f);
	if (f->may_pipe && f->bulk && f->way == &flow_memory &&
	    flow_held(f) == 0 && wants_pipe(f)) {
		f->may_pipe = flow_promote(f);
		flow_tell_way(f);
	}
	return 0;
}

void
flow_widen_pipe(int fd)
{
	if (fcntl(fd, F_GETPIPE_SZ) < FLOW_PIPESIZE)
		fcntl(fd, F_SETPIPE_SZ, FLOW_PIPESIZE);
}

bool
flow_promote(struct flow *f)
{
	if (pipe2(f->pipe, O_CLOEXEC | O_NONBLOCK) == -1) {
		f->pipe[0] = f->pipe[1] = -1;
		return false;
	}
	flow_widen_pipe(f->pipe[1]);
	f->way = &flow_pipe;
	return true;
}

/* The pipe is emptied into the buffer, which is as large or empty. */
int
flow_demote(struct flow *f)
{
	const struct flow_way *old = f->way;

	if (f->piped > f->buf.cap) {
		buffer_free(&f->buf);
		buffer_init(&f->buf, f->piped);
	}
	while (f->piped > 0) {
		ssize_t got = read(f->pipe[0], buffer_tail(&f->buf), f->piped);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0) {
			f->fault = FLOW_SRC;
			f->piped = 0;
			return channel_fail_errno(
			    f->src, got == 0 ? EIO : errno);
		}
		buffer_added(&f->buf, (size_t)got);
		f->piped -= (size_t)got;
	}
	f->way = &flow_memory;
	f->may_pipe = false;
	old->free(f);
	return 0;
}
