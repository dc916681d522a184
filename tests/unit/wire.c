/* SPDX-License-Identifier: ISC */
/* wire.c - a started flow, and the ends of it that a test holds */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flow_ways.h"
#include "wire.h"
#include "xalloc.h"

void
wire_start(struct wire *w, const struct flow_way *way)
{
	flow_init(&w->f, w->src, w->dst);
	flow_start(&w->f);
	w->f.way = way;
	if (way == &flow_pipe && w->f.pipe[0] == -1)
		ck_assert(flow_promote(&w->f));
}

void
wire_close(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

void
wire_free(struct wire *w)
{
	flow_free(&w->f);
	channel_close(w->src);
	channel_close(w->dst);
	wire_close(&w->in);
	wire_close(&w->out);
	wire_close(&w->stdio);
}

static void
from_socket(struct wire *w, bool tcp)
{
	int fds[2];

	if (tcp)
		tcp_pair(fds);
	else
		pair_of(SOCK_STREAM, fds);
	w->src = channel_socket(fds[0]);
	w->in = fds[1];
}

static void
to_socket(struct wire *w)
{
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	w->dst = channel_socket(fds[0]);
	w->out = fds[1];
}

void
wire_to_pipe(struct wire *w, bool tcp, const struct flow_way *way)
{
	int fds[2];

	from_socket(w, tcp);
	pipe_pair(fds);
	w->out = fds[0];
	w->stdio = fds[1];
	w->dst = channel_stdio(-1, w->stdio);
	wire_start(w, way);
}

void
wire_to_file(struct wire *w, bool tcp, const struct flow_way *way)
{
	from_socket(w, tcp);
	w->stdio = file_of("", 0);
	w->out = dup(w->stdio);
	w->dst = channel_stdio(-1, w->stdio);
	wire_start(w, way);
}

void
wire_from_pipe(struct wire *w, const struct flow_way *way)
{
	int fds[2];

	pipe_pair(fds);
	w->in = fds[1];
	w->stdio = fds[0];
	w->src = channel_stdio(w->stdio, -1);
	to_socket(w);
	wire_start(w, way);
}

void
wire_from_file(struct wire *w, size_t size, const struct flow_way *way)
{
	char *bytes = xcalloc(size, 1);

	w->in = -1;
	w->stdio = file_of(bytes, size);
	w->src = channel_stdio(w->stdio, -1);
	to_socket(w);
	wire_start(w, way);
	free(bytes);
}
