/* SPDX-License-Identifier: ISC */
/* tls_none.c - TLS where there is no libtls */
#include <string.h>

#include "tls_context.h"
#include "tls_digest.h"
#include "tls_session.h"

struct tls_context *
tls_context_new(const struct tls_settings *settings, struct tls_why *why)
{
	(void)settings;
	why->settings = true;
	strlcpy(
	    why->words, "this ncx was built without TLS", sizeof(why->words));
	return NULL;
}

void
tls_context_free(struct tls_context *c)
{
	(void)c;
}

const char *
tls_context_pin(const struct tls_context *c)
{
	(void)c;
	return NULL;
}

/* Without a context nobody asks for one. */
struct handshake *
tls_handshake_new(const struct tls_request *request)
{
	(void)request;
	return NULL;
}

struct tls_digests *
tls_digests_load(void)
{
	return NULL;
}

void
tls_digests_free(struct tls_digests *digests)
{
	(void)digests;
}

struct digest *
tls_digest_new(const struct tls_digests *digests, enum digest_kind kind)
{
	(void)digests;
	(void)kind;
	return NULL;
}
