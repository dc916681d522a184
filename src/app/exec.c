/* SPDX-License-Identifier: ISC */
/* exec.c - the program of -e or -c, and what it is told of its peer */
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exec.h"
#include "log.h"
#include "xalloc.h"

#define BLANKS " \t\n"

/* Words, and the bytes they are in; both owned. */
struct command {
	const char **argv;
	char *text;
};

bool
exec_wanted(const struct options *o)
{
	return o->exec != NULL || o->sh_exec != NULL;
}

bool
exec_is_command(const char *command)
{
	return command[strspn(command, BLANKS)] != '\0';
}

/* The word at *from, moved to *to and ended there: a backslash takes the next
 * character as it is. */
static const char *
cut_word(const char **from, char **to)
{
	const char *word = *to;

	while (**from != '\0' && strchr(BLANKS, **from) == NULL) {
		if (**from == '\\' && (*from)[1] != '\0')
			(*from)++;
		*(*to)++ = *(*from)++;
	}
	*(*to)++ = '\0';
	return word;
}

static void
split(struct command *c, const char *line)
{
	size_t len = strlen(line), count = 0;
	char *to = c->text = xcalloc(len + 2, 1);

	c->argv = xcalloc(len / 2 + 2, sizeof(c->argv[0]));
	for (line += strspn(line, BLANKS); *line != '\0';
	     line += strspn(line, BLANKS))
		c->argv[count++] = cut_word(&line, &to);
}

static void
command_init(struct command *c, const struct options *o)
{
	if (o->sh_exec == NULL) {
		split(c, o->exec);
		return;
	}
	c->text = NULL;
	c->argv = xcalloc(4, sizeof(c->argv[0]));
	c->argv[0] = "/bin/sh";
	c->argv[1] = "-c";
	c->argv[2] = o->sh_exec;
}

static void
command_free(struct command *c)
{
	free(c->argv);
	free(c->text);
}

const char *
exec_protocol(const struct options *o)
{
	if (o->family == AF_UNIX)
		return "UNIX";
	return o->udp ? "UDP" : "TCP";
}

/* The environment */

struct environment {
	char **list; /* ends with NULL; the strings are owned */
	size_t count, cap;
};

static void
add_text(struct environment *e, char *text)
{
	if (e->count + 1 >= e->cap) {
		e->cap = e->cap == 0 ? 64 : e->cap * 2;
		e->list = xreallocarray(e->list, e->cap, sizeof(e->list[0]));
	}
	e->list[e->count++] = text;
	e->list[e->count] = NULL;
}

static void __attribute__((format(printf, 2, 3)))
add(struct environment *e, const char *fmt, ...)
{
	char text[ADDRESS_TEXT + 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	add_text(e, xstrdup(text));
}

/* True: it is ours to say, or not for others to know. */
static bool
is_dropped(const char *variable)
{
	static const char *const beginnings[] = { "NCX_PROXY_PASS=", "PROTO=",
		"NCAT_REMOTE_", "NCAT_LOCAL_", "NCAT_PROTO=", "NCX_REMOTE_",
		"NCX_LOCAL_", "NCX_PROTO=", "TCPREMOTE", "TCPLOCAL", "TCPCONN",
		"UDPREMOTE", "UDPLOCAL", "UDPCONN", "UNIXREMOTE", "UNIXLOCAL",
		"UNIXCONN", "IPCREMOTE", "IPCLOCAL", "IPCCONN" };

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(char *); i++) {
		if (strncmp(variable, beginnings[i], strlen(beginnings[i])) ==
		    0)
			return true;
	}
	return false;
}

/* The address in numbers; one of IPv4 as such, however it came. */
static void
format(const struct address *a, struct address_text *text)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct address plain = { .len = sizeof(in) };

	*text = (struct address_text){ "", "" };
	if (a == NULL)
		return;
	memcpy(&in6, &a->addr, sizeof(in6));
	if (in6.sin6_family != AF_INET6 ||
	    !IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
		address_format(a, true, text);
		return;
	}
	in.sin_port = in6.sin6_port;
	memcpy(&in.sin_addr, &in6.sin6_addr.s6_addr[12], sizeof(in.sin_addr));
	memcpy(&plain.addr, &in, sizeof(in));
	address_format(&plain, true, text);
}

/* Of one side, "REMOTE" or "LOCAL". */
static void
add_side(struct environment *e, const char *protocol, const char *side,
    const struct address *a)
{
	static const char *const names[] = { "NCAT", "NCX" };
	bool is_unix = strcmp(protocol, "UNIX") == 0;
	struct address_text text;

	format(a, &text);
	for (size_t i = 0; i < sizeof(names) / sizeof(char *); i++) {
		bool nameless = is_unix && text.host[0] == '\0';

		add(e, "%s_%s_ADDR=%s", names[i], side,
		    nameless ? "localhost" : text.host);
		add(e, "%s_%s_PORT=%s", names[i], side, text.port);
	}
	add(e, "%s%s%s=%s", protocol, side, is_unix ? "PATH" : "IP", text.host);
	if (!is_unix)
		add(e, "%s%sPORT=%s", protocol, side, text.port);
}

static void
environment_init(struct environment *e, const struct exec_peer *peer)
{
	*e = (struct environment){ .list = NULL };
	for (char **variable = environ; *variable != NULL; variable++) {
		if (!is_dropped(*variable))
			add_text(e, xstrdup(*variable));
	}
	add(e, "PROTO=%s", peer->protocol);
	add(e, "NCAT_PROTO=%s", peer->protocol);
	add(e, "NCX_PROTO=%s", peer->protocol);
	add_side(e, peer->protocol, "REMOTE", peer->remote);
	add_side(e, peer->protocol, "LOCAL", peer->local);
	if (strcmp(peer->protocol, "UNIX") != 0)
		add(e, "%sCONNNUM=%u", peer->protocol, peer->connections);
}

static void
environment_free(struct environment *e)
{
	for (size_t i = 0; i < e->count; i++)
		free(e->list[i]);
	free(e->list);
}

struct channel *
exec_start(const struct options *o, struct loop *loop,
    const struct exec_peer *peer, child_fn *exited, void *arg)
{
	struct child_request request = { .mask = &loop->before,
		.about = peer->about };
	struct environment environment;
	struct command command;
	struct channel *ch;
	int error;

	command_init(&command, o);
	environment_init(&environment, peer);
	request.argv = command.argv;
	request.envp = environment.list;
	ch = child_start(loop, &request, exited, arg);
	error = errno;
	environment_free(&environment);
	command_free(&command);
	errno = error;
	return ch;
}

int
exec_failed(const struct options *o, int error)
{
	struct command command;

	command_init(&command, o);
	log_error("run %s failed: %s", command.argv[0], strerror(error));
	command_free(&command);
	return error == ENOENT ? EXEC_NOT_FOUND : EXEC_NOT_RUN;
}
