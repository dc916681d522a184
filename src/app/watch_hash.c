/* SPDX-License-Identifier: ISC */
/* watch_hash.c - --hash: the digest of each direction, as sha256sum(1) has it
 */
#include <stdio.h>
#include <stdlib.h>

#include "digest_tap.h"
#include "log.h"
#include "tls_digest.h"
#include "watchers.h"
#include "xalloc.h"

struct hash_watch {
	enum digest_kind kind;
	bool many;               /* sessions: each is named */
	struct tls_digests *tls; /* NULL: there are none */
};

_Static_assert((int)HASH_SHA384 == (int)DIGEST_SHA384, "the same order");
_Static_assert((int)HASH_SHA512 == (int)DIGEST_SHA512, "the same order");

static void *
hash_open(struct watch *w, enum status *status)
{
	const struct options *o = w->options;
	struct hash_watch *hash;

	(void)status;
	if (o->hash == HASH_NONE)
		return NULL;
	hash = xcalloc(1, sizeof(*hash));
	hash->kind = (enum digest_kind)o->hash;
	hash->many = o->keep_open;
	hash->tls = tls_digests_load();
	return hash;
}

/* By the faster library, where it is there. */
static struct digest *
new_digest(const struct hash_watch *hash)
{
	struct digest *digest = NULL;

	if (hash->tls != NULL)
		digest = tls_digest_new(hash->tls, hash->kind);
	return digest != NULL ? digest : digest_new(hash->kind);
}

static void
hash_begin(void *state, struct session *s)
{
	const struct hash_watch *hash = state;

	s->hash_name = digest_name(hash->kind);
	for (size_t i = 0; i < 2; i++)
		taps_add(&s->relay->flow[i].taps,
		    digest_tap(new_digest(hash), s->hash[i]));
}

static void
print_digest(const struct hash_watch *hash, const struct session *s,
    const char *digest, const char *what, const char *whom)
{
	char where[ADDRESS_JOINED];

	if (digest[0] == '\0')
		log_error("%s of what was %s failed: out of memory",
		    s->hash_name, what);
	else if (hash->many)
		log_line("%s  %s %s %s, session %u", digest, what, whom,
		    address_join(&s->peer, where), s->number);
	else
		log_line("%s  %s", digest, what);
}

static void
hash_end(void *state, const struct session *s)
{
	const struct hash_watch *hash = state;

	if (s->relay == NULL)
		return;
	digest_taps_end(s->relay->flow[RELAY_INBOUND].taps);
	digest_taps_end(s->relay->flow[RELAY_OUTBOUND].taps);
	print_digest(hash, s, s->hash[RELAY_INBOUND], "received", "from");
	print_digest(hash, s, s->hash[RELAY_OUTBOUND], "sent", "to");
}

static enum status
hash_close(void *state)
{
	struct hash_watch *hash = state;

	tls_digests_free(hash->tls);
	free(hash);
	return STATUS_OK;
}

const struct watcher_ops watch_hash = {
	.name = "hash",
	.open = hash_open,
	.begin = hash_begin,
	.end = hash_end,
	.close = hash_close,
};
