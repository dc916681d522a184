/* SPDX-License-Identifier: ISC */
/* tls_certificate.c - what a certificate says, in words */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "printable.h"
#include "tls_certificate.h"

#define SEPARATOR ", "
#define CUT       "..."

/* bytes, of a name that somebody asks for (RFC 1035 section 3.1) */
#define ASKED_MAX 256

/* "CN = a, O = b", and UTF-8 left in peace */
#define NAME_FLAGS (XN_FLAG_ONELINE & ~(unsigned long)ASN1_STRFLGS_ESC_MSB)

static void
put_pin(const struct tls_library *lib, X509 *x, char pin[static TLS_PIN_LEN])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	int at;

	if (lib->X509_digest(x, lib->EVP_sha256(), digest, &len) != 1)
		return;
	at = snprintf(pin, TLS_PIN_LEN, "sha256:");
	for (unsigned int i = 0; i < len; i++)
		at += snprintf(
		    pin + at, TLS_PIN_LEN - (size_t)at, "%02x", digest[i]);
}

static void
put_name(const struct tls_library *lib, const X509_NAME *name,
    char text[static TLS_NAME_LEN])
{
	BIO *bio = lib->BIO_new(lib->BIO_s_mem());
	char *data = NULL;
	long len;

	if (bio == NULL)
		return;
	if (lib->X509_NAME_print_ex(bio, name, 0, NAME_FLAGS) < 0) {
		strlcpy(text, "(unreadable)", TLS_NAME_LEN);
	} else {
		len = lib->BIO_ctrl(bio, BIO_CTRL_INFO, 0, &data);
		printable_text(
		    text, TLS_NAME_LEN, data, len < 0 ? 0 : (size_t)len);
	}
	lib->BIO_free(bio);
}

static void
put_date(const struct tls_library *lib, const ASN1_TIME *date,
    char text[static TLS_DATE_LEN])
{
	struct tm tm;

	if (lib->ASN1_TIME_to_tm(date, &tm) != 1 ||
	    strftime(text, TLS_DATE_LEN, "%F %T UTC", &tm) == 0)
		strlcpy(text, "(unreadable)", TLS_DATE_LEN);
}

/* A list of names has to stay one: what would end a name is shown as its code,
 * as in a subject. */
static void
put_dns(const char *data, size_t len, char text[static TLS_NAME_LEN])
{
	char escaped[TLS_NAME_LEN * 3 + 1];
	size_t used = 0;

	for (size_t i = 0; i < len && used < TLS_NAME_LEN; i++) {
		if (data[i] == '\0' || strchr(" ,\"\\", data[i]) == NULL)
			escaped[used++] = data[i];
		else
			used += (size_t)snprintf(escaped + used, 4, "\\%02X",
			    (unsigned char)data[i]);
	}
	printable_text(text, TLS_NAME_LEN, escaped, used);
}

/* False: it is neither a DNS name nor an address. */
static bool
put_alternative(const struct tls_library *lib, const GENERAL_NAME *name,
    char text[static TLS_NAME_LEN])
{
	const unsigned char *data;
	int len;

	if (name->type != GEN_DNS && name->type != GEN_IPADD)
		return false;
	data = lib->ASN1_STRING_get0_data(name->d.ia5);
	len = lib->ASN1_STRING_length(name->d.ia5);
	if (name->type == GEN_DNS) {
		put_dns((const char *)data, (size_t)len, text);
		return true;
	}
	return (len == 4 || len == 16) &&
	    inet_ntop(len == 4 ? AF_INET : AF_INET6, data, text,
		TLS_NAME_LEN) != NULL;
}

/* False: it is too long for one more. */
static bool
append(char list[static TLS_NAMES_LEN], const char *name)
{
	size_t used = strlen(list);
	const char *separator = used == 0 ? "" : SEPARATOR;
	size_t reserve = strlen(SEPARATOR CUT);
	bool fits =
	    used + strlen(separator) + strlen(name) + reserve < TLS_NAMES_LEN;

	snprintf(list + used, TLS_NAMES_LEN - used, "%s%s", separator,
	    fits ? name : CUT);
	return fits;
}

static void
put_names(
    const struct tls_library *lib, X509 *x, char text[static TLS_NAMES_LEN])
{
	GENERAL_NAMES *names =
	    lib->X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	const OPENSSL_STACK *stack = (const OPENSSL_STACK *)names;
	char name[TLS_NAME_LEN];

	if (names == NULL)
		return;
	for (int i = 0; i < lib->OPENSSL_sk_num(stack); i++)
		if (put_alternative(lib, lib->OPENSSL_sk_value(stack, i), name))
			if (!append(text, name))
				break;
	lib->GENERAL_NAMES_free(names);
}

void
tls_certificate_facts(
    const struct tls_library *lib, X509 *x, struct tls_certificate *facts)
{
	*facts = (struct tls_certificate){ 0 };
	put_pin(lib, x, facts->pin);
	put_name(lib, lib->X509_get_subject_name(x), facts->subject);
	put_name(lib, lib->X509_get_issuer_name(x), facts->issuer);
	put_names(lib, x, facts->names);
	put_date(lib, lib->X509_get0_notBefore(x), facts->not_before);
	put_date(lib, lib->X509_get0_notAfter(x), facts->not_after);
	facts->self_signed = lib->X509_self_signed(x, 0) == 1;
}

/* An address without the scope that only this machine knows. */
static bool
is_address(char name[static ASKED_MAX])
{
	char copy[ASKED_MAX];
	struct in6_addr ip;

	strlcpy(copy, name, ASKED_MAX);
	copy[strcspn(copy, "%")] = '\0';
	if (inet_pton(AF_INET6, copy, &ip) != 1)
		return inet_pton(AF_INET, name, &ip) == 1;
	strlcpy(name, copy, ASKED_MAX);
	return true;
}

bool
tls_certificate_names(const struct tls_library *lib, X509 *x, const char *name)
{
	char asked[ASKED_MAX];
	size_t len = strlcpy(asked, name, sizeof(asked));

	/* to X509_check_host(3) ".a" is whatever ends in it */
	if (len == 0 || len >= sizeof(asked) || asked[0] == '.')
		return false;
	if (is_address(asked))
		return lib->X509_check_ip_asc(x, asked, 0) == 1;
	if (asked[len - 1] == '.') /* the root, which no certificate has */
		asked[len - 1] = '\0';
	return lib->X509_check_host(x, asked, 0,
		   X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
		       X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
		   NULL) == 1;
}
