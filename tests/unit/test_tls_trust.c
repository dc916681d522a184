/* SPDX-License-Identifier: ISC */
/* test_tls_trust.c - is this the peer that was meant? */
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "papers.h"
#include "support.h"
#include "tls_certificate.h"
#include "tls_trust.h"
#include "xalloc.h"

#define HOST "a.example"

/* A root, an intermediate below it, and somebody's own certificate. */
struct rig {
	struct issued root, middle, own;
	X509_STORE *store;
	STACK_OF(X509) * sent; /* besides its own */
	struct tls_trust trust;
	struct tls_verdict verdict;
	int error;       /* of the context, for the alert */
	char folder[32]; /* of the known peers; "": there is none */
	const char *pin[3];
};

static void
rig_init_papers(
    struct rig *r, struct paper root, struct paper middle, struct paper own)
{
	*r = (struct rig){ .trust = { .chain = true, .name = HOST } };
	root.subject = "a root";
	root.ca = true;
	r->root = papers_issue(&root);
	middle.subject = "a middle";
	middle.ca = true;
	middle.issuer = &r->root;
	r->middle = papers_issue(&middle);
	own.subject = "own";
	own.issuer = &r->middle;
	r->own = papers_issue(&own);
	r->store = X509_STORE_new();
	X509_STORE_add_cert(r->store, r->root.cert);
	r->sent = sk_X509_new_null();
	sk_X509_push(r->sent, r->middle.cert);
}

static void
rig_init(struct rig *r)
{
	rig_init_papers(r, (struct paper){ 0 }, (struct paper){ 0 },
	    (struct paper){ .names = "DNS:" HOST });
}

static void
rig_free(struct rig *r)
{
	sk_X509_free(r->sent);
	X509_STORE_free(r->store);
	papers_free(&r->root);
	papers_free(&r->middle);
	papers_free(&r->own);
	known_peers_free(r->trust.known);
	if (r->folder[0] != '\0')
		temp_folder_remove(r->folder);
}

/* As a client judges its server */
static bool
judged(struct rig *r)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int result;

	ck_assert_int_eq(
	    X509_STORE_CTX_init(ctx, r->store, r->own.cert, r->sent), 1);
	ck_assert_int_eq(X509_STORE_CTX_set_default(ctx, "ssl_server"), 1);
	memset(&r->verdict, 'x', sizeof(r->verdict));
	result = tls_trust_judge(papers_library(), &r->trust, ctx, &r->verdict);
	r->error = X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	ck_assert(result == 0 || result == 1);
	ck_assert_int_eq(result == 1, r->error == X509_V_OK);
	ck_assert_int_eq(result == 1, r->verdict.why[0] == '\0');
	ck_assert_str_eq(r->verdict.certificate.subject, "CN = own");
	return result == 1;
}

static void
check_trusted(struct rig *r)
{
	ck_assert_msg(judged(r), "%s", r->verdict.why);
}

static void
check_refused(struct rig *r, int error, const char *why)
{
	ck_assert(!judged(r));
	ck_assert_str_eq(r->verdict.why, why);
	ck_assert_int_eq(r->error, error);
	ck_assert(!r->verdict.known_first);
}

static const char *
pin_of(const struct rig *r)
{
	static struct tls_certificate facts;

	tls_certificate_facts(papers_library(), r->own.cert, &facts);
	return facts.pin;
}

static void
expect_pins(struct rig *r, const char *one, const char *two)
{
	r->pin[0] = one;
	r->pin[1] = two;
	r->trust = (struct tls_trust){ .pins = r->pin, .pin_count = 2 };
}

static void
revocations(struct rig *r, X509 *middle, X509 *own)
{
	X509_CRL *of_root = papers_revoke(&r->root, middle);
	X509_CRL *of_middle = papers_revoke(&r->middle, own);

	X509_STORE_add_crl(r->store, of_root);
	X509_STORE_add_crl(r->store, of_middle);
	X509_STORE_set_flags(
	    r->store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	X509_CRL_free(of_root);
	X509_CRL_free(of_middle);
}

/* The file of known peers with one line; NULL: it is not there. */
static void
know(struct rig *r, const char *line)
{
	char path[64];
	unsigned bad;
	FILE *f;

	temp_folder_make(r->folder);
	snprintf(path, sizeof(path), "%s/known", r->folder);
	if (line != NULL) {
		f = fopen(path, "w");
		ck_assert_ptr_nonnull(f);
		fprintf(f, "%s\n", line);
		fclose(f);
	}
	r->trust = (struct tls_trust){ .known_as = HOST ":443",
		.known = known_peers_read(path, &bad) };
	ck_assert_ptr_nonnull(r->trust.known);
}

START_TEST(a_chain_to_a_ca_and_the_right_name_are_trusted)
{
	struct rig r;

	rig_init(&r);
	check_trusted(&r);
	ck_assert(!r.verdict.known_first);
	ck_assert_str_eq(r.verdict.certificate.issuer, "CN = a middle");
	ck_assert_str_eq(r.verdict.certificate.pin, pin_of(&r));
	r.trust.name = NULL;
	check_trusted(&r);
	rig_free(&r);
}
END_TEST

START_TEST(the_name_has_to_be_the_right_one)
{
	struct rig r;

	rig_init(&r);
	r.trust.name = "b.example";
	check_refused(&r, X509_V_ERR_HOSTNAME_MISMATCH,
	    "name \"b.example\" is not in the certificate (it has a.example)");
	rig_free(&r);
	rig_init_papers(
	    &r, (struct paper){ 0 }, (struct paper){ 0 }, (struct paper){ 0 });
	check_refused(&r, X509_V_ERR_HOSTNAME_MISMATCH,
	    "name \"a.example\" is not in the certificate (it has no names)");
	rig_free(&r);
}
END_TEST

/* With the date of a certificate in it */
static void
check_dated(struct rig *r, int error, const char *fmt, const ASN1_TIME *date)
{
	char why[TLS_WHY_LEN];

	snprintf(why, sizeof(why), "certificate %s %s", fmt, papers_date(date));
	check_refused(r, error, why);
}

START_TEST(certificates_have_their_time)
{
	struct paper good = { .names = "DNS:" HOST };
	struct paper old = {
		.names = "DNS:" HOST, .from = -2 * DAY, .until = -DAY
	};
	struct paper young = {
		.names = "DNS:" HOST, .from = DAY, .until = 2 * DAY
	};
	struct rig r;

	rig_init_papers(&r, good, good, old);
	check_dated(&r, X509_V_ERR_CERT_HAS_EXPIRED, "expired on",
	    X509_get0_notAfter(r.own.cert));
	rig_free(&r);
	rig_init_papers(&r, good, good, young);
	check_dated(&r, X509_V_ERR_CERT_NOT_YET_VALID, "is not valid before",
	    X509_get0_notBefore(r.own.cert));
	rig_free(&r);
	rig_init_papers(&r, old, good, good);
	check_dated(&r, X509_V_ERR_CERT_HAS_EXPIRED,
	    "of \"CN = a root\" expired on", X509_get0_notAfter(r.root.cert));
	rig_free(&r);
	rig_init_papers(&r, good, young, good);
	check_dated(&r, X509_V_ERR_CERT_NOT_YET_VALID,
	    "of \"CN = a middle\" is not valid before",
	    X509_get0_notBefore(r.middle.cert));
	rig_free(&r);
}
END_TEST

START_TEST(who_signed_itself_says_its_pin)
{
	struct rig r;
	char why[TLS_WHY_LEN];

	rig_init(&r);
	papers_free(&r.own);
	r.own = papers_issue(
	    &(struct paper){ .subject = "own", .names = "DNS:" HOST });
	snprintf(why, sizeof(why), "certificate is self-signed (its pin is %s)",
	    pin_of(&r));
	check_refused(&r, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, why);
	X509_STORE_add_cert(r.store, r.own.cert);
	check_trusted(&r);
	rig_free(&r);
}
END_TEST

START_TEST(an_issuer_has_to_be_known)
{
	struct rig r;

	rig_init(&r);
	sk_X509_pop(r.sent);
	check_refused(&r, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	    "unknown issuer \"CN = a middle\"");
	sk_X509_push(r.sent, r.middle.cert);
	X509_STORE_free(r.store);
	r.store = X509_STORE_new();
	check_refused(&r, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	    "unknown issuer \"CN = a root\"");
	sk_X509_push(r.sent, r.root.cert);
	check_refused(&r, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
	    "unknown issuer \"CN = a root\"");
	rig_free(&r);
}
END_TEST

START_TEST(an_issuer_has_to_be_one)
{
	struct rig r;

	rig_init(&r);
	papers_free(&r.middle);
	r.middle = papers_issue(
	    &(struct paper){ .subject = "a middle", .issuer = &r.root });
	papers_free(&r.own);
	r.own = papers_issue(&(struct paper){
	    .subject = "own", .issuer = &r.middle, .names = "DNS:" HOST });
	sk_X509_pop(r.sent);
	sk_X509_push(r.sent, r.middle.cert);
	check_refused(&r, X509_V_ERR_INVALID_CA,
	    "certificate of \"CN = a middle\": invalid CA certificate");
	rig_free(&r);
}
END_TEST

START_TEST(revocations_are_kept)
{
	struct rig r;

	rig_init(&r);
	revocations(&r, NULL, NULL);
	check_trusted(&r);
	rig_free(&r);
	rig_init(&r);
	revocations(&r, NULL, r.own.cert);
	check_refused(&r, X509_V_ERR_CERT_REVOKED, "certificate is revoked");
	rig_free(&r);
	rig_init(&r);
	revocations(&r, r.middle.cert, NULL);
	check_refused(&r, X509_V_ERR_CERT_REVOKED,
	    "certificate of \"CN = a middle\" is revoked");
	rig_free(&r);
}
END_TEST

START_TEST(revocations_that_are_asked_for_have_to_be_there)
{
	struct rig r;

	rig_init(&r);
	X509_STORE_set_flags(r.store, X509_V_FLAG_CRL_CHECK);
	check_refused(&r, X509_V_ERR_UNABLE_TO_GET_CRL,
	    "no revocations of issuer \"CN = a middle\" are known");
	rig_free(&r);
}
END_TEST

START_TEST(a_pin_vouches_alone)
{
	struct rig r;
	char upper[TLS_PIN_LEN], why[TLS_WHY_LEN];

	rig_init_papers(&r, (struct paper){ 0 }, (struct paper){ 0 },
	    (struct paper){ .from = -2 * DAY, .until = -DAY });
	expect_pins(&r, "sha256:00", pin_of(&r));
	check_trusted(&r);
	strlcpy(upper, pin_of(&r), sizeof(upper));
	for (char *c = upper; *c != '\0'; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	expect_pins(&r, upper, "sha256:00");
	check_trusted(&r);
	expect_pins(&r, "sha256:00", "sha256:01");
	snprintf(why, sizeof(why),
	    "its pin is %s, which is not one of those expected", pin_of(&r));
	check_refused(&r, X509_V_ERR_CERT_REJECTED, why);
	rig_free(&r);
}
END_TEST

START_TEST(a_pin_does_not_replace_what_else_is_asked_for)
{
	struct rig r;

	rig_init(&r);
	expect_pins(&r, "sha256:00", pin_of(&r));
	r.trust.name = "b.example";
	check_refused(&r, X509_V_ERR_HOSTNAME_MISMATCH,
	    "name \"b.example\" is not in the certificate (it has a.example)");
	r.trust.name = HOST;
	check_trusted(&r);
	r.trust.chain = true;
	check_trusted(&r);
	sk_X509_pop(r.sent);
	check_refused(&r, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	    "unknown issuer \"CN = a middle\"");
	rig_free(&r);
}
END_TEST

START_TEST(who_is_known_has_to_stay_the_same)
{
	struct rig r;
	char line[200], why[TLS_WHY_LEN];

	rig_init(&r);
	snprintf(line, sizeof(line), "# peers\nA.Example:443 %s", pin_of(&r));
	know(&r, line);
	check_trusted(&r);
	ck_assert(!r.verdict.known_first);
	rig_free(&r);
	rig_init(&r);
	snprintf(line, sizeof(line), "# peers\n" HOST ":443 sha256:%064d", 7);
	know(&r, line);
	snprintf(why, sizeof(why),
	    "certificate has changed: its pin is %s, line 2 of %s has "
	    "sha256:%064d",
	    pin_of(&r), temp_path(r.folder, "known"), 7);
	check_refused(&r, X509_V_ERR_CERT_REJECTED, why);
	rig_free(&r);
}
END_TEST

START_TEST(who_is_new_is_trusted_and_to_be_added)
{
	struct rig r;

	rig_init(&r);
	know(&r, NULL);
	check_trusted(&r);
	ck_assert(r.verdict.known_first);
	r.trust.name = "b.example";
	check_refused(&r, X509_V_ERR_HOSTNAME_MISMATCH,
	    "name \"b.example\" is not in the certificate (it has a.example)");
	rig_free(&r);
}
END_TEST

START_TEST(nothing_asked_for_is_nothing_refused)
{
	struct rig r;

	rig_init_papers(&r, (struct paper){ 0 }, (struct paper){ 0 },
	    (struct paper){ .from = -2 * DAY, .until = -DAY });
	r.trust = (struct tls_trust){ 0 };
	check_trusted(&r);
	ck_assert_str_eq(r.verdict.certificate.pin, pin_of(&r));
	rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_chain_to_a_ca_and_the_right_name_are_trusted,
		the_name_has_to_be_the_right_one,
		certificates_have_their_time,
		who_signed_itself_says_its_pin,
		an_issuer_has_to_be_known,
		an_issuer_has_to_be_one,
		revocations_are_kept,
		revocations_that_are_asked_for_have_to_be_there,
		a_pin_vouches_alone,
		a_pin_does_not_replace_what_else_is_asked_for,
		who_is_known_has_to_stay_the_same,
		who_is_new_is_trusted_and_to_be_added,
		nothing_asked_for_is_nothing_refused,
	};
	int failed = run_tests("tls_trust", tests, COUNT(tests));

	return failed != 0;
}
