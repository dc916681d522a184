/* SPDX-License-Identifier: ISC */
/* test_digest.c - the digest of bytes as they come, and the tap for it */
#include <stdlib.h>

#include "digest_tap.h"
#include "support.h"

/* FIPS 180-4, examples of NIST: of nothing, and of two texts */
static const struct vector {
	enum digest_kind kind;
	const char *text, *want;
} vectors[] = {
	{ DIGEST_SHA256, "",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85"
	    "5" },
	{ DIGEST_SHA256, "abc",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a"
	    "d" },
	{ DIGEST_SHA256,
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c"
	    "1" },
	{ DIGEST_SHA384, "",
	    "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
	    "274edebfe76f65fbd51ad2f14898b95b" },
	{ DIGEST_SHA384, "abc",
	    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	    "8086072ba1e7cc2358baeca134c825a7" },
	{ DIGEST_SHA512, "",
	    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3"
	    "e" },
	{ DIGEST_SHA512, "abc",
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49"
	    "f" },
	{ DIGEST_SHA512,
	    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
	    "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	    "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
	    "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be90"
	    "9" },
};

static void
see(struct tap *tap, const char *text, size_t n)
{
	tap->ops->see(tap, NULL, (const uint8_t *)text, n);
}

START_TEST(digests_are_those_of_the_standard_however_they_are_split)
{
	for (size_t i = 0; i < COUNT(vectors); i++) {
		const struct vector *v = &vectors[i];
		size_t len = strlen(v->text);

		for (size_t cut = 0; cut <= len; cut++) {
			struct tap *list = NULL;
			char text[DIGEST_TEXT];

			taps_add(&list, digest_tap(digest_new(v->kind), text));
			ck_assert_str_eq(text, "");
			see(list, v->text, cut);
			see(list, v->text + cut, len - cut);
			digest_taps_end(list);
			ck_assert_str_eq(text, v->want);
			taps_free(list);
		}
	}
}
END_TEST

START_TEST(a_million_bytes_one_by_one)
{
	struct tap *list = NULL;
	char text[DIGEST_TEXT];

	taps_add(&list, digest_tap(digest_new(DIGEST_SHA256), text));
	for (int i = 0; i < 1000000; i++)
		see(list, "a", 1);
	digest_taps_end(list);
	ck_assert_str_eq(text,
	    "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
	taps_free(list);
}
END_TEST

START_TEST(its_name_and_its_size)
{
	ck_assert_str_eq(digest_name(DIGEST_SHA256), "sha256");
	ck_assert_str_eq(digest_name(DIGEST_SHA384), "sha384");
	ck_assert_str_eq(digest_name(DIGEST_SHA512), "sha512");
	ck_assert_uint_eq(digest_size(DIGEST_SHA256), 32);
	ck_assert_uint_eq(digest_size(DIGEST_SHA384), 48);
	ck_assert_uint_eq(digest_size(DIGEST_SHA512), DIGEST_BYTES);
}
END_TEST

START_TEST(what_comes_after_its_end_is_not_seen)
{
	struct tap *list = NULL;
	char text[DIGEST_TEXT];

	taps_add(&list, digest_tap(digest_new(DIGEST_SHA256), text));
	see(list, "abc", 3);
	digest_taps_end(list);
	see(list, "d", 1);
	digest_taps_end(list);
	ck_assert_str_eq(text, vectors[1].want);
	taps_free(list);
}
END_TEST

static void
drop(struct tap *tap)
{
	free(tap);
}

START_TEST(other_taps_are_left_alone)
{
	static const struct tap_ops other_ops = { .name = "other",
		.free = drop };
	char text[2][DIGEST_TEXT];
	struct tap *list = NULL;

	taps_add(&list, digest_tap(digest_new(DIGEST_SHA256), text[0]));
	taps_add(&list, calloc(1, sizeof(struct tap)));
	list->next->ops = &other_ops;
	taps_add(&list, digest_tap(digest_new(DIGEST_SHA384), text[1]));
	digest_taps_end(list);
	ck_assert_str_eq(text[0], vectors[0].want);
	ck_assert_str_eq(text[1], vectors[3].want);
	taps_free(list);
}
END_TEST

static bool
fail_at_end(struct digest *digest, uint8_t out[static DIGEST_BYTES])
{
	(void)digest;
	memset(out, 0, DIGEST_BYTES);
	return false;
}

static void
drop_digest(struct digest *digest)
{
	free(digest);
}

START_TEST(a_library_that_fails_gives_no_text)
{
	static const struct digest_ops failing = {
		.name = "failing", .end = fail_at_end, .free = drop_digest
	};
	struct digest *digest = calloc(1, sizeof(*digest));
	struct tap *list = NULL;
	char text[DIGEST_TEXT];

	ck_assert_ptr_nonnull(digest);
	digest->ops = &failing;
	taps_add(&list, digest_tap(digest, text));
	digest_taps_end(list);
	ck_assert_str_eq(text, "");
	taps_free(list);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		digests_are_those_of_the_standard_however_they_are_split,
		a_million_bytes_one_by_one,
		its_name_and_its_size,
		what_comes_after_its_end_is_not_seen,
		other_taps_are_left_alone,
		a_library_that_fails_gives_no_text,
	};
	int failed = run_tests("digest", tests, COUNT(tests));

	return failed != 0;
}
