/* SPDX-License-Identifier: ISC */
/* digest.c - the digest of bytes as they come, by libmd */
#include <sys/types.h>

#include <sha2.h>
#include <stdlib.h>

#include "digest.h"
#include "xalloc.h"

static const struct method {
	const char *name;
	size_t size; /* bytes */
	void (*begin)(SHA2_CTX *);
	void (*add)(SHA2_CTX *, const uint8_t *, size_t);
	void (*end)(uint8_t *, SHA2_CTX *);
} methods[] = {
	[DIGEST_SHA256] = { "sha256", SHA256_DIGEST_LENGTH, SHA256Init,
	    SHA256Update, SHA256Final },
	[DIGEST_SHA384] = { "sha384", SHA384_DIGEST_LENGTH, SHA384Init,
	    SHA384Update, SHA384Final },
	[DIGEST_SHA512] = { "sha512", SHA512_DIGEST_LENGTH, SHA512Init,
	    SHA512Update, SHA512Final },
};

struct md_digest {
	struct digest digest; /* first: it is a digest */
	SHA2_CTX context;
};

const char *
digest_name(enum digest_kind kind)
{
	return methods[kind].name;
}

size_t
digest_size(enum digest_kind kind)
{
	return methods[kind].size;
}

static void
md_add(struct digest *digest, const void *bytes, size_t n)
{
	struct md_digest *md = (struct md_digest *)digest;

	methods[digest->kind].add(&md->context, bytes, n);
}

static bool
md_end(struct digest *digest, uint8_t out[static DIGEST_BYTES])
{
	struct md_digest *md = (struct md_digest *)digest;

	methods[digest->kind].end(out, &md->context);
	return true;
}

static void
md_free(struct digest *digest)
{
	free(digest);
}

static const struct digest_ops md_ops = {
	.name = "libmd",
	.add = md_add,
	.end = md_end,
	.free = md_free,
};

struct digest *
digest_new(enum digest_kind kind)
{
	struct md_digest *md = xcalloc(1, sizeof(*md));

	md->digest = (struct digest){ .ops = &md_ops, .kind = kind };
	methods[kind].begin(&md->context);
	return &md->digest;
}
