/* SPDX-License-Identifier: ISC */
/* resolver.c - lookups of names, by a child process
 *
 * Theory of operation: the child writes one struct answer, then what was found
 * - addresses as they are, or an address_text - and ends; the parent collects
 * until the pipe does.  The child keeps nothing else of ours open, so that
 * nobody waits for it, and has the signals' usual actions. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buffer.h"
#include "resolver.h"
#include "xalloc.h"

/* A host with more addresses than that has enough of them. */
#define RESOLVER_MAX 64

struct answer {
	int code;  /* 0 or EAI_* */
	int error; /* errno for EAI_SYSTEM */
};

struct resolver {
	pid_t child;
	int fd;
	struct buffer heard;
};

/* The child: what it does, and what it leaves. */

static void
tell(int fd, const void *bytes, size_t n)
{
	const char *next = bytes;

	while (n > 0) {
		ssize_t put = write(fd, next, n);

		if (put == -1 && errno != EINTR)
			_exit(1);
		next += put > 0 ? put : 0;
		n -= put > 0 ? (size_t)put : 0;
	}
}

static void
tell_addresses(int fd, const struct endpoint *ep)
{
	struct address *list = NULL;
	struct answer answer = { .code = endpoint_resolve(ep, &list) };
	int count = 0;

	answer.error = errno;
	tell(fd, &answer, sizeof(answer));
	for (struct address *a = list; a != NULL; a = a->next) {
		if (count++ < RESOLVER_MAX)
			tell(fd, a, sizeof(*a));
	}
}

static void
tell_name(int fd, const struct address *address)
{
	struct answer answer = { .code = 0 };
	struct address_text text = { "", "" };

	address_format(address, false, &text);
	tell(fd, &answer, sizeof(answer));
	tell(fd, &text, sizeof(text));
}

static void
become_child(int fd)
{
	static const int usual[] = { SIGPIPE, SIGXFSZ };
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		signal(usual[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(fd, STDIN_FILENO);
	closefrom(STDIN_FILENO + 1);
}

/* Exactly one of the two is asked for. */
static struct resolver *
ask(const struct endpoint *ep, const struct address *address)
{
	struct resolver *r;
	int fds[2];
	pid_t child;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return NULL;
	child = fork();
	if (child == 0) {
		become_child(fds[1]);
		if (ep != NULL)
			tell_addresses(STDIN_FILENO, ep);
		else
			tell_name(STDIN_FILENO, address);
		_exit(0);
	}
	close(fds[1]);
	if (child == -1) {
		close(fds[0]);
		return NULL;
	}
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	r = xcalloc(1, sizeof(*r));
	r->child = child;
	r->fd = fds[0];
	buffer_init(&r->heard,
	    sizeof(struct answer) + RESOLVER_MAX * sizeof(struct address));
	return r;
}

struct resolver *
resolver_addresses(const struct endpoint *ep)
{
	return ask(ep, NULL);
}

struct resolver *
resolver_name(const struct address *address)
{
	return ask(NULL, address);
}

int
resolver_fd(const struct resolver *r)
{
	return r->fd;
}

/* All of the answer, without its head.  0; EAI_*; or RESOLVER_WAIT */
static int
finish(struct resolver *r)
{
	struct answer answer;
	ssize_t got;

	while ((got = read(
		    r->fd, buffer_tail(&r->heard), buffer_room(&r->heard))) > 0)
		buffer_added(&r->heard, (size_t)got);
	if (got == -1 && (errno == EAGAIN || errno == EINTR))
		return RESOLVER_WAIT;
	if (r->heard.len < sizeof(answer))
		return EAI_FAIL;
	memcpy(&answer, buffer_head(&r->heard), sizeof(answer));
	buffer_consume(&r->heard, sizeof(answer));
	errno = answer.error;
	return answer.code;
}

int
resolver_finish_addresses(struct resolver *r, struct address **found)
{
	int code = finish(r);
	struct address a;
	bool any = false;

	while (code == 0 && r->heard.len >= sizeof(a)) {
		memcpy(&a, buffer_head(&r->heard), sizeof(a));
		a.next = NULL;
		address_append_list(found, &a, ADDRESS_SAME_PORT);
		any = true;
		buffer_consume(&r->heard, sizeof(a));
	}
	return code == 0 && !any ? EAI_FAIL : code;
}

int
resolver_finish_name(struct resolver *r, struct address_text *text)
{
	int code = finish(r);

	if (code != 0)
		return code;
	if (r->heard.len < sizeof(*text))
		return EAI_FAIL;
	memcpy(text, buffer_head(&r->heard), sizeof(*text));
	return 0;
}

void
resolver_free(struct resolver *r)
{
	if (r == NULL)
		return;
	kill(r->child, SIGKILL);
	while (waitpid(r->child, NULL, 0) == -1 && errno == EINTR)
		;
	close(r->fd);
	buffer_free(&r->heard);
	free(r);
}
