/* SPDX-License-Identifier: ISC */
/* papers.c - certificates of every kind, made while the tests run */
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>

#include "papers.h"
#include "support.h"

static void
extend(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *extension =
	    X509V3_EXT_nconf_nid(NULL, NULL, nid, value);

	ck_assert_msg(extension != NULL, "%s", value);
	ck_assert_int_eq(X509_add_ext(x, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static void
extend_raw(X509 *x, const char *data, size_t len)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();

	ck_assert_int_eq(ASN1_STRING_set(text, data, (int)len), 1);
	GENERAL_NAME_set0_value(name, GEN_DNS, text);
	sk_GENERAL_NAME_push(names, name);
	ck_assert_int_eq(
	    X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, 0), 1);
	GENERAL_NAMES_free(names);
}

static void
set_name(X509_NAME *name, const char *field, const char *value)
{
	if (value != NULL)
		ck_assert_int_eq(
		    X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
			(const unsigned char *)value, -1, -1, 0),
		    1);
}

static void
set_dates(X509 *x, const struct paper *paper)
{
	bool usual = paper->from == 0 && paper->until == 0;

	X509_gmtime_adj(X509_getm_notBefore(x), usual ? -HOUR : paper->from);
	X509_gmtime_adj(X509_getm_notAfter(x), usual ? DAY : paper->until);
}

static void
set_extensions(X509 *x, const struct paper *paper)
{
	extend(x, NID_basic_constraints,
	    paper->ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	if (paper->ca)
		extend(x, NID_key_usage, "critical,keyCertSign,cRLSign");
	if (paper->names != NULL)
		extend(x, NID_subject_alt_name, paper->names);
	if (paper->raw_name != NULL)
		extend_raw(x, paper->raw_name, paper->raw_len);
}

struct issued
papers_issue(const struct paper *paper)
{
	static long serial = 1;
	struct issued made = { X509_new(), EVP_EC_gen("P-256") };
	const struct issued *issuer =
	    paper->issuer == NULL ? &made : paper->issuer;
	X509_NAME *subject = X509_get_subject_name(made.cert);

	X509_set_version(made.cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(made.cert), serial++);
	set_name(subject, "CN", paper->subject);
	set_name(subject, "O", paper->organization);
	X509_set_issuer_name(made.cert, X509_get_subject_name(issuer->cert));
	set_dates(made.cert, paper);
	X509_set_pubkey(made.cert, made.key);
	set_extensions(made.cert, paper);
	ck_assert_int_gt(X509_sign(made.cert, issuer->key, EVP_sha256()), 0);
	return made;
}

void
papers_free(struct issued *made)
{
	X509_free(made->cert);
	EVP_PKEY_free(made->key);
	*made = (struct issued){ 0 };
}

static void
add_revoked(X509_CRL *crl, X509 *x, ASN1_TIME *when)
{
	X509_REVOKED *entry = X509_REVOKED_new();

	X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(x));
	X509_REVOKED_set_revocationDate(entry, when);
	X509_CRL_add0_revoked(crl, entry);
}

X509_CRL *
papers_revoke(const struct issued *issuer, X509 *x)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *last = X509_gmtime_adj(NULL, -HOUR);
	ASN1_TIME *next = X509_gmtime_adj(NULL, DAY);

	X509_CRL_set_version(crl, X509_CRL_VERSION_2);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->cert));
	X509_CRL_set1_lastUpdate(crl, last);
	X509_CRL_set1_nextUpdate(crl, next);
	if (x != NULL)
		add_revoked(crl, x, last);
	ASN1_TIME_free(last);
	ASN1_TIME_free(next);
	ck_assert_int_gt(X509_CRL_sign(crl, issuer->key, EVP_sha256()), 0);
	return crl;
}

const char *
papers_date(const ASN1_TIME *date)
{
	static char text[32];
	struct tm tm;

	ck_assert_int_eq(ASN1_TIME_to_tm(date, &tm), 1);
	ck_assert_uint_gt(
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm), 0);
	return text;
}

const struct tls_library *
papers_library(void)
{
	static struct tls_library library;
	const char *why;

	if (library.handle == NULL) {
		why = tls_library_load(&library);
		ck_assert_msg(why == NULL, "%s", why);
	}
	return &library;
}
