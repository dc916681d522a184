/* SPDX-License-Identifier: ISC */
/* tls_session.c - the handshake that turns a channel into a TLS one */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "tls_inside.h"
#include "tls_session.h"
#include "tls_trust.h"
#include "xalloc.h"

/* RFC 8446 section 5.1 */
#define RECORD_ALERT     21
#define RECORD_HANDSHAKE 22

struct session {
	struct handshake handshake; /* first: it is a handshake */
	struct tls_request request;
	struct tls_stream *stream; /* owned until it is over; NULL: not begun */
	SSL *ssl;                  /* borrowed from libtls */
	bool agreed;               /* what is left is to send */
	int64_t begin_us;
	struct tls_trust trust;
	struct tls_verdict verdict;
};

/* OpenSSL asks; an SSL that is not in its handshake has none of us. */
static int
judge(X509_STORE_CTX *certificates, void *arg)
{
	const struct tls_library *lib = arg;
	SSL *ssl = lib->X509_STORE_CTX_get_ex_data(
	    certificates, lib->SSL_get_ex_data_X509_STORE_CTX_idx());
	struct session *s = lib->SSL_get_ex_data(ssl, lib->index);

	if (s == NULL)
		return 0;
	return tls_trust_judge(lib, &s->trust, certificates, &s->verdict);
}

static bool
spoke_tls(const struct tls_stream *stream)
{
	return stream->said[0] == '\0' || stream->said[0] == RECORD_HANDSHAKE ||
	    stream->said[0] == RECORD_ALERT;
}

static int
fail(struct session *s, struct channel *ch, int error_code, const char *why)
{
	if (s->request.failed != NULL)
		s->request.failed(why, error_code, s->request.arg);
	channel_fail(ch, "%s", why);
	ch->error_code = error_code;
	return IO_ERROR;
}

static int
not_agreed(struct session *s, struct channel *ch)
{
	const struct tls_stream *stream = s->stream;
	const char *alert = tls_stream_alert(stream);
	const char *words = tls_stream_words(stream);
	char text[TLS_WHY_LEN];

	if (s->verdict.why[0] != '\0') {
		if (s->request.refused != NULL)
			s->request.refused(
			    &s->verdict.certificate, s->request.arg);
		return fail(s, ch, 0, s->verdict.why);
	}
	if (alert != NULL) {
		snprintf(text, sizeof(text), "the peer refuses: %s", alert);
		return fail(s, ch, 0, text);
	}
	if (!spoke_tls(stream)) {
		snprintf(text, sizeof(text),
		    "the peer does not speak TLS: it said \"%.*s\"",
		    (int)strcspn(stream->said, "\r\n"), stream->said);
		return fail(s, ch, 0, text);
	}
	if (stream->recv_error != 0)
		return fail(
		    s, ch, stream->recv_error, strerror(stream->recv_error));
	if (stream->fin)
		return fail(s, ch, 0, "the peer closed the connection");
	return fail(s, ch, 0, words == NULL ? "not agreed" : words);
}

static int
begin(struct session *s, struct channel *ch)
{
	const struct tls_request *request = &s->request;
	struct tls_context *c = request->context;
	const struct tls_library *lib = &c->library;
	const char *why;

	log_step(ch->about, "TLS handshake begins%s%s",
	    request->sni == NULL ? "" : " with ",
	    request->sni == NULL ? "" : request->sni);
	s->begin_us = clock_us();
	s->trust = (struct tls_trust){ .chain = c->chain,
		.name = request->name,
		.pins = c->pins,
		.pin_count = c->pin_count,
		.known = c->known,
		.known_as = request->known_as == NULL ?
		    NULL :
		    request->known_as(request->arg) };
	s->stream = tls_stream_new(ch);
	s->stream->library = lib;
	s->stream->tls =
	    tls_context_start(c, request->sni, s->stream, &s->ssl, &why);
	if (why != NULL)
		return fail(s, ch, 0, why);
	lib->SSL_set_ex_data(s->ssl, lib->index, s);
	lib->SSL_CTX_set_cert_verify_callback(
	    lib->SSL_get_SSL_CTX(s->ssl), judge, &c->library);
	return 0;
}

static void
copy(char *to, size_t size, const char *from)
{
	strlcpy(to, from == NULL ? "" : from, size);
}

static int
finish(struct session *s, struct channel *ch)
{
	struct tls_stream *stream = s->stream;
	const struct tls_library *lib = stream->library;
	const char *why = NULL;
	struct tls_facts facts = { .peer = s->verdict.certificate,
		.known_first = s->verdict.known_first,
		.trusted = s->trust.chain || s->trust.pin_count > 0 ||
		    s->trust.known != NULL,
		.took_us = clock_us() - s->begin_us };

	copy(facts.version, sizeof(facts.version),
	    lib->tls_conn_version(stream->tls));
	copy(facts.cipher, sizeof(facts.cipher),
	    lib->tls_conn_cipher(stream->tls));
	copy(facts.alpn, sizeof(facts.alpn),
	    lib->tls_conn_alpn_selected(stream->tls));
	log_step(ch->about, "TLS handshake took %.3f ms: %s, %s",
	    (double)facts.took_us / 1e3, facts.version, facts.cipher);
	/* without a certificate, as some suites are, nobody asked us */
	if (facts.trusted && facts.peer.pin[0] == '\0')
		why = "the peer has shown no certificate";
	else if (s->request.done != NULL)
		why = s->request.done(&facts, s->request.arg);
	if (why != NULL)
		return fail(s, ch, 0, why);
	lib->SSL_set_ex_data(s->ssl, lib->index, NULL);
	s->stream = NULL;
	tls_stream_use(stream);
	channel_acknowledge(ch); /* no ticket is sent that would do it */
	return 0;
}

static int
session_run(struct handshake *handshake, struct channel *ch)
{
	struct session *s = (struct session *)handshake;
	int result = 0, sent;

	if (s->stream == NULL && begin(s, ch) == IO_ERROR)
		return IO_ERROR;
	if (!s->agreed)
		result = s->stream->library->tls_handshake(s->stream->tls);
	s->agreed = result == 0;
	if (result == -1) {
		result = not_agreed(s, ch);
		tls_stream_flush(s->stream); /* the alert */
		return result;
	}
	sent = tls_stream_flush(s->stream);
	if (s->agreed && sent != IO_WAIT)
		return finish(s, ch);
	ch->rwait = result == TLS_WANT_POLLIN ? POLLIN : 0;
	if (sent != IO_WAIT)
		ch->wwait = 0;
	return IO_WAIT;
}

static void
session_expire(struct handshake *handshake)
{
	const struct session *s = (const struct session *)handshake;

	if (s->request.failed != NULL)
		s->request.failed(
		    strerror(ETIMEDOUT), ETIMEDOUT, s->request.arg);
}

static void
session_free(struct handshake *handshake)
{
	struct session *s = (struct session *)handshake;

	tls_stream_free(s->stream);
	free(s);
}

static const struct handshake_ops session_ops = {
	.name = "tls",
	.run = session_run,
	.expire = session_expire,
	.free = session_free,
};

struct handshake *
tls_handshake_new(const struct tls_request *request)
{
	struct session *s = xcalloc(1, sizeof(*s));

	s->handshake.ops = &session_ops;
	s->request = *request;
	return &s->handshake;
}
