/* SPDX-License-Identifier: ISC */
/* tls_digest.c - digests by the libcrypto that TLS uses */
#include <stdlib.h>

#include "tls_digest.h"
#include "tls_library.h"
#include "xalloc.h"

struct tls_digests {
	struct tls_library library;
};

struct tls_digest {
	struct digest digest; /* first: it is a digest */
	const struct tls_library *library;
	EVP_MD_CTX *context;
	bool failed;
};

struct tls_digests *
tls_digests_load(void)
{
	struct tls_digests *digests = xcalloc(1, sizeof(*digests));

	if (tls_library_load(&digests->library) == NULL)
		return digests;
	tls_digests_free(digests);
	return NULL;
}

void
tls_digests_free(struct tls_digests *digests)
{
	if (digests == NULL)
		return;
	tls_library_free(&digests->library);
	free(digests);
}

static void
add(struct digest *digest, const void *bytes, size_t n)
{
	struct tls_digest *tls = (struct tls_digest *)digest;

	if (tls->library->EVP_DigestUpdate(tls->context, bytes, n) != 1)
		tls->failed = true;
}

static bool
end(struct digest *digest, uint8_t out[static DIGEST_BYTES])
{
	struct tls_digest *tls = (struct tls_digest *)digest;

	return tls->library->EVP_DigestFinal_ex(tls->context, out, NULL) == 1 &&
	    !tls->failed;
}

static void
tls_digest_free(struct digest *digest)
{
	struct tls_digest *tls = (struct tls_digest *)digest;

	tls->library->EVP_MD_CTX_free(tls->context);
	free(tls);
}

static const struct digest_ops tls_digest_ops = {
	.name = "libcrypto",
	.add = add,
	.end = end,
	.free = tls_digest_free,
};

struct digest *
tls_digest_new(const struct tls_digests *digests, enum digest_kind kind)
{
	const struct tls_library *library = &digests->library;
	const EVP_MD *const methods[] = {
		[DIGEST_SHA256] = library->EVP_sha256(),
		[DIGEST_SHA384] = library->EVP_sha384(),
		[DIGEST_SHA512] = library->EVP_sha512(),
	};
	struct tls_digest *tls = xcalloc(1, sizeof(*tls));

	tls->digest = (struct digest){ .ops = &tls_digest_ops, .kind = kind };
	tls->library = library;
	tls->context = library->EVP_MD_CTX_new();
	if (tls->context != NULL &&
	    library->EVP_DigestInit_ex(tls->context, methods[kind], NULL) == 1)
		return &tls->digest;
	tls_digest_free(&tls->digest);
	return NULL;
}
