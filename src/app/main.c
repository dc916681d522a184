/* SPDX-License-Identifier: ISC */
/* main.c - ncx: a netcat */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "log.h"
#include "modes.h"
#include "options.h"
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

int
main(int argc, char **argv)
{
	struct options options;
	int status;

	if (fill_stdio() == -1)
		return STATUS_LOCAL;
	signal(SIGPIPE, SIG_IGN); /* a write says EPIPE */
	signal(SIGXFSZ, SIG_IGN); /* a write says EFBIG */
	status = options_parse(&options, argc, argv);
	if (status == OPTIONS_GO_ON) {
		log_set_level(options.verbose);
		status = options.listen ? mode_listen(&options) :
					  mode_connect(&options);
	}
	options_free(&options);
	return status;
}
