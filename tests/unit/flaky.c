/* SPDX-License-Identifier: ISC */
/* flaky.c - a channel that gives and takes random shares */
#include <sys/eventfd.h>
#include <unistd.h>

#include "flaky.h"

void
flaky_init(struct flaky *f, uint64_t seed, size_t room)
{
	*f = (struct flaky){ .rng = rng_of(seed) };
	buffer_init(&f->taken, room);
	buffer_init(&f->refused, room);
}

void
flaky_free(struct flaky *f)
{
	buffer_free(&f->taken);
	buffer_free(&f->refused);
}

static bool
says_wait(struct flaky *f)
{
	return f->waits != 0 && rng_below(&f->rng, f->waits) == 0;
}

/* As TLS does, writing may wait for input and reading for room. */
static short
any_event(struct flaky *f)
{
	return rng_below(&f->rng, 4) == 0 ? POLLOUT : POLLIN;
}

static size_t
share_of(struct flaky *f, size_t n)
{
	if (f->share == 0 || n == 0)
		return n;
	return 1 + rng_below(&f->rng, n < f->share ? n : f->share);
}

static ssize_t
flaky_read(struct channel *ch, void *bytes, size_t n)
{
	struct flaky *f = ch->state;
	size_t left = f->input_len - f->given;

	f->reads++;
	if (says_wait(f)) {
		ch->rwait = any_event(f);
		return IO_WAIT;
	}
	if (left == 0)
		return f->read_error == 0 ?
		    IO_EOF :
		    channel_fail_errno(ch, f->read_error);
	n = share_of(f, n < left ? n : left);
	memcpy(bytes, f->input + f->given, n);
	f->given += n;
	if (says_wait(f))
		ch->rwait = any_event(f);
	return (ssize_t)n;
}

/* What was told to wait begins what comes next, and is asked for once. */
static bool
is_same(struct flaky *f, const void *bytes, size_t n)
{
	size_t len = f->refused.len;
	bool same = len == 0 ||
	    (n >= len && memcmp(bytes, buffer_head(&f->refused), len) == 0);

	buffer_consume(&f->refused, len);
	return same;
}

static ssize_t
flaky_write(struct channel *ch, const void *bytes, size_t n)
{
	struct flaky *f = ch->state;

	f->writes++;
	if (f->shuts > 0)
		f->late = true;
	if (!is_same(f, bytes, n))
		f->changed = true;
	if (says_wait(f)) {
		buffer_append(&f->refused, bytes, n);
		ch->wwait = any_event(f);
		return IO_WAIT;
	}
	if (f->write_error != 0 && f->taken.len >= f->take_max)
		return channel_fail_errno(ch, f->write_error);
	n = share_of(f, n);
	if (f->write_error != 0 && n > f->take_max - f->taken.len)
		n = f->take_max - f->taken.len;
	buffer_append(&f->taken, bytes, n);
	if (says_wait(f))
		ch->wwait = any_event(f);
	return (ssize_t)n;
}

static int
flaky_shut(struct channel *ch)
{
	struct flaky *f = ch->state;

	if (says_wait(f)) {
		ch->wwait = any_event(f);
		return IO_WAIT;
	}
	f->shuts++;
	return 0;
}

static void
flaky_close(struct channel *ch)
{
	struct flaky *f = ch->state;

	f->closes++;
	close(ch->rfd);
}

static const struct channel_ops flaky_ops = {
	.name = "flaky",
	.read = flaky_read,
	.write = flaky_write,
	.shut = flaky_shut,
	.close = flaky_close,
};

struct channel *
flaky_channel(struct flaky *f)
{
	struct channel *ch = channel_new(&flaky_ops);

	ch->state = f;
	ch->rfd = ch->wfd = eventfd(1, EFD_CLOEXEC);
	return ch;
}
