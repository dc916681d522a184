/* SPDX-License-Identifier: ISC */
/* test_tls_selfsigned.c - a key and a certificate for this run */
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stddef.h>
#include <string.h>

#include "papers.h"
#include "support.h"
#include "tls_certificate.h"
#include "tls_selfsigned.h"

#define LABEL "abcdefghijklmnopqrstuvwxyz-0123456789-abcdefghijklmnopqrst"

static const char *const names[] = { "a.example", "localhost", "127.0.0.1",
	"2001:db8::1", LABEL "." LABEL "." LABEL ".example" };

struct rig {
	struct tls_keypair pair;
	X509 *cert; /* read from its PEM */
	EVP_PKEY *key;
	struct tls_certificate facts;
};

static void
rig_init(struct rig *r, const char *const *list, size_t count)
{
	BIO *bio;

	ck_assert_int_eq(
	    tls_selfsigned_make(papers_library(), list, count, &r->pair), 0);
	bio = BIO_new_mem_buf(r->pair.cert, (int)r->pair.cert_len);
	r->cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	bio = BIO_new_mem_buf(r->pair.key, (int)r->pair.key_len);
	r->key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	ck_assert_ptr_nonnull(r->cert);
	ck_assert_ptr_nonnull(r->key);
	tls_certificate_facts(papers_library(), r->cert, &r->facts);
}

static void
rig_free(struct rig *r)
{
	X509_free(r->cert);
	EVP_PKEY_free(r->key);
	tls_keypair_free(&r->pair);
}

START_TEST(it_is_for_all_the_names)
{
	struct rig r;

	rig_init(&r, names, COUNT(names));
	ck_assert_str_eq(r.facts.subject, "CN = a.example");
	ck_assert_str_eq(r.facts.issuer, "CN = a.example");
	ck_assert_str_eq(r.facts.names,
	    "a.example, localhost, 127.0.0.1, 2001:db8::1, " LABEL "." LABEL
	    "." LABEL ".example");
	for (size_t i = 0; i < COUNT(names); i++)
		ck_assert(
		    tls_certificate_names(papers_library(), r.cert, names[i]));
	ck_assert(
	    !tls_certificate_names(papers_library(), r.cert, "127.0.0.2"));
	rig_free(&r);
}
END_TEST

START_TEST(it_says_what_it_may_be_used_for)
{
	struct rig r;

	rig_init(&r, names, 1);
	ck_assert_int_eq(X509_get_version(r.cert), X509_VERSION_3);
	ck_assert_uint_eq(X509_get_key_usage(r.cert), KU_DIGITAL_SIGNATURE);
	ck_assert_uint_eq(X509_get_extended_key_usage(r.cert),
	    XKU_SSL_SERVER | XKU_SSL_CLIENT);
	ck_assert_int_eq(X509_check_ca(r.cert), 0);
	ck_assert_int_eq(
	    X509_check_purpose(r.cert, X509_PURPOSE_SSL_SERVER, 0), 1);
	ck_assert_int_eq(
	    X509_check_purpose(r.cert, X509_PURPOSE_SSL_CLIENT, 0), 1);
	ck_assert(r.facts.self_signed);
	rig_free(&r);
}
END_TEST

START_TEST(its_key_is_p256_and_signed_it)
{
	struct rig r;
	char group[32];

	rig_init(&r, names, 1);
	ck_assert_int_eq(
	    EVP_PKEY_get_group_name(r.key, group, sizeof(group), NULL), 1);
	ck_assert_str_eq(group, "prime256v1");
	ck_assert_int_eq(X509_check_private_key(r.cert, r.key), 1);
	ck_assert_int_eq(X509_verify(r.cert, r.key), 1);
	ck_assert_int_eq(X509_get_signature_nid(r.cert), NID_ecdsa_with_SHA256);
	ck_assert_str_eq(r.pair.pin, r.facts.pin);
	rig_free(&r);
}
END_TEST

START_TEST(it_is_good_from_an_hour_ago_for_a_year)
{
	struct rig r;
	ASN1_TIME *now;
	int days, seconds;

	rig_init(&r, names, 1);
	now = X509_gmtime_adj(NULL, 0);
	ck_assert_int_eq(
	    ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(r.cert), now),
	    1);
	ck_assert_int_eq(days, 0);
	ck_assert_int_ge(seconds, HOUR);
	ck_assert_int_le(seconds, HOUR + PATIENCE_MS / 1000);
	ck_assert_int_eq(
	    ASN1_TIME_diff(&days, &seconds, now, X509_get0_notAfter(r.cert)),
	    1);
	ck_assert_int_ge(days, 364);
	ck_assert_int_le(days, 365);
	ASN1_TIME_free(now);
	rig_free(&r);
}
END_TEST

START_TEST(no_two_are_alike)
{
	struct rig a, b;
	const ASN1_INTEGER *serial;

	rig_init(&a, names, 1);
	rig_init(&b, names, 1);
	ck_assert_str_ne(a.pair.pin, b.pair.pin);
	ck_assert_int_eq(EVP_PKEY_eq(a.key, b.key), 0);
	serial = X509_get0_serialNumber(a.cert);
	ck_assert_int_ne(
	    ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(b.cert)), 0);
	ck_assert_int_eq(serial->length, 16);
	ck_assert_int_eq(serial->type, V_ASN1_INTEGER);
	rig_free(&a);
	rig_free(&b);
}
END_TEST

START_TEST(who_trusts_it_as_a_ca_trusts_it)
{
	struct rig r;
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	rig_init(&r, names, 1);
	X509_STORE_add_cert(store, r.cert);
	X509_STORE_CTX_init(ctx, store, r.cert, NULL);
	X509_STORE_CTX_set_default(ctx, "ssl_server");
	ck_assert_int_eq(X509_verify_cert(ctx), 1);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	rig_free(&r);
}
END_TEST

START_TEST(a_long_name_is_cut_in_the_subject_only)
{
	struct rig r;

	rig_init(&r, &names[4], 1);
	ck_assert_uint_eq(strlen(r.facts.subject), strlen("CN = ") + 64);
	ck_assert_str_eq(r.facts.names, names[4]);
	rig_free(&r);
}
END_TEST

static void *
nothing(void)
{
	return NULL;
}

#define MEMBER(name) offsetof(struct tls_library, name)

/* What has no memory gives 0 or NULL. */
static const size_t fallible[] = { MEMBER(EVP_PKEY_CTX_new_from_name),
	MEMBER(EVP_PKEY_keygen_init), MEMBER(EVP_PKEY_CTX_set_group_name),
	MEMBER(EVP_PKEY_generate), MEMBER(X509_new), MEMBER(X509_set_version),
	MEMBER(ASN1_STRING_set), MEMBER(X509_gmtime_adj),
	MEMBER(X509_NAME_add_entry_by_txt), MEMBER(X509_set_issuer_name),
	MEMBER(X509_set_pubkey), MEMBER(X509V3_EXT_nconf_nid),
	MEMBER(X509_add_ext), MEMBER(GENERAL_NAME_new),
	MEMBER(GENERAL_NAMES_new), MEMBER(ASN1_STRING_type_new),
	MEMBER(OPENSSL_sk_push), MEMBER(X509_add1_ext_i2d), MEMBER(X509_sign),
	MEMBER(BIO_new), MEMBER(PEM_write_bio_X509),
	MEMBER(PEM_write_bio_PrivateKey) };

START_TEST(whatever_fails_makes_none)
{
	void *(*const failing)(void) = nothing;

	for (size_t i = 0; i < COUNT(fallible); i++) {
		struct tls_library broken = *papers_library();
		struct tls_keypair pair;

		memcpy(
		    (char *)&broken + fallible[i], &failing, sizeof(failing));
		ck_assert_int_eq(
		    tls_selfsigned_make(&broken, names, COUNT(names), &pair),
		    -1);
		ck_assert_ptr_null(pair.key);
		ck_assert_ptr_null(pair.cert);
	}
}
END_TEST

START_TEST(a_key_that_was_freed_is_gone)
{
	struct tls_keypair pair = { 0 };

	tls_keypair_free(&pair);
	ck_assert_int_eq(
	    tls_selfsigned_make(papers_library(), names, 1, &pair), 0);
	tls_keypair_free(&pair);
	ck_assert_ptr_null(pair.key);
	ck_assert_ptr_null(pair.cert);
	ck_assert_str_eq(pair.pin, "");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_is_for_all_the_names,
		it_says_what_it_may_be_used_for,
		its_key_is_p256_and_signed_it,
		it_is_good_from_an_hour_ago_for_a_year,
		no_two_are_alike,
		who_trusts_it_as_a_ca_trusts_it,
		a_long_name_is_cut_in_the_subject_only,
		whatever_fails_makes_none,
		a_key_that_was_freed_is_gone,
	};
	int failed = run_tests("tls_selfsigned", tests, COUNT(tests));

	return failed != 0;
}
