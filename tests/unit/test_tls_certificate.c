/* SPDX-License-Identifier: ISC */
/* test_tls_certificate.c - what a certificate says, in words */
#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "papers.h"
#include "support.h"
#include "tls_certificate.h"

/* Facts of a certificate that is made for it. */
static struct tls_certificate
facts_of(const struct paper *paper)
{
	struct issued made = papers_issue(paper);
	struct tls_certificate facts;

	memset(&facts, 'x', sizeof(facts));
	tls_certificate_facts(papers_library(), made.cert, &facts);
	papers_free(&made);
	return facts;
}

static bool
names(const struct paper *paper, const char *name)
{
	struct issued made = papers_issue(paper);
	bool result = tls_certificate_names(papers_library(), made.cert, name);

	papers_free(&made);
	return result;
}

static void
check_pin(X509 *x, const char *pin)
{
	unsigned char *der = NULL, digest[EVP_MAX_MD_SIZE];
	char want[TLS_PIN_LEN] = "sha256:";
	int len = i2d_X509(x, &der);

	ck_assert_int_gt(len, 0);
	ck_assert_int_eq(
	    EVP_Digest(der, (size_t)len, digest, NULL, EVP_sha256(), NULL), 1);
	for (size_t i = 0; i < 32; i++)
		snprintf(want + 7 + i * 2, 3, "%02x", digest[i]);
	ck_assert_str_eq(pin, want);
	OPENSSL_free(der);
}

START_TEST(it_says_who_by_whom_for_what_and_how_long)
{
	struct issued ca =
	    papers_issue(&(struct paper){ .subject = "a root", .ca = true });
	struct issued made = papers_issue(&(struct paper){ .subject = "web",
	    .organization = "Acme",
	    .issuer = &ca,
	    .names =
		"DNS:a.example,DNS:*.b.example,IP:192.0.2.1,IP:2001:db8::1,"
		"email:root@a.example,URI:https://c.example/" });
	struct tls_certificate facts;

	tls_certificate_facts(papers_library(), made.cert, &facts);
	ck_assert_str_eq(facts.subject, "CN = web, O = Acme");
	ck_assert_str_eq(facts.issuer, "CN = a root");
	ck_assert_str_eq(
	    facts.names, "a.example, *.b.example, 192.0.2.1, 2001:db8::1");
	ck_assert_str_eq(
	    facts.not_before, papers_date(X509_get0_notBefore(made.cert)));
	ck_assert_str_eq(
	    facts.not_after, papers_date(X509_get0_notAfter(made.cert)));
	ck_assert(!facts.self_signed);
	check_pin(made.cert, facts.pin);
	tls_certificate_facts(papers_library(), ca.cert, &facts);
	ck_assert(facts.self_signed);
	papers_free(&made);
	papers_free(&ca);
}
END_TEST

START_TEST(a_date_is_in_utc_and_has_four_digits_of_a_year)
{
	struct issued made = papers_issue(&(struct paper){ .subject = "a" });
	struct tls_certificate facts;

	ck_assert_int_eq(ASN1_TIME_set_string(
			     X509_getm_notBefore(made.cert), "490102030405Z"),
	    1);
	ck_assert_int_eq(ASN1_TIME_set_string(
			     X509_getm_notAfter(made.cert), "99991231235959Z"),
	    1);
	tls_certificate_facts(papers_library(), made.cert, &facts);
	ck_assert_str_eq(facts.not_before, "2049-01-02 03:04:05 UTC");
	ck_assert_str_eq(facts.not_after, "9999-12-31 23:59:59 UTC");
	ASN1_STRING_set(X509_getm_notAfter(made.cert), "tomorrow", -1);
	tls_certificate_facts(papers_library(), made.cert, &facts);
	ck_assert_str_eq(facts.not_after, "(unreadable)");
	papers_free(&made);
}
END_TEST

START_TEST(without_alternative_names_it_has_none)
{
	struct tls_certificate facts =
	    facts_of(&(struct paper){ .subject = "a.example" });

	ck_assert_str_eq(facts.names, "");
	ck_assert(
	    !names(&(struct paper){ .subject = "a.example" }, "a.example"));
}
END_TEST

static const struct {
	const char *subject, *shown;
} subjects[] = {
	{ "a\nb\tc\033[31m", "CN = a\\0Ab\\09c\\1B[31m" },
	{ "b\xc3\xbc"
	  "cher \xe2\x82\xac \xf0\x9f\x98\x80",
	    "CN = b\xc3\xbc"
	    "cher \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "a, O = b", "CN = \"a, O = b\"" },
	{ "a\xc2\x9b"
	  "31m",
	    "CN = aM-BM^[31m" },
	{ "a\xe2\x80\xae"
	  "b",
	    "CN = aM-bM^@M-.b" },
};

START_TEST(a_subject_cannot_steer_a_terminal)
{
	for (size_t i = 0; i < COUNT(subjects); i++) {
		struct tls_certificate facts =
		    facts_of(&(struct paper){ .subject = subjects[i].subject });

		ck_assert_str_eq(facts.subject, subjects[i].shown);
		ck_assert_str_eq(facts.issuer, subjects[i].shown);
	}
}
END_TEST

#define RAW(text) text, sizeof(text) - 1

static const struct {
	const char *raw;
	size_t len;
	const char *shown;
} raw_names[] = {
	{ RAW("a.example\0.evil.example"), "a.example\\000.evil.example" },
	{ RAW("a\r\nb"), "a^M\\012b" },
	{ RAW("a, b"), "a\\2C\\20b" },
	{ RAW("a\"\\b"), "a\\22\\5Cb" },
	{ RAW("b\xc3\xbc"
	      "cher"),
	    "b\xc3\xbc"
	    "cher" },
	{ RAW("\xff\xfe"), "M^?M-~" },
	{ RAW(""), "" },
};

START_TEST(a_name_of_any_bytes_is_one_name)
{
	for (size_t i = 0; i < COUNT(raw_names); i++) {
		struct tls_certificate facts =
		    facts_of(&(struct paper){ .subject = "a",
			.raw_name = raw_names[i].raw,
			.raw_len = raw_names[i].len });

		ck_assert_str_eq(facts.names, raw_names[i].shown);
	}
}
END_TEST

START_TEST(a_name_with_a_nul_is_none_of_its_parts)
{
	struct paper paper = { .subject = "a",
		.raw_name = "a.example\0.evil.example",
		.raw_len = 23 };

	ck_assert(!names(&paper, "a.example"));
	ck_assert(!names(&paper, ".evil.example"));
}
END_TEST

static void
check_cut(const char *text, size_t size)
{
	ck_assert_uint_lt(strlen(text), size);
	ck_assert_uint_gt(strlen(text), size - 30);
	ck_assert_str_eq(text + strlen(text) - 3, "...");
}

START_TEST(long_text_is_cut)
{
	char raw[3000];
	struct paper paper = {
		.subject = "a", .raw_name = raw, .raw_len = sizeof(raw)
	};
	struct tls_certificate facts;

	memset(raw, 'a', sizeof(raw));
	facts = facts_of(&paper);
	check_cut(facts.names, TLS_NAME_LEN);
	memset(raw, ' ', sizeof(raw));
	facts = facts_of(&paper);
	check_cut(facts.names, TLS_NAME_LEN);
	memset(raw, '\1', sizeof(raw));
	facts = facts_of(&paper);
	check_cut(facts.names, TLS_NAME_LEN);
}
END_TEST

START_TEST(a_long_subject_is_cut)
{
	char many[64 + 1];
	struct issued made = papers_issue(&(struct paper){ .subject = "a" });
	X509_NAME *name = X509_get_subject_name(made.cert);
	struct tls_certificate facts;

	memset(many, 'a', 64);
	many[64] = '\0';
	for (int i = 0; i < 10; i++)
		X509_NAME_add_entry_by_txt(name, "OU", MBSTRING_UTF8,
		    (unsigned char *)many, -1, -1, 0);
	tls_certificate_facts(papers_library(), made.cert, &facts);
	check_cut(facts.subject, TLS_NAME_LEN);
	papers_free(&made);
}
END_TEST

START_TEST(many_names_are_cut_between_two)
{
	char list[8192] = "DNS:host0.example";
	size_t used = strlen(list);
	struct tls_certificate facts;

	for (int i = 1; i < 300; i++)
		used += (size_t)snprintf(
		    list + used, sizeof(list) - used, ",DNS:host%d.example", i);
	facts = facts_of(&(struct paper){ .subject = "a", .names = list });
	check_cut(facts.names, TLS_NAMES_LEN);
	ck_assert_ptr_nonnull(strstr(facts.names, ".example, ..."));
}
END_TEST

/* Which certificate is for which name */
static const struct {
	const char *names, *asked;
	bool yes;
} cases[] = {
	{ "DNS:a.example", "a.example", true },
	{ "DNS:A.Example", "a.eXAMPLE", true },
	{ "DNS:a.example", "a.example.", true },
	{ "DNS:a.example", "b.example", false },
	{ "DNS:a.example", "example", false },
	{ "DNS:a.example", ".example", false },
	{ "DNS:a.example", ".", false },
	{ "DNS:a.example", "", false },
	{ "DNS:b.example,DNS:a.example", "a.example", true },
	{ "DNS:*.a.example", "b.a.example", true },
	{ "DNS:*.a.example", "a.example", false },
	{ "DNS:*.a.example", "c.b.a.example", false },
	{ "DNS:*.a.example", ".a.example", false },
	{ "DNS:x*.a.example", "xy.a.example", false },
	{ "DNS:*", "localhost", false },
	{ "DNS:*.example", "a.example", false },
	{ "DNS:localhost", "localhost", true },
	{ "IP:192.0.2.1", "192.0.2.1", true },
	{ "IP:192.0.2.1", "192.0.2.2", false },
	{ "DNS:192.0.2.1", "192.0.2.1", false },
	{ "IP:2001:db8::1", "2001:db8::1", true },
	{ "IP:2001:db8::1", "2001:0DB8:0:0::1", true },
	{ "IP:2001:db8::1", "2001:db8::2", false },
	{ "IP:fe80::1", "fe80::1%eth0", true },
	{ "IP:::ffff:192.0.2.1", "192.0.2.1", false },
	{ "email:a.example@a.example", "a.example", false },
	{ "URI:https://a.example/", "a.example", false },
};

START_TEST(a_certificate_is_for_its_names_only)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct paper paper = { .subject = "a.example",
			.names = cases[i].names };

		ck_assert_msg(names(&paper, cases[i].asked) == cases[i].yes,
		    "%s for %s", cases[i].names, cases[i].asked);
	}
}
END_TEST

START_TEST(a_name_too_long_to_be_one_is_none)
{
	char name[600];
	struct paper paper = {
		.subject = "a", .raw_name = name, .raw_len = sizeof(name) - 1
	};

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert(!names(&paper, name));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_says_who_by_whom_for_what_and_how_long,
		a_date_is_in_utc_and_has_four_digits_of_a_year,
		without_alternative_names_it_has_none,
		a_subject_cannot_steer_a_terminal,
		a_name_of_any_bytes_is_one_name,
		a_name_with_a_nul_is_none_of_its_parts,
		long_text_is_cut,
		a_long_subject_is_cut,
		many_names_are_cut_between_two,
		a_certificate_is_for_its_names_only,
		a_name_too_long_to_be_one_is_none,
	};
	int failed = run_tests("tls_certificate", tests, COUNT(tests));

	return failed != 0;
}
