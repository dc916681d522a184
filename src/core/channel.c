/* SPDX-License-Identifier: ISC */
/* channel.c - one end of a relay: what all kinds have in common */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "clock.h"
#include "xalloc.h"

struct channel *
channel_new(const struct channel_ops *ops)
{
	struct channel *ch = xcalloc(1, sizeof(*ch));

	ch->ops = ops;
	ch->rfd = ch->wfd = -1;
	ch->rslot = ch->wslot = -1;
	return ch;
}

static void
handshake_drop(struct channel *ch)
{
	struct handshake *first = ch->handshakes;

	ch->handshakes = first->next;
	first->ops->free(first);
}

void
channel_close(struct channel *ch)
{
	if (ch == NULL)
		return;
	while (ch->handshakes != NULL)
		handshake_drop(ch);
	ch->ops->close(ch);
	free(ch);
}

void
channel_add_handshake(struct channel *ch, struct handshake *handshake)
{
	struct handshake **last = &ch->handshakes;

	while (*last != NULL)
		last = &(*last)->next;
	*last = handshake;
}

static void
mark_done(struct channel *ch, const struct handshake *done)
{
	if (ch->mark_count == CHANNEL_MARKS)
		return;
	ch->marks[ch->mark_count++] =
	    (struct handshake_mark){ .name = done->ops->name,
		    .start_ns = done->start_ns,
		    .end_ns = clock_ns() };
}

int
channel_handshake(struct channel *ch)
{
	while (ch->handshakes != NULL) {
		struct handshake *first = ch->handshakes;
		int result;

		if (first->start_ns == 0)
			first->start_ns = clock_ns();
		result = first->ops->run(first, ch);
		if (result != 0)
			return result;
		if (ch->handshakes != first)
			continue; /* it starts over */
		mark_done(ch, first);
		handshake_drop(ch);
	}
	return 0;
}

bool
channel_prepare_handshake(
    struct channel *ch, struct pollset *set, int64_t *deadline_ms)
{
	struct handshake *first = ch->handshakes;

	if (first == NULL)
		return true;
	if (first->ops->prepare != NULL) {
		first->ops->prepare(first, ch, set, deadline_ms);
		return false;
	}
	channel_prepare(ch, set, CH_READ | CH_WRITE);
	return ch->rwait == 0 && ch->wwait == 0;
}

void
channel_expire_handshake(struct channel *ch)
{
	struct handshake *first = ch->handshakes;

	if (first != NULL && first->ops->expire != NULL)
		first->ops->expire(first);
}

void
channel_reconnect(struct channel *ch, struct handshake *handshake)
{
	if (ch->rfd != -1)
		close(ch->rfd);
	ch->rfd = ch->wfd = -1;
	ch->rwait = ch->wwait = 0;
	handshake->next = ch->handshakes;
	ch->handshakes = handshake;
}

bool
channel_has_input(const struct channel *ch)
{
	return ch->rfd != -1 || (ch->flags & CH_MEMORY);
}

ssize_t
channel_read(struct channel *ch, void *bytes, size_t n)
{
	return ch->ops->read(ch, bytes, n);
}

ssize_t
channel_write(struct channel *ch, const void *bytes, size_t n)
{
	ssize_t put = ch->ops->write(ch, bytes, n);

	if (put == IO_ERROR && ch->error_code == EPIPE &&
	    (ch->flags & CH_INDIFFERENT))
		return (ssize_t)n;
	return put;
}

int
channel_shut(struct channel *ch)
{
	int result = ch->flags & CH_SHUT ? 0 : ch->ops->shut(ch);

	if (result == 0)
		ch->flags |= CH_SHUT;
	return result;
}

int
channel_fail(struct channel *ch, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ch->error, sizeof(ch->error), fmt, ap);
	va_end(ap);
	ch->error_code = 0;
	return IO_ERROR;
}

int
channel_fail_errno(struct channel *ch, int error)
{
	channel_fail(ch, "%s", strerror(error));
	ch->error_code = error;
	return IO_ERROR;
}

void
channel_prepare(struct channel *ch, struct pollset *set, unsigned wanted)
{
	short in = (wanted & CH_READ) ? ch->rwait : 0;
	short out = (wanted & CH_WRITE) ? ch->wwait : 0;
	bool watch = (wanted & CH_WATCH) != 0;

	ch->rslot = ch->wslot = -1;
	if (ch->rfd == ch->wfd) {
		if (ch->rfd != -1 && (in != 0 || out != 0 || watch))
			ch->rslot = ch->wslot =
			    pollset_add(set, ch->rfd, in | out);
		return;
	}
	if (ch->rfd != -1 && in != 0)
		ch->rslot = pollset_add(set, ch->rfd, in);
	if (ch->wfd != -1 && (out != 0 || watch))
		ch->wslot = pollset_add(set, ch->wfd, out);
}

void
channel_collect(struct channel *ch, const struct pollset *set)
{
	short in = pollset_got(set, ch->rslot);
	short out = pollset_got(set, ch->wslot);
	const short ended = POLLERR | POLLHUP | POLLNVAL;

	if (in & (ch->rwait | ended))
		ch->rwait = 0;
	if (out & (ch->wwait | ended))
		ch->wwait = 0;
	if ((out & ended) && !(ch->flags & CH_INDIFFERENT))
		ch->lost = true;
	ch->rslot = ch->wslot = -1;
}

bool
channel_has_news(const struct channel *ch, const struct pollset *set)
{
	return pollset_got(set, ch->rslot) != 0 ||
	    pollset_got(set, ch->wslot) != 0;
}
