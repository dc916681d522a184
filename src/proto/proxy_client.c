/* SPDX-License-Identifier: ISC */
/* proxy_client.c - the handshake with a proxy: a dialogue over a channel */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "proxy_client.h"
#include "xalloc.h"

struct proxy {
	struct handshake handshake; /* first: it is a handshake */
	struct proxy_request request;
	struct dialogue *dialogue; /* owned; NULL: not begun */
	int64_t deadline_ms;       /* it has to be over then; 0: not begun */
	bool granted; /* it has answered, even what it was not yet asked */
};

static int
fail(const struct proxy *p, struct channel *ch, const char *why, int error_code)
{
	p->request.failed(why, error_code, p->request.arg);
	return channel_fail(ch, "%s", why);
}

/* 0: all was said */
static int
say(const struct proxy *p, struct channel *ch)
{
	struct buffer *out = &p->dialogue->out;

	while (out->len > 0) {
		ssize_t put = channel_write(ch, buffer_head(out), out->len);

		if (put == IO_ERROR) {
			p->request.failed(ch->error, 0, p->request.arg);
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
look(const struct proxy *p, struct channel *ch, uint8_t *bytes, size_t size)
{
	ssize_t got = recv(ch->rfd, bytes, size, MSG_PEEK | MSG_DONTWAIT);

	if (got > 0)
		return got;
	if (got == 0)
		return fail(p, ch, "the proxy has closed the connection", 0);
	if (errno != EAGAIN && errno != EINTR)
		return fail(p, ch, strerror(errno), 0);
	ch->rwait = POLLIN;
	return IO_WAIT;
}

static int
conclude(struct proxy *p, struct channel *ch, enum dialogue_result result)
{
	const struct dialogue *d = p->dialogue;

	if (result == DIALOGUE_FAILED)
		return fail(p, ch, d->error, d->error_code);
	if (result == DIALOGUE_RECONNECT) {
		channel_reconnect(ch, p->request.connect(p->request.arg));
		p->deadline_ms = 0;
	}
	return 0;
}

/* One piece of what it says.  IO_WAIT: more is wanted */
static int
listen_to(struct proxy *p, struct channel *ch)
{
	struct dialogue *d = p->dialogue;
	enum dialogue_result result;
	uint8_t bytes[512];
	ssize_t got = look(p, ch, bytes, sizeof(bytes));
	int64_t begin_ms;
	size_t used;

	if (got < 0)
		return (int)got;
	begin_ms = clock_ms();
	result = d->ops->hear(d, bytes, (size_t)got, &used);
	p->deadline_ms += clock_ms() - begin_ms; /* it may ask for a password */
	recv(ch->rfd, bytes, used, MSG_DONTWAIT);
	p->granted = result == DIALOGUE_DONE;
	if (result == DIALOGUE_MORE || (p->granted && d->out.len > 0))
		return IO_WAIT;
	return conclude(p, ch, result);
}

static int
proxy_run(struct handshake *handshake, struct channel *ch)
{
	struct proxy *p = (struct proxy *)handshake;
	int result = 0;

	if (p->dialogue == NULL)
		p->dialogue = p->request.begin(p->request.arg);
	if (p->deadline_ms == 0)
		p->deadline_ms = clock_after(clock_ms(), PROXY_LIMIT_MS);
	if (p->dialogue->error[0] != '\0')
		return conclude(p, ch, DIALOGUE_FAILED);
	ch->rwait = 0;
	do {
		result = say(p, ch);
		if (result == 0 && !p->granted)
			result = listen_to(p, ch);
	} while (result == IO_WAIT && ch->rwait == 0 && ch->wwait == 0);
	if (result == IO_WAIT && clock_ms() >= p->deadline_ms)
		return fail(p, ch, "the proxy takes too long", 0);
	return result;
}

static void
proxy_prepare(struct handshake *handshake, struct channel *ch,
    struct pollset *set, int64_t *deadline_ms)
{
	const struct proxy *p = (const struct proxy *)handshake;

	clock_lower(deadline_ms, p->deadline_ms); /* 0 before the first run */
	channel_prepare(ch, set, CH_READ | CH_WRITE);
}

static void
proxy_expire(struct handshake *handshake)
{
	const struct proxy *p = (const struct proxy *)handshake;

	p->request.failed(strerror(ETIMEDOUT), ETIMEDOUT, p->request.arg);
}

static void
proxy_free(struct handshake *handshake)
{
	struct proxy *p = (struct proxy *)handshake;

	dialogue_free(p->dialogue);
	free(p);
}

static const struct handshake_ops proxy_ops = {
	.name = "proxy",
	.prepare = proxy_prepare,
	.run = proxy_run,
	.expire = proxy_expire,
	.free = proxy_free,
};

struct handshake *
proxy_handshake(const struct proxy_request *request)
{
	struct proxy *p = xcalloc(1, sizeof(*p));

	p->handshake.ops = &proxy_ops;
	p->request = *request;
	return &p->handshake;
}
