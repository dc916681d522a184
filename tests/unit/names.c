/* SPDX-License-Identifier: ISC */
/* names.c - a system with names that no system has */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "names.h"

#define MANY 100

typedef int addrinfo_fn(const char *restrict, const char *restrict,
    const struct addrinfo *restrict, struct addrinfo **restrict);
typedef int nameinfo_fn(const struct sockaddr *restrict, socklen_t,
    char *restrict, socklen_t, char *restrict, socklen_t, int);

static int
system_addrinfo(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **found)
{
	addrinfo_fn *real;

	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(host, port, hints, found);
}

static void
wait_for_ever(void)
{
	for (;;)
		pause();
}

/* Nothing open but the pipe, and signals that do what they do. */
static int
state(void)
{
	struct sigaction pipe_action;
	struct stat in;
	sigset_t blocked;

	sigaction(SIGPIPE, NULL, &pipe_action);
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	return pipe_action.sa_handler == SIG_DFL &&
		!sigismember(&blocked, SIGTERM) &&
		fstat(STDIN_FILENO, &in) == 0 && S_ISFIFO(in.st_mode) &&
		dup(STDIN_FILENO) == STDIN_FILENO + 1 ?
	    EAI_AGAIN :
	    EAI_FAIL;
}

static int
many(const char *port, const struct addrinfo *hints, struct addrinfo **found)
{
	for (int i = 1; i <= MANY; i++) {
		char host[32];
		int error;

		snprintf(host, sizeof(host), "127.0.0.%d", i);
		error = system_addrinfo(host, port, hints, found);
		if (error != 0)
			return error;
		found = &(*found)->ai_next;
	}
	return 0;
}

static int
both(const char *port, const struct addrinfo *hints, struct addrinfo **found)
{
	int error = system_addrinfo("127.0.0.1", port, hints, found);

	if (error != 0)
		return error;
	while ((*found)->ai_next != NULL)
		found = &(*found)->ai_next;
	return system_addrinfo("::1", port, hints, &(*found)->ai_next);
}

int
getaddrinfo(const char *restrict host, const char *restrict port,
    const struct addrinfo *restrict hints, struct addrinfo **restrict found)
{
	if (host == NULL || hints->ai_flags & AI_NUMERICHOST)
		return system_addrinfo(host, port, hints, found);
	if (strcmp(host, NAME_SLOW) == 0)
		wait_for_ever();
	if (strcmp(host, NAME_DEAD) == 0)
		raise(SIGKILL);
	if (strcmp(host, NAME_STATE) == 0)
		return state();
	if (strcmp(host, NAME_MANY) == 0)
		return many(port, hints, found);
	if (strcmp(host, NAME_BOTH) == 0)
		return both(port, hints, found);
	if (strcmp(host, NAME_HERE) == 0)
		host = "127.0.0.1";
	return system_addrinfo(host, port, hints, found);
}

static int
system_nameinfo(const struct sockaddr *sa, socklen_t len, char *host,
    socklen_t host_size, char *port, socklen_t port_size, int flags)
{
	nameinfo_fn *real;

	*(void **)&real = dlsym(RTLD_NEXT, "getnameinfo");
	return real(sa, len, host, host_size, port, port_size, flags);
}

int
getnameinfo(const struct sockaddr *restrict sa, socklen_t len,
    char *restrict host, socklen_t host_size, char *restrict port,
    socklen_t port_size, int flags)
{
	int error = system_nameinfo(
	    sa, len, host, host_size, port, port_size, flags | NI_NUMERICHOST);

	if (error != 0 || flags & NI_NUMERICHOST)
		return error;
	if (strcmp(host, NUMBER_SLOW) == 0)
		wait_for_ever();
	if (strcmp(host, NUMBER_DEAD) == 0)
		raise(SIGKILL);
	if (strcmp(host, NUMBER_NAMED) == 0) {
		snprintf(host, host_size, "%s", NUMBER_NAME);
		return 0;
	}
	return system_nameinfo(
	    sa, len, host, host_size, port, port_size, flags);
}
