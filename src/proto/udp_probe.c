/* SPDX-License-Identifier: ISC */
/* udp_probe.c - the handshake that finds out whether a UDP port answers */
#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "udp_probe.h"
#include "xalloc.h"

struct udp_probe {
	struct handshake handshake; /* first: it is a handshake */
	int port;
	probe_fn *failed;
	void *arg;
	int64_t next_ms; /* when to ask again */
};

/* RFC 1035 section 4.1: one question, for the name servers of the root */
static const uint8_t dns[] = { 'n', 'x', 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	0, 1 };
/* RFC 5905 section 7.3: version 4, mode 3 (client) */
static const uint8_t ntp[48] = { 0x23 };

static const struct question {
	int port;
	const uint8_t *bytes;
	size_t len;
} questions[] = { { 53, dns, sizeof(dns) }, { 123, ntp, sizeof(ntp) },
	{ 0, (const uint8_t *)"", 0 } };

static const struct question *
question_for(int port)
{
	const struct question *q = questions;

	while (q->port != 0 && q->port != port)
		q++;
	return q;
}

static int
fail(const struct udp_probe *p, int error)
{
	p->failed(error, p->arg);
	return IO_ERROR;
}

/* Of an answer no byte is wanted: that it is too long is no failure, and has
 * no errno. */
static bool
is_answer(const struct channel *ch, ssize_t got)
{
	return got >= 0 || (got == IO_ERROR && ch->error_code == 0);
}

static int
probe_run(struct handshake *handshake, struct channel *ch)
{
	struct udp_probe *p = (struct udp_probe *)handshake;
	const struct question *q = question_for(p->port);
	int64_t now_ms = clock_ms();
	uint8_t byte;
	ssize_t got = channel_read(ch, &byte, 1);

	if (is_answer(ch, got))
		return 0;
	if (got == IO_ERROR)
		return fail(p, ch->error_code);
	if (now_ms < p->next_ms)
		return IO_WAIT;
	p->next_ms = now_ms + UDP_PROBE_INTERVAL_MS;
	if (channel_write(ch, q->bytes, q->len) != IO_ERROR)
		return IO_WAIT;
	return fail(p, ch->error_code);
}

static void
probe_prepare(struct handshake *handshake, struct channel *ch,
    struct pollset *set, int64_t *deadline_ms)
{
	const struct udp_probe *p = (const struct udp_probe *)handshake;

	clock_lower(deadline_ms, p->next_ms);
	ch->rwait = POLLIN;
	channel_prepare(ch, set, CH_READ);
}

static void
probe_expire(struct handshake *handshake)
{
	const struct udp_probe *p = (const struct udp_probe *)handshake;

	p->failed(ETIMEDOUT, p->arg);
}

static void
probe_free(struct handshake *handshake)
{
	free(handshake);
}

static const struct handshake_ops probe_ops = {
	.name = "probe",
	.prepare = probe_prepare,
	.run = probe_run,
	.expire = probe_expire,
	.free = probe_free,
};

struct handshake *
udp_probe_handshake(int port, probe_fn *failed, void *arg)
{
	struct udp_probe *p = xcalloc(1, sizeof(*p));

	*p = (struct udp_probe){ .handshake.ops = &probe_ops,
		.port = port,
		.failed = failed,
		.arg = arg };
	return &p->handshake;
}
