/* SPDX-License-Identifier: ISC */
/* test_tls_digest.c - digests by the libcrypto that TLS uses */
#include "support.h"
#include "tls_digest.h"

#define LENGTH_MAX 300

static void
finish(struct digest *digest, uint8_t out[static DIGEST_BYTES])
{
	memset(out, 0, DIGEST_BYTES);
	ck_assert(digest->ops->end(digest, out));
	digest->ops->free(digest);
}

/* Around the blocks of all of them, which have 64 or 128 bytes, and cut
 * anywhere. */
START_TEST(they_are_those_of_libmd)
{
	struct tls_digests *digests = tls_digests_load();
	struct rng rng = rng_of(1);
	uint8_t bytes[LENGTH_MAX], slow[DIGEST_BYTES], fast[DIGEST_BYTES];

	ck_assert_ptr_nonnull(digests);
	for (size_t n = 0; n < 3 * LENGTH_MAX; n++) {
		enum digest_kind kind = (enum digest_kind)(n % 3);
		size_t len = n / 3, cut = rng_below(&rng, len + 1);
		struct digest *one = digest_new(kind);
		struct digest *two = tls_digest_new(digests, kind);

		ck_assert_ptr_nonnull(two);
		ck_assert_str_eq(one->ops->name, "libmd");
		ck_assert_str_eq(two->ops->name, "libcrypto");
		ck_assert_int_eq(two->kind, kind);
		rng_fill(&rng, bytes, len);
		one->ops->add(one, bytes, len);
		two->ops->add(two, bytes, cut);
		two->ops->add(two, bytes + cut, len - cut);
		finish(one, slow);
		finish(two, fast);
		ck_assert_mem_eq(slow, fast, DIGEST_BYTES);
	}
	tls_digests_free(digests);
}
END_TEST

START_TEST(one_may_be_dropped_and_nothing_freed)
{
	struct tls_digests *digests = tls_digests_load();
	struct digest *digest;

	ck_assert_ptr_nonnull(digests);
	digest = tls_digest_new(digests, DIGEST_SHA512);
	ck_assert_ptr_nonnull(digest);
	digest->ops->add(digest, "abc", 3);
	digest->ops->free(digest);
	tls_digests_free(digests);
	tls_digests_free(NULL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		they_are_those_of_libmd,
		one_may_be_dropped_and_nothing_freed,
	};
	int failed = run_tests("tls_digest", tests, COUNT(tests));

	return failed != 0;
}
