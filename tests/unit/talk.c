/* SPDX-License-Identifier: ISC */
/* talk.c - a relay by hand, and the ends of it that a test holds */
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "talk.h"

static void
note_done(struct relay *r, enum relay_result result, void *arg)
{
	struct talk *t = arg;

	ck_assert(!t->over);
	t->over = true;
	t->result = result;
	t->out_fault = r->flow[RELAY_OUTBOUND].fault;
	t->in_fault = r->flow[RELAY_INBOUND].fault;
	t->ours_error = r->end[0]->error_code;
	t->network_error = r->end[1]->error_code;
	t->undelivered = flow_undelivered(&r->flow[RELAY_OUTBOUND]);
	t->r = NULL;
}

void
talk_of(struct talk *t, struct channel *ours, struct channel *network, int peer)
{
	*t = (struct talk){ .in = -1, .out = -1, .peer = peer };
	t->stdio[0] = t->stdio[1] = -1;
	t->r = relay_new(ours, network);
	t->r->on_done = note_done;
	t->r->arg = t;
	t->start_ms = clock_ms();
	t->bench.task = &t->r->task;
}

void
talk_between(
    struct talk *t, int rfd, int wfd, struct channel *network, int peer)
{
	talk_of(t, channel_stdio(rfd, wfd), network, peer);
}

void
talk_with(struct talk *t, struct channel *network, int peer)
{
	int in[2], out[2];

	pipe_pair(in);
	pipe_pair(out);
	talk_between(t, in[0], out[1], network, peer);
	t->in = in[1];
	t->out = out[0];
	t->stdio[0] = in[0];
	t->stdio[1] = out[1];
}

void
talk_init(struct talk *t, int type)
{
	int fds[2];

	if (type == TALK_TCP)
		tcp_pair(fds);
	else
		pair_of(type, fds);
	talk_with(t, channel_socket(fds[0]), fds[1]);
}

bool
talk_at(struct talk *t, int64_t after_ms)
{
	t->bench.now_ms = t->start_ms + after_ms;
	return bench_settle(&t->bench);
}

void
talk_until_over(struct talk *t)
{
	int64_t until_ms = clock_ms() + PATIENCE_MS;

	while (talk_at(t, clock_ms() - t->start_ms)) {
		if (clock_ms() > until_ms)
			ck_abort_msg("the talk is not over");
	}
}

void
talk_close(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

void
talk_free(struct talk *t)
{
	bench_free(&t->bench);
	talk_close(&t->in);
	talk_close(&t->out);
	talk_close(&t->peer);
	talk_close(&t->stdio[0]);
	talk_close(&t->stdio[1]);
}
