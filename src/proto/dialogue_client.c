/* SPDX-License-Identifier: ISC */
/* dialogue_client.c - the handshake that carries a dialogue over a channel */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "dialogue_client.h"
#include "log.h"
#include "xalloc.h"

struct client {
	struct handshake handshake; /* first: it is a handshake */
	struct handshake_ops ops;   /* with the name of the request */
	struct dialogue_request request;
	struct dialogue *dialogue; /* owned; NULL: not begun */
	int64_t deadline_ms;       /* it has to be over then; 0: not begun */
	bool granted; /* it has answered, even what it was not yet asked */
};

static int
fail(
    const struct client *c, struct channel *ch, const char *why, int error_code)
{
	c->request.failed(why, error_code, c->request.arg);
	return channel_fail(ch, "%s", why);
}

/* "the proxy takes too long" */
static int
fail_peer(const struct client *c, struct channel *ch, const char *what)
{
	char why[CHANNEL_ERROR_LEN];

	snprintf(why, sizeof(why), "%s %s", c->request.peer, what);
	return fail(c, ch, why, 0);
}

/* 0: all was said */
static int
say(const struct client *c, struct channel *ch)
{
	struct buffer *out = &c->dialogue->out;

	while (out->len > 0) {
		ssize_t put = channel_write(ch, buffer_head(out), out->len);

		if (put == IO_ERROR) {
			c->request.failed(ch->error, 0, c->request.arg);
			return IO_ERROR;
		}
		if (put < 0)
			return IO_WAIT;
		buffer_consume(out, (size_t)put);
	}
	return 0;
}

/* A look at what came, of which only the dialogue's part is taken.  The number
 * of bytes, IO_WAIT or IO_ERROR */
static ssize_t
look(const struct client *c, struct channel *ch, uint8_t *bytes, size_t size)
{
	ssize_t got = recv(ch->rfd, bytes, size, MSG_PEEK | MSG_DONTWAIT);

	if (got > 0)
		return got;
	if (got == 0)
		return fail_peer(c, ch, "has closed the connection");
	if (errno != EAGAIN && errno != EINTR)
		return fail(c, ch, strerror(errno), 0);
	ch->rwait = POLLIN;
	return IO_WAIT;
}

/* "the proxy says yes in 0.123 ms" */
static void
tell(const struct client *c, const struct channel *ch, const char *answer)
{
	log_step(ch->about, "%s %s in %.3f ms", c->request.peer, answer,
	    (double)(clock_ns() - c->handshake.start_ns) / 1e6);
}

static int
conclude(struct client *c, struct channel *ch, enum dialogue_result result)
{
	const struct dialogue *d = c->dialogue;

	if (result == DIALOGUE_FAILED) {
		tell(c, ch, "says no");
		return fail(c, ch, d->error, d->error_code);
	}
	if (result == DIALOGUE_DONE)
		tell(c, ch, "says yes");
	if (result == DIALOGUE_RECONNECT) {
		tell(c, ch, "wants another connection");
		channel_reconnect(ch, c->request.connect(c->request.arg));
		c->deadline_ms = 0;
	}
	return 0;
}

/* One piece of what it says.  IO_WAIT: more is wanted */
static int
listen_to(struct client *c, struct channel *ch)
{
	struct dialogue *d = c->dialogue;
	enum dialogue_result result;
	uint8_t bytes[512];
	ssize_t got = look(c, ch, bytes, sizeof(bytes));
	int64_t begin_ms;
	size_t used;

	if (got < 0)
		return (int)got;
	begin_ms = clock_ms();
	result = d->ops->hear(d, bytes, (size_t)got, &used);
	c->deadline_ms += clock_ms() - begin_ms; /* it may ask for a password */
	recv(ch->rfd, bytes, used, MSG_DONTWAIT);
	c->granted = result == DIALOGUE_DONE;
	if (result == DIALOGUE_MORE || (c->granted && d->out.len > 0))
		return IO_WAIT;
	return c->granted ? 0 : conclude(c, ch, result);
}

static int
client_run(struct handshake *handshake, struct channel *ch)
{
	struct client *c = (struct client *)handshake;
	int result = 0;

	if (c->dialogue == NULL)
		c->dialogue = c->request.begin(c->request.arg);
	if (c->deadline_ms == 0)
		c->deadline_ms = clock_after(clock_ms(), c->request.limit_ms);
	if (c->dialogue->error[0] != '\0')
		return fail(c, ch, c->dialogue->error, c->dialogue->error_code);
	ch->rwait = 0;
	do {
		result = say(c, ch);
		if (result == 0 && !c->granted)
			result = listen_to(c, ch);
	} while (result == IO_WAIT && ch->rwait == 0 && ch->wwait == 0);
	if (result == 0 && c->granted)
		return conclude(c, ch, DIALOGUE_DONE);
	if (result == IO_WAIT && clock_ms() >= c->deadline_ms)
		return fail_peer(c, ch, "takes too long");
	return result;
}

static void
client_prepare(struct handshake *handshake, struct channel *ch,
    struct pollset *set, int64_t *deadline_ms)
{
	const struct client *c = (const struct client *)handshake;

	clock_lower(deadline_ms, c->deadline_ms); /* 0 before the first run */
	channel_prepare(ch, set, CH_READ | CH_WRITE);
}

static void
client_expire(struct handshake *handshake)
{
	const struct client *c = (const struct client *)handshake;

	c->request.failed(strerror(ETIMEDOUT), ETIMEDOUT, c->request.arg);
}

static void
client_free(struct handshake *handshake)
{
	struct client *c = (struct client *)handshake;

	dialogue_free(c->dialogue);
	free(c);
}

static const struct handshake_ops client_ops = {
	.prepare = client_prepare,
	.run = client_run,
	.expire = client_expire,
	.free = client_free,
};

struct handshake *
dialogue_handshake(const struct dialogue_request *request)
{
	struct client *c = xcalloc(1, sizeof(*c));

	c->request = *request;
	c->ops = client_ops;
	c->ops.name = request->name;
	c->handshake.ops = &c->ops;
	return &c->handshake;
}
