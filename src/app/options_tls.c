/* SPDX-License-Identifier: ISC */
/* options_tls.c - what the TLS options may say */
#include <ctype.h>
#include <string.h>

#include "log.h"
#include "options_tls.h"
#include "options_words.h"
#include "status.h"

#define PIN_PREFIX "sha256:"
#define PIN_DIGITS 64
/* bytes; RFC 7301 section 3.1 */
#define ALPN_MAX     255
#define ALPN_ALL_MAX 65535
/* bytes; RFC 1035 section 2.3.4, as text */
#define NAME_MAX_LEN 253

static bool
is_pin(const char *text)
{
	size_t prefix = strlen(PIN_PREFIX), digits = 0;

	if (strncmp(text, PIN_PREFIX, prefix) != 0)
		return false;
	while (isxdigit((unsigned char)text[prefix + digits]))
		digits++;
	return digits == PIN_DIGITS && text[prefix + digits] == '\0';
}

static bool
is_alpn_list(const char *text)
{
	size_t all = 0;

	for (;;) {
		size_t len = strcspn(text, ",");

		all += 1 + len; /* each has a byte for its length */
		if (len == 0 || len > ALPN_MAX || all > ALPN_ALL_MAX)
			return false;
		if (text[len] == '\0')
			return true;
		text += len + 1;
	}
}

static bool
is_name(const char *text)
{
	size_t len = 0;

	while (isgraph((unsigned char)text[len]))
		len++;
	return len > 0 && len <= NAME_MAX_LEN && text[len] == '\0';
}

static bool
is_not_empty(const char *text)
{
	return text[0] != '\0';
}

static int
check_values(const struct options *o)
{
	const struct {
		const char *option, *value;
		bool (*fits)(const char *);
		const char *expected;
	} rows[] = {
		{ "--tls-ca", o->tls_ca, is_not_empty,
		    "the path of a file or a folder" },
		{ "--tls-client-ca", o->tls_client_ca, is_not_empty,
		    "the path of a file or a folder" },
		{ "--tls-crl", o->tls_crl, is_not_empty, "the path of a file" },
		{ "--tls-cert", o->tls_cert, is_not_empty,
		    "the path of a file" },
		{ "--tls-key", o->tls_key, is_not_empty, "the path of a file" },
		{ "--tls-name", o->tls_name, is_name,
		    "the name of a host, or an address" },
		{ "--tls-alpn", o->tls_alpn, is_alpn_list,
		    "names of 1 to 255 bytes with commas between them, such "
		    "as h2,http/1.1" },
		{ "--tls-ciphers", o->tls_ciphers, is_not_empty,
		    "names of cipher suites with colons between them" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].value != NULL && !rows[i].fits(rows[i].value))
			return options_wrong_value(
			    rows[i].option, rows[i].value, rows[i].expected);
	}
	for (size_t i = 0; i < o->tls_pins.count; i++) {
		if (!is_pin(o->tls_pins.list[i]))
			return options_wrong_value("--tls-pin",
			    o->tls_pins.list[i], "sha256: and 64 hex digits");
	}
	return OPTIONS_GO_ON;
}

static int
must_use(const char *need, const char *option)
{
	log_error("must use %s with %s", need, option);
	return STATUS_USAGE;
}

/* What has a sense only towards a server; NULL: nothing was given */
static const char *
server_only(const struct options *o)
{
	if (o->starttls != STARTTLS_NONE)
		return "--starttls";
	if (o->tls_tofu)
		return "--tls-tofu";
	return o->tls_insecure ? "--tls-insecure" : NULL;
}

/* On a listener the server is the target of its relay. */
static int
check_server_only(const struct options *o)
{
	const char *option = server_only(o);

	if (!o->listen || o->relay_tls || option == NULL)
		return OPTIONS_GO_ON;
	if (o->relay != NULL)
		return must_use("--relay-tls", option);
	log_error("cannot use %s and -l", option);
	return STATUS_USAGE;
}

/* A listener asks its clients for nothing unless it is told whom to trust. */
static int
check_clients(const struct options *o)
{
	bool by_ca = o->tls_client_ca != NULL || o->ssl_verify;

	if (o->tls_client_ca != NULL && !o->tls)
		return must_use("--tls", "--tls-client-ca");
	if (!o->listen || o->relay_tls)
		return OPTIONS_GO_ON;
	if (o->tls_ca != NULL && o->tls_client_ca != NULL) {
		log_error("cannot use --tls-ca and --tls-client-ca");
		return STATUS_USAGE;
	}
	if (o->tls_ca != NULL && !o->ssl_verify) {
		log_error("--tls-ca is for a server's certificate; for those "
			  "of clients use --tls-client-ca");
		return STATUS_USAGE;
	}
	if (o->tls_crl != NULL && !by_ca)
		return must_use("--tls-client-ca", "--tls-crl");
	if (o->tls_name != NULL && !by_ca && o->tls_pins.count == 0)
		return must_use("--tls-client-ca", "--tls-name");
	return OPTIONS_GO_ON;
}

/* Pins and what is known vouch alone: no chain, no revocation. */
static int
check_vouching(const struct options *o)
{
	bool client = !o->listen || o->relay_tls;
	bool alone = o->tls_pins.count > 0 || o->tls_tofu;

	if (client && o->tls_crl != NULL && alone && o->tls_ca == NULL)
		return must_use("--tls-ca", "--tls-crl");
	if (client && o->ssl_verify && o->tls_insecure) {
		log_error("cannot use --ssl-verify and --tls-insecure");
		return STATUS_USAGE;
	}
	return OPTIONS_GO_ON;
}

int
options_parse_tls(struct options *o)
{
	int result = check_values(o);

	o->tls_tofu = o->tls_tofu_file != NULL;
	if (o->tls_tofu && o->tls_tofu_file[0] == '\0')
		o->tls_tofu_file = NULL;
	if (result == OPTIONS_GO_ON)
		result = check_server_only(o);
	if (result == OPTIONS_GO_ON)
		result = check_clients(o);
	if (result == OPTIONS_GO_ON)
		result = check_vouching(o);
	return result;
}
