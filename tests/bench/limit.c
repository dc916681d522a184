/* SPDX-License-Identifier: ISC */

/* limit.c - bare loops that show how fast this machine can move bytes
 *
 *	limit connect|listen [-p] METHOD SIZE tcp:PORT|unix:PATH
 *
 * The yardstick of tests/bench/run: no poll, no socket options, one direction
 * at a time.  "connect" moves stdin to the socket, ends it and reads the answer
 * to its end; "listen" takes one client and moves it to stdout.
 *
 * METHOD  rw        read(2) and write(2) with a buffer of SIZE
 *         splice    through a pipe of our own that holds SIZE
 *         direct    splice(2) without a pipe between; stdio must be a pipe
 *         sendfile  from a file, SIZE at a time; connect only
 * -p      let the pipe that is our stdin or stdout hold PIPESIZE
 */

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* bytes; default of /proc/sys/fs/pipe-max-size */
#define PIPESIZE (1024 * 1024)

/* Moves everything, or ends the program. */
typedef void move_fn(int from, int to, size_t size);

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_un un;
	} sa;
	socklen_t len;
};

static void
move_rw(int from, int to, size_t size)
{
	char *buf = malloc(size);
	ssize_t got, put;

	if (buf == NULL)
		err(1, "malloc");
	while ((got = read(from, buf, size)) > 0)
		for (ssize_t done = 0; done < got; done += put)
			if ((put = write(to, buf + done, got - done)) == -1)
				err(1, "write");
	if (got == -1)
		err(1, "read");
	free(buf);
}

static void
move_splice(int from, int to, size_t size)
{
	int hold[2];
	ssize_t got, put;

	if (pipe(hold) == -1 || fcntl(hold[1], F_SETPIPE_SZ, (int)size) == -1)
		err(1, "pipe");
	while ((got = splice(from, NULL, hold[1], NULL, size, 0)) > 0)
		for (; got > 0; got -= put) {
			put = splice(hold[0], NULL, to, NULL, got, 0);
			if (put == -1)
				err(1, "splice out");
		}
	if (got == -1)
		err(1, "splice in");
}

static void
move_direct(int from, int to, size_t size)
{
	ssize_t n;

	while ((n = splice(from, NULL, to, NULL, size, 0)) > 0)
		continue;
	if (n == -1)
		err(1, "splice");
}

static void
move_sendfile(int from, int to, size_t size)
{
	ssize_t n;

	while ((n = sendfile(to, from, NULL, size)) > 0)
		continue;
	if (n == -1)
		err(1, "sendfile");
}

static const struct method {
	const char *name;
	move_fn *move;
} methods[] = {
	{ "rw", move_rw },
	{ "splice", move_splice },
	{ "direct", move_direct },
	{ "sendfile", move_sendfile },
};

static move_fn *
parse_method(const char *name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (strcmp(methods[i].name, name) == 0)
			return methods[i].move;
	errx(1, "no such method: %s", name);
}

/* A number of bytes: 4096, 64k, 1m. */
static size_t
parse_size(const char *text)
{
	char *unit;
	size_t size = strtoul(text, &unit, 10);

	return *unit == 'm' ? size << 20 : *unit == 'k' ? size << 10 : size;
}

static void
parse_address(const char *text, struct address *a)
{
	memset(a, 0, sizeof(*a));
	if (strncmp(text, "tcp:", 4) == 0) {
		a->sa.in.sin_family = AF_INET;
		a->sa.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		a->sa.in.sin_port = htons((in_port_t)atoi(text + 4));
		a->len = sizeof(a->sa.in);
	} else if (strncmp(text, "unix:", 5) == 0) {
		a->sa.un.sun_family = AF_UNIX;
		stpncpy(a->sa.un.sun_path, text + 5, sizeof(a->sa.un.sun_path));
		a->len = sizeof(a->sa.un);
	} else {
		errx(1, "neither tcp:PORT nor unix:PATH: %s", text);
	}
}

/* Says where it listens: a script can wait for that, and learn the port. */
static int
accept_one(int s, struct address *a)
{
	int client;

	if (bind(s, &a->sa.any, a->len) == -1 || listen(s, 1) == -1 ||
	    getsockname(s, &a->sa.any, &a->len) == -1)
		err(1, "listen");
	if (a->sa.any.sa_family == AF_UNIX)
		fprintf(stderr, "Listening %s\n", a->sa.un.sun_path);
	else
		fprintf(stderr, "Listening %d\n", ntohs(a->sa.in.sin_port));
	if ((client = accept(s, NULL, NULL)) == -1)
		err(1, "accept");
	return client;
}

int
main(int argc, char *argv[])
{
	bool grow = argc > 2 && strcmp(argv[2], "-p") == 0;
	struct address a;

	if (argc != 5 + grow)
		errx(1, "usage: limit connect|listen [-p] METHOD SIZE ADDRESS");
	bool listening = strcmp(argv[1], "listen") == 0;
	move_fn *move = parse_method(argv[2 + grow]);
	size_t size = parse_size(argv[3 + grow]);

	parse_address(argv[4 + grow], &a);
	int s = socket(a.sa.any.sa_family, SOCK_STREAM, 0);

	if (grow && fcntl(listening ? 1 : 0, F_SETPIPE_SZ, PIPESIZE) == -1)
		err(1, "F_SETPIPE_SZ");
	if (listening) {
		move(accept_one(s, &a), STDOUT_FILENO, size);
		return 0;
	}
	if (connect(s, &a.sa.any, a.len) == -1)
		err(1, "connect");
	move(STDIN_FILENO, s, size);
	shutdown(s, SHUT_WR);
	move_rw(s, STDOUT_FILENO, size);
	return 0;
}
