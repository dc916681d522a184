/* SPDX-License-Identifier: ISC */
/* tls_trust.c - is this the peer that was meant? */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tls_certificate.h"
#include "tls_trust.h"

static bool refuse(struct tls_verdict *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

static bool
refuse(struct tls_verdict *verdict, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(verdict->why, sizeof(verdict->why), fmt, ap);
	va_end(ap);
	return false;
}

/* Of the peer's own certificate, or of another one in its chain. */
static void
blame(struct tls_verdict *verdict, const struct tls_certificate *other,
    const char *what, const char *date)
{
	if (other == NULL)
		refuse(verdict, "certificate %s%s", what, date);
	else
		refuse(verdict, "certificate of \"%s\" %s%s", other->subject,
		    what, date);
}

/* What OpenSSL has no words for that name somebody */
static void
blame_in_general(struct tls_verdict *verdict,
    const struct tls_certificate *other, const char *words)
{
	if (other == NULL)
		refuse(verdict, "%s", words);
	else
		refuse(verdict, "certificate of \"%s\": %s", other->subject,
		    words);
}

static void
explain(const struct tls_library *lib, int error,
    const struct tls_certificate *at, const struct tls_certificate *other,
    struct tls_verdict *verdict)
{
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		blame(verdict, other, "expired on ", at->not_after);
		break;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		blame(verdict, other, "is not valid before ", at->not_before);
		break;
	case X509_V_ERR_CERT_REVOKED:
		blame(verdict, other, "is revoked", "");
		break;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		refuse(verdict, "certificate is self-signed (its pin is %s)",
		    at->pin);
		break;
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		refuse(verdict, "unknown issuer \"%s\"", at->issuer);
		break;
	case X509_V_ERR_UNABLE_TO_GET_CRL:
		refuse(verdict, "no revocations of issuer \"%s\" are known",
		    at->issuer);
		break;
	default:
		blame_in_general(
		    verdict, other, lib->X509_verify_cert_error_string(error));
	}
}

static bool
has_chain(const struct tls_library *lib, X509_STORE_CTX *ctx,
    struct tls_verdict *verdict)
{
	struct tls_certificate at = verdict->certificate;
	bool other = false;
	X509 *x;
	int error;

	if (lib->X509_verify_cert(ctx) == 1)
		return true;
	error = lib->X509_STORE_CTX_get_error(ctx);
	if (error == X509_V_OK) {
		error = X509_V_ERR_UNSPECIFIED;
		lib->X509_STORE_CTX_set_error(ctx, error);
	}
	x = lib->X509_STORE_CTX_get_current_cert(ctx);
	if (x != NULL && lib->X509_STORE_CTX_get_error_depth(ctx) > 0) {
		tls_certificate_facts(lib, x, &at);
		other = true;
	}
	explain(lib, error, &at, other ? &at : NULL, verdict);
	return false;
}

static bool
has_name(const struct tls_library *lib, X509 *x, const char *name,
    struct tls_verdict *verdict)
{
	const char *names = verdict->certificate.names;

	if (tls_certificate_names(lib, x, name))
		return true;
	return refuse(verdict,
	    "name \"%s\" is not in the certificate (it has %s)", name,
	    names[0] == '\0' ? "no names" : names);
}

static bool
has_pin(const struct tls_trust *trust, struct tls_verdict *verdict)
{
	const char *pin = verdict->certificate.pin;

	for (size_t i = 0; i < trust->pin_count; i++)
		if (strcasecmp(trust->pins[i], pin) == 0)
			return true;
	return trust->pin_count == 0 ||
	    refuse(verdict, "its pin is %s, which is not one of those expected",
		pin);
}

static bool
is_known(const struct tls_trust *trust, struct tls_verdict *verdict)
{
	const char *pin = verdict->certificate.pin, *old;
	unsigned line;

	if (trust->known == NULL)
		return true;
	old = known_peers_find(trust->known, trust->known_as, &line);
	verdict->known_first = old == NULL;
	if (old == NULL || strcasecmp(old, pin) == 0)
		return true;
	return refuse(verdict,
	    "certificate has changed: its pin is %s, line %u of %s has %s", pin,
	    line, known_peers_path(trust->known), old);
}

static int
judge(const struct tls_library *lib, const struct tls_trust *trust,
    X509_STORE_CTX *ctx, struct tls_verdict *verdict)
{
	X509 *x = lib->X509_STORE_CTX_get0_cert(ctx);

	tls_certificate_facts(lib, x, &verdict->certificate);
	if (trust->chain && !has_chain(lib, ctx, verdict))
		return lib->X509_STORE_CTX_get_error(ctx);
	if (trust->name != NULL && !has_name(lib, x, trust->name, verdict))
		return X509_V_ERR_HOSTNAME_MISMATCH;
	if (!has_pin(trust, verdict) || !is_known(trust, verdict))
		return X509_V_ERR_CERT_REJECTED;
	return X509_V_OK;
}

int
tls_trust_judge(const struct tls_library *lib, const struct tls_trust *trust,
    X509_STORE_CTX *ctx, struct tls_verdict *verdict)
{
	int error;

	*verdict = (struct tls_verdict){ 0 };
	error = judge(lib, trust, ctx, verdict);
	lib->X509_STORE_CTX_set_error(ctx, error);
	return error == X509_V_OK;
}
