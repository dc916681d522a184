/* SPDX-License-Identifier: ISC */
/* tls_selfsigned.c - a key and a certificate for this run */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tls_certificate.h"
#include "tls_selfsigned.h"
#include "xalloc.h"

#define CURVE "P-256"

/* seconds; clocks differ */
#define GOOD_BEFORE 3600L
#define GOOD_FOR    (365L * 24 * 3600)

/* bytes (RFC 5280 section 4.1.2.2: at most 20) */
#define SERIAL_LEN 16
/* characters of a CN (RFC 5280 appendix A.1, ub-common-name) */
#define SUBJECT_MAX 64

/* What it says besides who it is (RFC 5280 section 4.2.1) */
static const struct {
	int nid;
	const char *value;
} extensions[] = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature" },
	{ NID_ext_key_usage, "serverAuth,clientAuth" },
};

static EVP_PKEY *
make_key(const struct tls_library *lib)
{
	EVP_PKEY_CTX *ctx = lib->EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	if (ctx == NULL)
		return NULL;
	if (lib->EVP_PKEY_keygen_init(ctx) != 1 ||
	    lib->EVP_PKEY_CTX_set_group_name(ctx, CURVE) != 1 ||
	    lib->EVP_PKEY_generate(ctx, &key) != 1)
		key = NULL;
	lib->EVP_PKEY_CTX_free(ctx);
	return key;
}

/* Positive, and without a zero in front */
static bool
set_serial(const struct tls_library *lib, X509 *x)
{
	unsigned char serial[SERIAL_LEN];

	arc4random_buf(serial, sizeof(serial));
	serial[0] = (serial[0] & 0x7f) | 0x40;
	return lib->ASN1_STRING_set(
		   lib->X509_get_serialNumber(x), serial, sizeof(serial)) == 1;
}

static bool
set_dates(const struct tls_library *lib, X509 *x)
{
	ASN1_TIME *from = lib->X509_getm_notBefore(x);
	ASN1_TIME *until = lib->X509_getm_notAfter(x);

	return lib->X509_gmtime_adj(from, -GOOD_BEFORE) != NULL &&
	    lib->X509_gmtime_adj(until, GOOD_FOR) != NULL;
}

/* Nobody but a reader looks at a subject, so it may be cut. */
static bool
set_subject(const struct tls_library *lib, X509 *x, const char *text)
{
	X509_NAME *name = lib->X509_get_subject_name(x);
	int len = (int)strnlen(text, SUBJECT_MAX);

	return lib->X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		   (const unsigned char *)text, len, -1, 0) == 1 &&
	    lib->X509_set_issuer_name(x, name) == 1;
}

/* NULL: no memory. */
static GENERAL_NAME *
make_name(const struct tls_library *lib, const char *text)
{
	const int families[] = { AF_INET, AF_INET6 }, sizes[] = { 4, 16 };
	const void *data = text;
	int len = (int)strlen(text), type = GEN_DNS;
	struct in6_addr ip;
	GENERAL_NAME *name = lib->GENERAL_NAME_new();
	ASN1_STRING *string;

	for (int i = 0; i < 2; i++)
		if (inet_pton(families[i], text, &ip) == 1) {
			type = GEN_IPADD;
			data = &ip;
			len = sizes[i];
		}
	string = lib->ASN1_STRING_type_new(
	    type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
	if (name == NULL || string == NULL ||
	    lib->ASN1_STRING_set(string, data, len) != 1) {
		lib->ASN1_STRING_free(string);
		lib->GENERAL_NAME_free(name);
		return NULL;
	}
	lib->GENERAL_NAME_set0_value(name, type, string);
	return name;
}

static bool
add_names(const struct tls_library *lib, OPENSSL_STACK *stack,
    const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		GENERAL_NAME *name = make_name(lib, names[i]);

		if (name == NULL)
			return false;
		if (lib->OPENSSL_sk_push(stack, name) <= 0) {
			lib->GENERAL_NAME_free(name);
			return false;
		}
	}
	return true;
}

static bool
set_names(const struct tls_library *lib, X509 *x, const char *const *names,
    size_t count)
{
	GENERAL_NAMES *all = lib->GENERAL_NAMES_new();
	bool done = all != NULL &&
	    add_names(lib, (OPENSSL_STACK *)all, names, count) &&
	    lib->X509_add1_ext_i2d(x, NID_subject_alt_name, all, 0, 0) == 1;

	lib->GENERAL_NAMES_free(all);
	return done;
}

static bool
set_extensions(const struct tls_library *lib, X509 *x)
{
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]);
	     i++) {
		X509_EXTENSION *e = lib->X509V3_EXT_nconf_nid(
		    NULL, NULL, extensions[i].nid, extensions[i].value);
		bool done = e != NULL && lib->X509_add_ext(x, e, -1) == 1;

		lib->X509_EXTENSION_free(e);
		if (!done)
			return false;
	}
	return true;
}

static bool
fill(const struct tls_library *lib, X509 *x, EVP_PKEY *key,
    const char *const *names, size_t count)
{
	return lib->X509_set_version(x, X509_VERSION_3) == 1 &&
	    set_serial(lib, x) && set_dates(lib, x) &&
	    set_subject(lib, x, names[0]) &&
	    lib->X509_set_pubkey(x, key) == 1 && set_extensions(lib, x) &&
	    set_names(lib, x, names, count) &&
	    lib->X509_sign(x, key, lib->EVP_sha256()) > 0;
}

/* A copy of what is in the BIO, which overwrites its own. */
static uint8_t *
take(const struct tls_library *lib, BIO *bio, size_t *len)
{
	char *data = NULL;
	long n = lib->BIO_ctrl(bio, BIO_CTRL_INFO, 0, &data);
	uint8_t *copy;

	if (n <= 0)
		return NULL;
	copy = xcalloc((size_t)n, 1);
	memcpy(copy, data, (size_t)n);
	*len = (size_t)n;
	return copy;
}

uint8_t *
tls_pem(const struct tls_library *lib, X509 *x, EVP_PKEY *key, size_t *len)
{
	BIO *bio = lib->BIO_new(lib->BIO_s_mem());
	uint8_t *pem = NULL;
	int done;

	if (bio == NULL)
		return NULL;
	if (x != NULL)
		done = lib->PEM_write_bio_X509(bio, x);
	else
		done = lib->PEM_write_bio_PrivateKey(
		    bio, key, NULL, NULL, 0, NULL, NULL);
	if (done == 1)
		pem = take(lib, bio, len);
	lib->BIO_free(bio);
	return pem;
}

static bool
make(const struct tls_library *lib, X509 *x, EVP_PKEY *key,
    struct tls_keypair *pair)
{
	struct tls_certificate facts;

	tls_certificate_facts(lib, x, &facts);
	strlcpy(pair->pin, facts.pin, sizeof(pair->pin));
	pair->cert = tls_pem(lib, x, NULL, &pair->cert_len);
	pair->key = tls_pem(lib, NULL, key, &pair->key_len);
	return pair->cert != NULL && pair->key != NULL;
}

int
tls_selfsigned_make(const struct tls_library *lib, const char *const *names,
    size_t count, struct tls_keypair *pair)
{
	EVP_PKEY *key = make_key(lib);
	X509 *x = lib->X509_new();
	bool done;

	*pair = (struct tls_keypair){ 0 };
	done = key != NULL && x != NULL && fill(lib, x, key, names, count) &&
	    make(lib, x, key, pair);
	lib->X509_free(x);
	lib->EVP_PKEY_free(key);
	if (done)
		return 0;
	tls_keypair_free(pair);
	return -1;
}

void
tls_keypair_free(struct tls_keypair *pair)
{
	if (pair->key != NULL)
		explicit_bzero(pair->key, pair->key_len);
	free(pair->key);
	free(pair->cert);
	*pair = (struct tls_keypair){ 0 };
}
