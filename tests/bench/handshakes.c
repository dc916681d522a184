/* SPDX-License-Identifier: ISC */

/* handshakes.c - TLS clients that say a line and end, for tests/bench/run
 *
 * handshakes PORT PID N AT-ONCE CERT
 *	N clients, at most AT-ONCE at the same time: each makes a full handshake
 *	of TLS 1.3 with the server on 127.0.0.1, which has to have the
 *	certificate in CERT, sends a line of its own and a close_notify, and
 *	waits for the server's end.
 * handshakes serve PORT CERT KEY
 *	the yardstick of a server: one after the other, no poll, no session
 *	tickets; what they say goes to stdout.  It ends by a signal.
 *
 * PID is the server's.  The first prints lines of a metric and its value, as
 * clients.c does; 1: something has failed, in words on stderr.
 */

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <err.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "proc.h"

#define AT_ONCE_MAX 64
#define SILENCE_MS  10000 /* until the server is thought to hang */
#define BACKLOG     128   /* connections nobody has accepted yet */

struct client {
	SSL *ssl;
	int fd;         /* -1: there is none */
	unsigned n;     /* its number */
	unsigned steps; /* that it has done */
	unsigned await; /* what poll(2) has to report before it goes on */
};

struct job {
	SSL_CTX *context;
	struct sockaddr_in server;
	pid_t pid;
	unsigned n, at_once, started, done;
	struct client clients[AT_ONCE_MAX];
};

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* --- the steps of a client: more than 0 when it is done --- */

static int
shake_hands(struct client *c)
{
	return SSL_connect(c->ssl);
}

/* as a line of load.c's */
static int
say_line(struct client *c)
{
	char line[32];
	int n = snprintf(line, sizeof(line), "u client %06u\n", c->n);

	return SSL_write(c->ssl, line, n);
}

static int
end_sending(struct client *c)
{
	int result = SSL_shutdown(c->ssl);

	return result == 0 ? 1 : result;
}

/* A close_notify is not asked for: not all servers send one. */
static int
await_end(struct client *c)
{
	char byte;
	int n = SSL_read(c->ssl, &byte, 1);

	if (n > 0)
		errx(1, "the server has something to say");
	return SSL_get_error(c->ssl, n) == SSL_ERROR_ZERO_RETURN ? 1 : n;
}

static int (*const steps[])(struct client *) = {
	shake_hands,
	say_line,
	end_sending,
	await_end,
};
static const char *const step_names[] = { "handshake", "line", "end", "wait" };

#define STEPS (sizeof(steps) / sizeof(*steps))

_Noreturn static void
fail(const struct client *c)
{
	unsigned long code = ERR_get_error();
	const char *why = code == 0 ? NULL : ERR_reason_error_string(code);

	errx(1, "client %u: %s: %s", c->n, step_names[c->steps],
	    why != NULL ? why : "cut off");
}

/* Goes on until it has to wait, or is over. */
static void
go_on(struct client *c)
{
	while (c->steps < STEPS) {
		int result, error;

		ERR_clear_error();
		result = steps[c->steps](c);
		if (result > 0) {
			c->steps++;
			continue;
		}
		error = SSL_get_error(c->ssl, result);
		if (error != SSL_ERROR_WANT_READ &&
		    error != SSL_ERROR_WANT_WRITE)
			fail(c);
		c->await = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
		return;
	}
}

/* --- all of them --- */

static int
tcp_socket(void)
{
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (s == -1)
		err(1, "socket");
	return s;
}

static struct sockaddr_in
loopback(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)port);
	return a;
}

static SSL *
ssl_new(SSL_CTX *context, int fd)
{
	SSL *ssl = SSL_new(context);

	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1)
		errx(1, "no memory");
	return ssl;
}

static void
start(struct job *j, struct client *c)
{
	int on = 1;

	c->fd = tcp_socket();
	if (connect(c->fd, (struct sockaddr *)&j->server, sizeof(j->server)) ==
		-1 ||
	    fcntl(c->fd, F_SETFL, O_NONBLOCK) == -1)
		err(1, "connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c->ssl = ssl_new(j->context, c->fd);
	c->n = j->started++;
	c->steps = 0;
	c->await = POLLOUT;
}

static void
finish(struct job *j, struct client *c)
{
	SSL_free(c->ssl);
	close(c->fd);
	c->fd = -1;
	j->done++;
}

static void
turn(struct job *j)
{
	struct pollfd p[AT_ONCE_MAX];

	for (unsigned i = 0; i < j->at_once; i++) {
		struct client *c = &j->clients[i];

		if (c->fd == -1 && j->started < j->n)
			start(j, c);
		p[i] =
		    (struct pollfd){ .fd = c->fd, .events = (short)c->await };
	}
	if (poll(p, j->at_once, SILENCE_MS) <= 0)
		errx(1, "the server does not go on");
	for (unsigned i = 0; i < j->at_once; i++) {
		struct client *c = &j->clients[i];

		if (c->fd == -1 || p[i].revents == 0)
			continue;
		go_on(c);
		if (c->steps == STEPS)
			finish(j, c);
	}
}

static void
run(struct job *j)
{
	long ticks = proc_ticks(j->pid);
	int64_t start_us = now_us();

	while (j->done < j->n)
		turn(j);
	printf("hs_s %.1f\n", j->n * 1000000.0 / (double)(now_us() - start_us));
	printf("cpu_us %.1f\n",
	    (double)(proc_ticks(j->pid) - ticks) * 1000000 /
		(double)sysconf(_SC_CLK_TCK) / j->n);
	printf("peak_kib %ld\n", proc_kib(j->pid, "VmHWM"));
}

static void
check(int result, const char *what)
{
	if (result != 1)
		errx(1, "%s: %s", what,
		    ERR_reason_error_string(ERR_get_error()));
}

static SSL_CTX *
context_new(const SSL_METHOD *method)
{
	SSL_CTX *c = SSL_CTX_new(method);

	check(c != NULL, "context");
	check(SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION), "TLS 1.3");
	SSL_CTX_set_options(c, SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	return c;
}

/* --- the yardstick --- */

static void
serve_one(SSL_CTX *context, int fd)
{
	SSL *ssl = ssl_new(context, fd);
	char buf[4096];
	int n;

	check(SSL_accept(ssl), "handshake");
	while ((n = SSL_read(ssl, buf, sizeof(buf))) > 0)
		if (write(STDOUT_FILENO, buf, (size_t)n) != n)
			err(1, "write");
	SSL_shutdown(ssl);
	SSL_free(ssl);
	close(fd);
}

_Noreturn static void
serve(unsigned port, const char *cert, const char *key)
{
	SSL_CTX *context = context_new(TLS_server_method());
	struct sockaddr_in a = loopback(port);
	int s = tcp_socket();

	check(SSL_CTX_use_certificate_file(context, cert, SSL_FILETYPE_PEM),
	    cert);
	check(SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM), key);
	check(SSL_CTX_set_num_tickets(context, 0), "tickets");
	if (bind(s, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    listen(s, BACKLOG) == -1)
		err(1, "listen");
	for (;;) {
		int fd = accept4(s, NULL, NULL, SOCK_CLOEXEC);

		if (fd == -1)
			err(1, "accept");
		serve_one(context, fd);
	}
}

static unsigned
positive(const char *text, unsigned max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (n == 0 || n > max || *end != '\0')
		errx(2, "not a number up to %u: %s", max, text);
	return (unsigned)n;
}

static void
attend(char *argv[])
{
	struct job j = { .context = context_new(TLS_client_method()) };

	j.server = loopback(positive(argv[1], 65535));
	j.pid = (pid_t)positive(argv[2], INT32_MAX);
	j.n = positive(argv[3], 1000000);
	j.at_once = positive(argv[4], AT_ONCE_MAX);
	check(SSL_CTX_load_verify_file(j.context, argv[5]), argv[5]);
	SSL_CTX_set_verify(j.context, SSL_VERIFY_PEER, NULL);
	for (unsigned i = 0; i < AT_ONCE_MAX; i++)
		j.clients[i].fd = -1;
	run(&j);
	SSL_CTX_free(j.context);
}

int
main(int argc, char *argv[])
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 5 && strcmp(argv[1], "serve") == 0)
		serve(positive(argv[2], 65535), argv[3], argv[4]);
	if (argc != 6)
		errx(2, "usage: handshakes PORT PID N AT-ONCE CERT");
	attend(argv);
	return 0;
}
