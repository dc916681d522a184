/* SPDX-License-Identifier: ISC */
/* tls_stream.c - the bytes of a TLS session
 *
 * libtls reads and writes records in memory; here they are received and sent
 * many at a time.  A write counts once all of its records are with the system,
 * so that what is not sent is still the flow's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tls_inside.h"
#include "tls_session.h"
#include "xalloc.h"

/* bytes; RFC 8446 section 5.2 and RFC 5246 section 6.2.3, with what OpenSSL
 * adds at most */
#define RECORD_MAX (16 * 1024 + 512)
/* records that are sent at a time, and bytes that are received */
#define RECORDS   8
#define RECV_SIZE (128 * 1024)

/* What an alert is called in OpenSSL's words begins with one of these. */
static const char *const alert_prefixes[] = { "sslv3 alert ", "tlsv1 alert ",
	"tlsv13 alert " };

struct tls_stream *
tls_stream_new(struct channel *ch)
{
	struct tls_stream *s = xcalloc(1, sizeof(*s));

	s->channel = ch;
	buffer_init(&s->in, RECV_SIZE);
	buffer_init(&s->out, RECORDS * RECORD_MAX);
	return s;
}

void
tls_stream_free(struct tls_stream *s)
{
	if (s == NULL)
		return;
	if (s->tls != NULL)
		s->library->tls_free(s->tls);
	buffer_free(&s->in);
	buffer_free(&s->out);
	free(s);
}

/* The number of bytes, 0 at the end, TLS_WANT_POLLIN or -1. */
static ssize_t
receive(struct tls_stream *s)
{
	ssize_t got;

	do
		got = recv(s->channel->rfd, buffer_tail(&s->in),
		    buffer_room(&s->in), MSG_DONTWAIT);
	while (got == -1 && errno == EINTR);
	if (got > 0)
		buffer_added(&s->in, (size_t)got);
	if (got > 0 && s->said[0] == '\0')
		memcpy(s->said, buffer_head(&s->in),
		    (size_t)got < sizeof(s->said) ? (size_t)got :
						    sizeof(s->said) - 1);
	s->fin = got == 0;
	if (got == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return TLS_WANT_POLLIN;
	if (got == -1)
		s->recv_error = errno;
	return got;
}

ssize_t
tls_stream_pull(struct tls *tls, void *bytes, size_t n, void *arg)
{
	struct tls_stream *s = arg;

	(void)tls;
	if (s->in.len == 0) {
		ssize_t got;

		tls_stream_flush(s); /* it may be what the peer waits for */
		got = receive(s);
		if (got <= 0)
			return got;
	}
	if (n > s->in.len)
		n = s->in.len;
	memcpy(bytes, buffer_head(&s->in), n);
	buffer_consume(&s->in, n);
	return (ssize_t)n;
}

ssize_t
tls_stream_push(struct tls *tls, const void *bytes, size_t n, void *arg)
{
	struct tls_stream *s = arg;

	(void)tls;
	if (buffer_room(&s->out) < n)
		tls_stream_flush(s);
	if (n > buffer_room(&s->out))
		n = buffer_room(&s->out);
	if (n == 0)
		return TLS_WANT_POLLOUT;
	buffer_append(&s->out, bytes, n);
	return (ssize_t)n;
}

int
tls_stream_flush(struct tls_stream *s)
{
	struct channel *ch = s->channel;

	while (s->out.len > 0) {
		ssize_t put = send(ch->wfd, buffer_head(&s->out), s->out.len,
		    MSG_NOSIGNAL | MSG_DONTWAIT);

		if (put > 0)
			buffer_consume(&s->out, (size_t)put);
		else if (errno == EAGAIN || errno == EWOULDBLOCK ||
		    errno == ENOBUFS) {
			ch->wwait = POLLOUT;
			return IO_WAIT;
		} else if (errno != EINTR) {
			if (s->send_error == 0)
				s->send_error = errno;
			buffer_consume(&s->out, s->out.len);
		}
	}
	return s->send_error == 0 ? 0 : IO_ERROR;
}

const char *
tls_stream_alert(const struct tls_stream *s)
{
	unsigned long error = s->library->ERR_peek_error();
	const char *words = s->library->ERR_reason_error_string(error);

	if (ERR_GET_REASON(error) < SSL_AD_REASON_OFFSET || words == NULL)
		return NULL;
	for (size_t i = 0;
	     i < sizeof(alert_prefixes) / sizeof(alert_prefixes[0]); i++) {
		size_t len = strlen(alert_prefixes[i]);

		if (strncmp(words, alert_prefixes[i], len) == 0)
			return words + len;
	}
	return words;
}

const char *
tls_stream_words(const struct tls_stream *s)
{
	const struct tls_library *lib = s->library;
	const char *words = lib->ERR_reason_error_string(lib->ERR_peek_error());

	return words == NULL ? lib->tls_error(s->tls) : words;
}

/* After a reset that a write was told of there is only an end to be read. */
static int
lost_error(const struct tls_stream *s)
{
	if (s->recv_error != 0)
		return s->recv_error;
	return s->fin && s->send_error == ECONNRESET ? ECONNRESET : 0;
}

static int
fail(const struct tls_stream *s)
{
	const char *alert = tls_stream_alert(s), *words;
	int error = lost_error(s);

	if (alert != NULL) {
		channel_fail(s->channel, "the peer refuses: %s", alert);
		s->channel->error_code = TLS_REFUSED;
		return IO_ERROR;
	}
	if (error != 0)
		return channel_fail_errno(s->channel, error);
	if (s->fin)
		return channel_fail(
		    s->channel, "TLS stream cut off, no close_notify came");
	words = tls_stream_words(s);
	return channel_fail(s->channel, "%s", words == NULL ? "TLS" : words);
}

/* Why libtls gave no bytes: IO_WAIT, IO_EOF or IO_ERROR. */
static int
not_read(struct tls_stream *s, ssize_t result)
{
	tls_stream_flush(s); /* an alert, or an answer of its own */
	if (result == TLS_WANT_POLLIN || result == TLS_WANT_POLLOUT) {
		s->channel->rwait =
		    result == TLS_WANT_POLLIN ? POLLIN : POLLOUT;
		return IO_WAIT;
	}
	s->over = result == 0 && !s->fin ? IO_EOF : fail(s);
	return s->over;
}

static ssize_t
stream_read(struct channel *ch, void *bytes, size_t n)
{
	struct tls_stream *s = ch->state;
	size_t got = 0;
	ssize_t result = s->over;

	while (s->over == 0 && got < n) {
		result = s->library->tls_read(
		    s->tls, (uint8_t *)bytes + got, n - got);
		/* that was a record without data, such as a ticket */
		if (result == TLS_WANT_POLLIN && s->in.len > 0)
			continue;
		if (result <= 0) {
			result = not_read(s, result);
			break;
		}
		got += (size_t)result;
	}
	return got > 0 ? (ssize_t)got : result;
}

/* Records of what is written, as many as have room.  0, IO_WAIT, IO_ERROR */
static int
seal(struct tls_stream *s, const uint8_t *bytes, size_t n)
{
	while (s->taken < n && buffer_room(&s->out) >= RECORD_MAX) {
		ssize_t put = s->library->tls_write(
		    s->tls, bytes + s->taken, n - s->taken);

		if (put > 0)
			s->taken += (size_t)put;
		else if (put != TLS_WANT_POLLIN && put != TLS_WANT_POLLOUT)
			return fail(s);
		else if (s->taken > 0)
			break;
		else {
			s->channel->wwait =
			    put == TLS_WANT_POLLIN ? POLLIN : POLLOUT;
			return IO_WAIT;
		}
	}
	return 0;
}

static ssize_t
stream_write(struct channel *ch, const void *bytes, size_t n)
{
	struct tls_stream *s = ch->state;
	int result = s->taken > 0 ? 0 : seal(s, bytes, n);
	size_t taken;

	if (result != 0)
		return result;
	result = tls_stream_flush(s);
	if (result == IO_ERROR)
		return channel_fail_errno(ch, s->send_error);
	if (result == IO_WAIT)
		return IO_WAIT;
	taken = s->taken;
	s->taken = 0;
	return (ssize_t)taken;
}

/* RFC 8446 section 6.1: close_notify ends our direction only.  A peer that has
 * ended its own may have gone, and need not hear of it. */
static int
stream_shut(struct channel *ch)
{
	struct tls_stream *s = ch->state;
	size_t before = s->out.len;
	int result;

	if (!s->closed) {
		s->library->tls_close(s->tls);
		ch->farewell = s->out.len - before;
		s->closed = true;
	}
	result = tls_stream_flush(s);
	if (result != IO_ERROR)
		return result;
	if (s->over == IO_EOF && channel_unacked(ch) == 0)
		return 0;
	return channel_fail_errno(ch, s->send_error);
}

static void
stream_close(struct channel *ch)
{
	tls_stream_free(ch->state);
	close(ch->rfd);
}

static const struct channel_ops tls_ops = {
	.name = "tls",
	.read = stream_read,
	.write = stream_write,
	.shut = stream_shut,
	.close = stream_close,
};

void
tls_stream_use(struct tls_stream *s)
{
	struct channel *ch = s->channel;

	ch->ops = &tls_ops;
	ch->state = s;
	ch->rkind = ch->wkind = FD_OTHER;
	ch->flags |= CH_FAREWELL;
	ch->rwait = ch->wwait = 0;
}
