/* SPDX-License-Identifier: ISC */
/* tls_rig.c - both ends of a TLS session in one process */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "support.h"
#include "tls_rig.h"

static const char *const server_names[] = { "localhost" };

void
tls_rig_init(struct tls_rig *r)
{
	*r = (struct tls_rig){
		.settings = {
			[CLIENT] = { .insecure = true },
			[SERVER] = { .server = true,
			    .names = server_names,
			    .name_count = COUNT(server_names) },
		},
	};
}

static const char *
note_agreement(
    struct tls_rig *r, enum tls_end end, const struct tls_facts *facts)
{
	r->facts[end] = *facts;
	r->agreed[end]++;
	return r->objection[end];
}

static const char *
client_agreed(const struct tls_facts *facts, void *arg)
{
	return note_agreement(arg, CLIENT, facts);
}

static const char *
server_agreed(const struct tls_facts *facts, void *arg)
{
	return note_agreement(arg, SERVER, facts);
}

static void
note_failure(
    struct tls_rig *r, enum tls_end end, const char *why, int error_code)
{
	snprintf(r->why[end], sizeof(r->why[end]), "%s", why);
	r->error_code[end] = error_code;
	r->failed[end]++;
}

static void
client_failed(const char *why, int error_code, void *arg)
{
	note_failure(arg, CLIENT, why, error_code);
}

static void
server_failed(const char *why, int error_code, void *arg)
{
	note_failure(arg, SERVER, why, error_code);
}

void
tls_rig_make(struct tls_rig *r, enum tls_end end)
{
	struct tls_why why = { 0 };

	r->context[end] = tls_context_new(&r->settings[end], &why);
	ck_assert_msg(r->context[end] != NULL, "%s", why.words);
}

void
tls_rig_open_end(struct tls_rig *r, enum tls_end end, int fd)
{
	const char *name = end == CLIENT ? r->name : NULL;
	struct tls_request request = { .sni = name,
		.name = name,
		.done = end == CLIENT ? client_agreed : server_agreed,
		.failed = end == CLIENT ? client_failed : server_failed,
		.arg = r };

	if (r->context[end] == NULL)
		tls_rig_make(r, end);
	request.context = r->context[end];
	r->ch[end] = channel_socket(fd);
	channel_add_handshake(r->ch[end], tls_handshake_new(&request));
}

void
tls_rig_open(struct tls_rig *r, const int fds[2])
{
	tls_rig_open_end(r, CLIENT, fds[0]);
	tls_rig_open_end(r, SERVER, fds[1]);
}

void
tls_rig_shake(struct tls_rig *r)
{
	bool busy = true;

	while (busy) {
		busy = false;
		for (int i = 0; i < TLS_ENDS; i++) {
			struct channel *ch = r->ch[i];

			if (ch == NULL || ch->handshakes == NULL ||
			    r->failed[i] > 0)
				continue;
			if ((ch->rwait == 0 && ch->wwait == 0) ||
			    channel_ready(ch, CH_READ | CH_WRITE)) {
				channel_handshake(ch);
				busy = true;
			}
		}
	}
}

void
tls_rig_connect(struct tls_rig *r)
{
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	tls_rig_open(r, fds);
	tls_rig_shake(r);
	for (int i = 0; i < TLS_ENDS; i++) {
		ck_assert_msg(r->failed[i] == 0, "%s", r->why[i]);
		ck_assert_uint_eq(r->agreed[i], 1);
		ck_assert(r->ch[i]->handshakes == NULL);
	}
}

void
tls_rig_free(struct tls_rig *r)
{
	for (int i = 0; i < TLS_ENDS; i++)
		channel_close(r->ch[i]);
	for (int i = 0; i < TLS_ENDS; i++)
		tls_context_free(r->context[i]);
}

void
tls_rig_expect(struct tls_rig *r, enum tls_end end, const char *text)
{
	char bytes[256];
	size_t len = 0;

	while (len < strlen(text)) {
		ssize_t got =
		    channel_read(r->ch[end], bytes + len, sizeof(bytes) - len);

		ck_assert_msg(got > 0, "%zd: %s", got, r->ch[end]->error);
		len += (size_t)got;
	}
	ck_assert_uint_eq(len, strlen(text));
	ck_assert_mem_eq(bytes, text, len);
}

int
tls_rig_read_end(struct tls_rig *r, enum tls_end end)
{
	char byte;
	ssize_t got = channel_read(r->ch[end], &byte, 1);

	ck_assert_msg(got < 0, "there is more");
	return (int)got;
}
