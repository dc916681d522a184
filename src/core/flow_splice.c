/* SPDX-License-Identifier: ISC */
/* flow_splice.c - bytes that never leave the kernel: splice(2) */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flow_ways.h"

/* bytes; a splice that moved more is part of a stream */
#define BULK_MOVE (16 * 1024)

static void
nothing_to_free(struct flow *f)
{
	(void)f;
}

static void
pipe_free(struct flow *f)
{
	close(f->pipe[0]);
	close(f->pipe[1]);
	f->pipe[0] = f->pipe[1] = -1;
	f->piped = 0;
}

static bool
refuses(const struct flow *f, int error)
{
	if (error == EPIPE) /* only a write can drop what nobody wants */
		return (f->dst->flags & CH_INDIFFERENT) != 0;
	return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

static ssize_t
move(int from, int to, size_t n)
{
	ssize_t moved;

	do
		moved = splice(
		    from, NULL, to, NULL, n, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	while (moved == -1 && errno == EINTR);
	return moved;
}

static void
set_blocking(int fd, bool blocking)
{
	int nonblocking = !blocking;

	ioctl(fd, FIONBIO, &nonblocking);
}

static bool
readable(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, 0) == 1;
}

/* A socket in blocking mode gives splice(2) not only the segments that are
 * there but also those that come meanwhile: in a stream that is twice as fast.
 * It does not block once it is readable. */
static ssize_t
move_from_socket(struct flow *f, int to)
{
	int from = f->src->rfd;
	bool all = f->bulk && readable(from);
	ssize_t moved;

	if (all)
		set_blocking(from, true);
	moved = move(from, to, FLOW_PIPESIZE);
	if (all)
		set_blocking(from, false);
	if (moved > 0) {
		f->bulk = moved >= BULK_MOVE;
		f->stuck = false;
	}
	return moved;
}

/* A short move saves us the next, but the pipe may have been full instead, and
 * a last call wants to know. */
static void
probably_empty(struct flow *f)
{
	if (!f->last_call)
		f->src->rwait = POLLIN;
}

/* What a read of the socket would say: 1 for bytes, or an enum io_result. */
static ssize_t
socket_state(struct flow *f)
{
	char byte;
	ssize_t got = recv(f->src->rfd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	if (got >= 0)
		return got == 0 ? IO_EOF : 1;
	if (errno != EAGAIN) {
		f->fault = FLOW_SRC;
		return channel_fail_errno(f->src, errno);
	}
	f->src->rwait = POLLIN;
	return IO_WAIT;
}

/* splice(2) moved nothing out of a socket, and says that it is empty or at its
 * end.  At a mark of urgent data it says so for ever, and read(2) does not; but
 * a pipe may have been full and have room by now, so it is asked twice. */
static ssize_t
socket_stopped(struct flow *f)
{
	ssize_t state = socket_state(f);

	if (state < 0)
		return state;
	f->src->rwait = 0;
	if (f->stuck)
		return flow_demote(f);
	f->stuck = true;
	return 0;
}

static ssize_t
pipe_fill(struct flow *f)
{
	bool file = f->src->rkind == FD_FILE;
	ssize_t got = file ? move(f->src->rfd, f->pipe[1], FLOW_PIPESIZE) :
			     move_from_socket(f, f->pipe[1]);

	if (got > 0 && got < FLOW_SMALL_MOVE && !file)
		probably_empty(f);
	if (got > 0) {
		f->piped += (size_t)got;
		flow_count_read(f, got);
		return got;
	}
	if (got == 0 && file)
		return IO_EOF;
	if (got == 0 || errno == EAGAIN)
		return socket_stopped(f);
	if (!refuses(f, errno))
		return channel_fail_errno(f->src, errno);
	return flow_demote(f);
}

static ssize_t
pipe_drain(struct flow *f)
{
	ssize_t put = move(f->pipe[0], f->dst->wfd, f->piped);

	if (put >= 0) {
		f->piped -= (size_t)put;
		flow_count_write(f, put);
		return put;
	}
	if (errno == EAGAIN) {
		f->dst->wwait = POLLOUT;
		return IO_WAIT;
	}
	if (!refuses(f, errno))
		return channel_fail_errno(f->dst, errno);
	return flow_demote(f);
}

const struct flow_way flow_pipe = {
	.name = "splice through a pipe",
	.fill = pipe_fill,
	.drain = pipe_drain,
	.free = pipe_free,
};

/* Nothing held: one of the two is a stream socket, the other is ours */

static bool
is_network_error(int error)
{
	static const int errors[] = { ECONNRESET, ECONNABORTED, ETIMEDOUT,
		EHOSTUNREACH, EHOSTDOWN, ENETUNREACH, ENETDOWN, ECONNREFUSED,
		ENETRESET, EPROTO };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i] == error)
			return true;
	}
	return false;
}

/* One call reads and writes; whose error is it? */
static ssize_t
direct_fail(struct flow *f, int error)
{
	bool network = is_network_error(error);
	bool to_network = f->dst->wkind == FD_STREAM;
	bool at_dst = error == EPIPE || network == to_network;

	f->fault = at_dst ? FLOW_DST : FLOW_SRC;
	return channel_fail_errno(at_dst ? f->dst : f->src, error);
}

/* EAGAIN says that one of them has to wait, not which. */
static ssize_t
direct_wait(struct flow *f)
{
	struct pollfd out = { .fd = f->dst->wfd, .events = POLLOUT };

	if (poll(&out, 1, 0) == 0)
		f->dst->wwait = POLLOUT;
	else if (f->src->rkind == FD_STREAM)
		return socket_stopped(f);
	else
		f->src->rwait = POLLIN;
	return IO_WAIT;
}

/* splice(2) looks at the pipe's reader before it looks for bytes; without any,
 * nothing is lost yet. */
static ssize_t
reader_left(struct flow *f)
{
	ssize_t state = socket_state(f);

	if (state >= 0 && refuses(f, EPIPE))
		return flow_demote(f);
	return state < 0 ? state : direct_fail(f, EPIPE);
}

static ssize_t
direct_drain(struct flow *f)
{
	int to = f->dst->wfd;
	ssize_t n = f->src->rkind == FD_STREAM ?
	    move_from_socket(f, to) :
	    move(f->src->rfd, to, FLOW_PIPESIZE);

	if (n > 0) {
		if (n < FLOW_PIPESIZE)
			probably_empty(f);
		flow_count_read(f, n);
		flow_count_write(f, n);
		return n;
	}
	if (n == 0)
		return f->src->rkind == FD_STREAM ? socket_stopped(f) : IO_EOF;
	if (errno == EAGAIN)
		return direct_wait(f);
	if (errno == EPIPE && f->src->rkind == FD_STREAM)
		return reader_left(f);
	if (!refuses(f, errno))
		return direct_fail(f, errno);
	return flow_demote(f);
}

const struct flow_way flow_direct = {
	.name = "splice",
	.drain = direct_drain,
	.free = nothing_to_free,
};
