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

struct pass_mode {
	struct loop loop;
	struct proxy_login login;
	struct channel *channel; /* owned; NULL: there is none */
	int status;
};

static void
dialed(struct dial *d, struct channel *ch, enum status status, void *arg)
{
	struct pass_mode *m = arg;

	(void)d;
	m->channel = ch;
	m->status = (int)status;
}

/* Once the loop is over, so that a signal may end it when stdout is stuck. */
static int
pass(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	log_debug("the socket goes to who reads our output (SCM_RIGHTS)");
	if (send_fd(fd) == 0)
		return STATUS_OK;
	log_error("sendmsg to stdout failed: %s", strerror(errno));
	return STATUS_LOCAL;
}

int
mode_pass_fd(const struct options *o)
{
	struct pass_mode m = { .channel = NULL };
	struct dial dial = { .options = o,
		.loop = &m.loop,
		.ports = o->ports.list,
		.port_count = o->ports.count,
		.login = &m.login,
		.dialed = dialed,
		.arg = &m };
	int status;

	if (isatty(STDOUT_FILENO)) {
		log_error("Cannot pass file descriptor to tty");
		return STATUS_USAGE;
	}
	proxy_login_init(&m.login, o);
	status = session_loop_init(&m.loop);
	if (status == STATUS_OK) {
		dial_start(&dial);
		status = session_loop_run(&m.loop, &m.status);
	}
	loop_free(&m.loop);
	if (status == STATUS_OK && m.channel != NULL)
		status = pass(m.channel->rfd);
	channel_close(m.channel);
	dial_free(&dial);
	proxy_login_forget(&m.login);
	return status;
}
