/* SPDX-License-Identifier: ISC */
/* mode_pass_fd.c - make a connection, and hand it over stdout
 *
 * What OpenSSH's ProxyUseFdpass wants: one byte with the descriptor in an
 * SCM_RIGHTS message (unix(7)), in blocking mode as any fresh socket. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dial.h"
#include "log.h"
#include "modes.h"
#include "session.h"

static int
send_fd(int fd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = { 0 };
	char byte = '\0';
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);
	struct pollfd writable = { .fd = STDOUT_FILENO, .events = POLLOUT };
	ssize_t sent;

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	while ((sent = sendmsg(STDOUT_FILENO, &msg, 0)) == -1 &&
	    (errno == EINTR || errno == EAGAIN))
		poll(&writable, 1, -1);
	return sent == 1 ? 0 : -1;
}

static void
dialed(struct dial *d, struct channel *ch, enum status status, void *arg)
{
	int *result = arg;

	(void)d;
	*result = (int)status;
	if (ch == NULL)
		return;
	fcntl(ch->rfd, F_SETFL, fcntl(ch->rfd, F_GETFL) & ~O_NONBLOCK);
	if (send_fd(ch->rfd) == -1) {
		log_error("sendmsg to stdout failed: %s", strerror(errno));
		*result = STATUS_LOCAL;
	}
	channel_close(ch);
}

int
mode_pass_fd(const struct options *o)
{
	struct loop loop;
	int result = STATUS_OK, status;
	struct dial dial = { .options = o,
		.loop = &loop,
		.ports = o->ports.list,
		.port_count = o->ports.count,
		.dialed = dialed,
		.arg = &result };

	if (isatty(STDOUT_FILENO)) {
		log_error("Cannot pass file descriptor to tty");
		return STATUS_USAGE;
	}
	status = session_loop_init(&loop);
	if (status == STATUS_OK) {
		dial_start(&dial);
		status = session_loop_run(&loop, &result);
	}
	loop_free(&loop);
	dial_free(&dial);
	return status;
}
