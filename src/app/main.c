/* SPDX-License-Identifier: ISC */
/* main.c - ncx: a netcat */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "modes.h"
#include "options.h"
#include "password.h"
#include "status.h"

/* A descriptor that was closed at the start would become a socket's number,
 * and what is written to stderr would go to the peer. */
static int
fill_stdio(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
		    open("/dev/null", O_RDWR) != fd)
			return -1;
	}
	return 0;
}

/* What the command line should not say. */
static int
ask_tcp_md5(struct options *o, struct password *password)
{
	if (!o->tcp_md5)
		return OPTIONS_GO_ON;
	o->tcp_md5_password = password_ask(password, "TCP MD5SIG password: ");
	if (o->tcp_md5_password != NULL)
		return OPTIONS_GO_ON;
	log_error("Unable to read TCP MD5SIG password: %s", strerror(errno));
	return STATUS_LOCAL;
}

static int
run(const struct options *o)
{
	if (o->listen)
		return mode_listen(o);
	if (o->scan)
		return mode_scan(o);
	return o->pass_fd ? mode_pass_fd(o) : mode_connect(o);
}

int
main(int argc, char **argv)
{
	struct password password = { "" };
	struct options options;
	int status;

	log_start();
	if (fill_stdio() == -1)
		return STATUS_LOCAL;
	signal(SIGPIPE, SIG_IGN); /* a write says EPIPE */
	signal(SIGXFSZ, SIG_IGN); /* a write says EFBIG */
	signal(SIGCHLD, SIG_DFL); /* a child stays until we wait for it */
	status = options_parse(&options, argc, argv);
	log_set_level(options.verbose);
	if (status == OPTIONS_GO_ON)
		status = ask_tcp_md5(&options, &password);
	if (status == OPTIONS_GO_ON)
		status = run(&options);
	options_free(&options);
	password_forget(&password);
	return status;
}
