/* SPDX-License-Identifier: ISC */
/* channel_socket.c - a socket as a channel */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "xalloc.h"

/* A vanished peer is noticed after KEEP_IDLE + KEEP_COUNT * KEEP_INTERVAL. */
#define KEEP_IDLE     15 /* seconds of silence before the first probe */
#define KEEP_INTERVAL 5  /* seconds between probes */
#define KEEP_COUNT    4

static int
socket_option(int fd, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, SOL_SOCKET, name, &value, &len) == -1)
		return -1;
	return value;
}

static bool
would_block(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS;
}

/* Who may speak, until the queue has been empty once. */
struct only_peer {
	struct sockaddr_storage address;
	size_t len;
};

void
channel_only_peer(struct channel *ch, const void *address, size_t len)
{
	struct only_peer *only = xcalloc(1, sizeof(*only));

	memcpy(&only->address, address, len);
	only->len = len;
	ch->state = only;
}

static bool
is_foreign(const struct channel *ch, const struct msghdr *msg)
{
	const struct only_peer *only = ch->state;

	return only != NULL &&
	    (msg->msg_namelen != only->len ||
		memcmp(msg->msg_name, &only->address, only->len) != 0);
}

/* A message.  An empty record and the end of a SOCK_SEQPACKET socket both read
 * as 0 bytes, but only a record carries credentials (SO_PASSCRED).  There is no
 * room for descriptors that a peer may send. */
static ssize_t
receive_message(struct channel *ch, void *bytes, size_t n, bool *ended)
{
	bool records = (ch->flags & CH_RECORDS) != 0;
	char control[CMSG_SPACE(sizeof(struct ucred))] = { 0 };
	struct sockaddr_storage from;
	struct iovec iov = { .iov_base = bytes, .iov_len = n };
	struct msghdr msg;
	ssize_t got;

	do {
		msg = (struct msghdr){ .msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_control = records ? control : NULL,
			.msg_controllen = records ? sizeof(control) : 0 };
		got = recvmsg(ch->rfd, &msg, MSG_TRUNC);
	} while (got == -1 ? errno == EINTR : is_foreign(ch, &msg));
	*ended = records && got == 0 && msg.msg_controllen == 0;
	return got;
}

/* A refusal by ICMP is reported before the datagrams that came earlier: it is
 * held until they are read. */
static ssize_t
message_read(struct channel *ch, void *bytes, size_t n)
{
	bool ended;
	ssize_t got = receive_message(ch, bytes, n, &ended);

	if (got == -1 && !would_block(errno) && ch->held_error == 0) {
		ch->held_error = errno;
		got = receive_message(ch, bytes, n, &ended);
	}
	if (got > (ssize_t)n)
		return channel_fail(
		    ch, "message of %zd bytes is longer than %zu", got, n);
	if (ended)
		return IO_EOF;
	if (got >= 0)
		return got;
	if (ch->held_error != 0 || !would_block(errno))
		return channel_fail_errno(
		    ch, ch->held_error != 0 ? ch->held_error : errno);
	free(ch->state);
	ch->state = NULL;
	ch->rwait = POLLIN;
	return IO_WAIT;
}

static ssize_t
stream_read(struct channel *ch, void *bytes, size_t n)
{
	ssize_t got;

	do
		got = recv(ch->rfd, bytes, n, 0);
	while (got == -1 && errno == EINTR);
	if (got == 0)
		return IO_EOF;
	if (got == -1 && !would_block(errno))
		return channel_fail_errno(ch, errno);
	if (got < (ssize_t)n)
		ch->rwait = POLLIN;
	return got == -1 ? IO_WAIT : got;
}

static ssize_t
socket_read(struct channel *ch, void *bytes, size_t n)
{
	return ch->flags & CH_DGRAM ? message_read(ch, bytes, n) :
				      stream_read(ch, bytes, n);
}

static ssize_t
socket_write(struct channel *ch, const void *bytes, size_t n)
{
	ssize_t put;

	do
		put = send(ch->wfd, bytes, n, MSG_NOSIGNAL);
	while (put == -1 && errno == EINTR);
	if (put == -1 && would_block(errno)) {
		ch->wwait = POLLOUT;
		return IO_WAIT;
	}
	return put == -1 ? channel_fail_errno(ch, errno) : put;
}

int
channel_check(struct channel *ch)
{
	int error = socket_option(ch->wfd, SO_ERROR);

	if (error > 0 && ch->error[0] == '\0')
		channel_fail_errno(ch, error);
	return error > 0 ? IO_ERROR : 0;
}

/* A datagram socket has no end to tell. */
static int
socket_shut(struct channel *ch)
{
	if ((ch->flags & (CH_DGRAM | CH_RECORDS)) == CH_DGRAM)
		return 0;
	if (shutdown(ch->wfd, SHUT_WR) == 0)
		return 0;
	if (errno != ENOTCONN)
		return channel_fail_errno(ch, errno);
	return channel_check(ch); /* a reset, or the peer has closed as well */
}

static void
socket_close(struct channel *ch)
{
	if (ch->rfd != -1)
		close(ch->rfd);
	free(ch->state);
}

static const struct channel_ops socket_ops = {
	.name = "socket",
	.read = socket_read,
	.write = socket_write,
	.shut = socket_shut,
	.close = socket_close,
};

struct channel *
channel_socket(int fd)
{
	struct channel *ch = channel_new(&socket_ops);

	if (fd != -1)
		channel_attach(ch, fd);
	return ch;
}

static void
set_option(int fd, int level, int option, int value)
{
	setsockopt(fd, level, option, &value, sizeof(value));
}

struct socket_traits
channel_traits(int fd)
{
	int type = socket_option(fd, SO_TYPE);
	struct socket_traits traits = { .kind = FD_OTHER, .flags = CH_DGRAM };

	if (type == SOCK_SEQPACKET) {
		traits.flags |= CH_RECORDS;
		set_option(fd, SOL_SOCKET, SO_PASSCRED, 1);
	}
	if (type != SOCK_STREAM)
		return traits;
	traits = (struct socket_traits){ .kind = FD_STREAM };
	if (socket_option(fd, SO_PROTOCOL) == IPPROTO_TCP) {
		traits.flags = CH_TCP;
		set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
		/* urgent bytes stay where they are in the stream */
		set_option(fd, SOL_SOCKET, SO_OOBINLINE, 1);
	}
	return traits;
}

static void
take_socket(struct channel *ch, int fd, struct socket_traits traits)
{
	ch->rfd = ch->wfd = fd;
	ch->rkind = ch->wkind = traits.kind;
	ch->flags = traits.flags;
}

void
channel_attach(struct channel *ch, int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (!(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	take_socket(ch, fd, channel_traits(fd));
}

struct channel *
channel_accepted(int fd, struct socket_traits traits)
{
	struct channel *ch = channel_new(&socket_ops);

	take_socket(ch, fd, traits);
	return ch;
}

/* SIOCOUTQ counts our FIN as one more byte.  A farewell that finds nobody there
 * is no loss. */
ssize_t
channel_unacked(struct channel *ch)
{
	bool fin = ch->ops == &socket_ops && (ch->flags & CH_SHUT);
	bool failed = ch->error[0] != '\0';
	int queued;

	if (!(ch->flags & CH_TCP))
		return 0;
	if (ioctl(ch->wfd, SIOCOUTQ, &queued) == -1 || queued <= fin)
		return 0;
	if (channel_check(ch) == 0)
		return queued - fin;
	if ((size_t)queued > ch->farewell)
		return IO_ERROR;
	if (!failed)
		channel_fail(ch, "%s", "");
	ch->flags &= ~(unsigned)CH_TCP; /* it has no peer any more to ask */
	return 0;
}

void
channel_abort(struct channel *ch)
{
	const struct linger none = { .l_onoff = 1, .l_linger = 0 };

	if (ch->flags & CH_TCP)
		setsockopt(ch->wfd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
}

void
channel_keepalive(struct channel *ch)
{
	int fd = ch->wfd;

	if (!(ch->flags & CH_TCP))
		return;
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEP_INTERVAL);
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEP_COUNT);
}

void
channel_acknowledge(struct channel *ch)
{
	if (ch->flags & CH_TCP)
		set_option(ch->wfd, IPPROTO_TCP, TCP_QUICKACK, 1);
}
