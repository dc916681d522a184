/* SPDX-License-Identifier: ISC */
/* tls_context.c - what TLS sessions have in common: who we are, whom we trust
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tls_files.h"
#include "tls_inside.h"
#include "tls_trust.h"
#include "xalloc.h"

/* What TLS 1.3 has (RFC 8446 appendix B.4): OpenSSL has a list of its own for
 * them, and libtls none. */
static const char *const tls13_suites[] = { "TLS_AES_128_GCM_SHA256",
	"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
	"TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256" };

static int __attribute__((format(printf, 2, 3)))
fail(struct tls_why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->words, sizeof(why->words), fmt, ap);
	va_end(ap);
	return -1;
}

static int
config_failed(const struct tls_context *c, struct tls_why *why,
    const char *what, const char *value)
{
	const char *words = c->library.tls_config_error(c->config);

	return fail(why, "%s %.300s failed: %s", what, value,
	    words == NULL ? "not accepted" : words);
}

static bool
is_tls13_suite(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(tls13_suites) / sizeof(tls13_suites[0]);
	     i++) {
		if (strlen(tls13_suites[i]) == len &&
		    strncmp(tls13_suites[i], word, len) == 0)
			return true;
	}
	return false;
}

static void
add_word(char *list, const char *word, size_t len)
{
	size_t used = strlen(list);

	if (used > 0)
		list[used++] = ':';
	memcpy(list + used, word, len);
	list[used + len] = '\0';
}

/* The names of TLS 1.3 go into one list, the others into libtls's. */
static int
set_ciphers(struct tls_context *c, const char *ciphers, struct tls_why *why)
{
	size_t size = strlen(ciphers) + 1;
	char *older = xcalloc(1, size);
	int result = 0;

	c->suites = xcalloc(1, size);
	for (const char *word = ciphers; *word != '\0';) {
		size_t len = strcspn(word, ":, ");

		if (len > 0)
			add_word(is_tls13_suite(word, len) ? c->suites : older,
			    word, len);
		word += len + (word[len] != '\0');
	}
	if (older[0] != '\0' &&
	    c->library.tls_config_set_ciphers(c->config, older) == -1) {
		why->settings = true;
		result = fail(why,
		    "cipher suites \"%s\": expected names that OpenSSL knows",
		    older);
	}
	free(older);
	return result;
}

static int
set_protocol(struct tls_context *c, const struct tls_settings *settings,
    struct tls_why *why)
{
	const struct tls_library *lib = &c->library;

	if (settings->tls13_only)
		lib->tls_config_set_protocols(c->config, TLS_PROTOCOL_TLSv1_3);
	if (settings->alpn != NULL &&
	    lib->tls_config_set_alpn(c->config, settings->alpn) == -1)
		return config_failed(c, why, "setting of ALPN", settings->alpn);
	if (settings->ciphers != NULL)
		return set_ciphers(c, settings->ciphers, why);
	return 0;
}

static int
set_ca_file(struct tls_context *c, const char *file, struct tls_why *why)
{
	size_t len;
	uint8_t *pem = tls_files_read_ca(&c->library, file, &len, why);
	int result = -1;

	if (pem != NULL)
		result = c->library.tls_config_set_ca_mem(c->config, pem, len);
	if (pem != NULL && result == -1)
		config_failed(c, why, "read of", file);
	free(pem);
	return result;
}

static int
set_ca_folder(struct tls_context *c, const char *folder, struct tls_why *why)
{
	if (tls_files_check_ca_folder(folder, why) == -1)
		return -1;
	return c->library.tls_config_set_ca_path(c->config, folder) == 0 ?
	    0 :
	    config_failed(c, why, "read of", folder);
}

/* The system's CAs, where OpenSSL's own programs look for them.  Of a folder
 * only those are read that are needed; a file may have hundreds. */
static int
set_system_ca(struct tls_context *c, struct tls_why *why)
{
	const struct tls_library *lib = &c->library;
	const char *file = getenv("SSL_CERT_FILE");
	const char *folder = getenv("SSL_CERT_DIR");

	if (file != NULL)
		return set_ca_file(c, file, why);
	if (folder != NULL)
		return set_ca_folder(c, folder, why);
	folder = lib->X509_get_default_cert_dir();
	if (tls_files_check_ca_folder(folder, why) == 0)
		return set_ca_folder(c, folder, why);
	return set_ca_file(c, lib->tls_default_ca_cert_file(), why);
}

static int
set_ca(struct tls_context *c, const char *ca, struct tls_why *why)
{
	struct stat st;

	if (ca == NULL)
		return set_system_ca(c, why);
	if (stat(ca, &st) == 0 && S_ISDIR(st.st_mode))
		return set_ca_folder(c, ca, why);
	return set_ca_file(c, ca, why);
}

static int
set_crl(struct tls_context *c, const char *file, struct tls_why *why)
{
	size_t len;
	uint8_t *pem = tls_files_read_crl(&c->library, file, &len, why);
	int result = -1;

	if (pem != NULL)
		result = c->library.tls_config_set_crl_mem(c->config, pem, len);
	if (pem != NULL && result == -1)
		config_failed(c, why, "read of", file);
	free(pem);
	return result;
}

static int
set_trust(struct tls_context *c, const struct tls_settings *settings,
    struct tls_why *why)
{
	const struct tls_library *lib = &c->library;
	bool vouched = settings->pin_count > 0 || settings->known != NULL;

	c->pins = settings->pins;
	c->pin_count = settings->pin_count;
	c->known = settings->known;
	c->ask = !settings->server || settings->ask_client;
	c->chain =
	    c->ask && !settings->insecure && (settings->ca != NULL || !vouched);
	lib->tls_config_insecure_noverifyname(c->config);
	if (!c->chain) {
		lib->tls_config_insecure_noverifycert(c->config);
		return 0;
	}
	if (settings->server)
		lib->tls_config_verify_client(c->config);
	if (set_ca(c, settings->ca, why) == -1)
		return -1;
	return settings->crl == NULL ? 0 : set_crl(c, settings->crl, why);
}

static int
use_keypair(
    struct tls_context *c, const struct tls_keypair *pair, struct tls_why *why)
{
	if (c->library.tls_config_set_keypair_mem(c->config, pair->cert,
		pair->cert_len, pair->key, pair->key_len) == 0)
		return 0;
	return config_failed(c, why, "use of", "the certificate");
}

static int
make_own(struct tls_context *c, const struct tls_settings *settings,
    struct tls_why *why)
{
	if (tls_selfsigned_make(&c->library, settings->names,
		settings->name_count, &c->own) == -1)
		return fail(why, "making a certificate failed");
	return use_keypair(c, &c->own, why);
}

static int
set_identity(struct tls_context *c, const struct tls_settings *settings,
    struct tls_why *why)
{
	struct tls_keypair pair = { 0 };
	int result;

	if (settings->cert == NULL)
		return settings->server ? make_own(c, settings, why) : 0;
	result = tls_files_read_keypair(&c->library, settings, &pair, why);
	if (result == 0)
		result = use_keypair(c, &pair, why);
	tls_keypair_free(&pair);
	return result;
}

/* A server says at once whether certificate and key fit; for a client one is
 * made to say so. */
static int
configure(struct tls_context *c, const struct tls_settings *settings,
    struct tls_why *why)
{
	const struct tls_library *lib = &c->library;
	struct tls *server;
	int result = 0;

	if (!settings->server && settings->cert == NULL)
		return 0;
	server = lib->tls_server();
	if (lib->tls_configure(server, c->config) == -1) {
		const char *words = lib->tls_error(server);

		result = fail(why, "use of %.300s failed: %s",
		    settings->cert == NULL ? "certificate" : settings->cert,
		    words == NULL ? "not accepted" : words);
	}
	if (settings->server)
		c->server = server;
	else
		lib->tls_free(server);
	return result;
}

static int
set_up(struct tls_context *c, const struct tls_settings *settings,
    struct tls_why *why)
{
	c->config = c->library.tls_config_new();
	if (c->config == NULL)
		return fail(why, "libtls: out of memory");
	if (set_protocol(c, settings, why) == -1 ||
	    set_trust(c, settings, why) == -1 ||
	    set_identity(c, settings, why) == -1)
		return -1;
	return configure(c, settings, why);
}

struct tls_context *
tls_context_new(const struct tls_settings *settings, struct tls_why *why)
{
	struct tls_context *c = xcalloc(1, sizeof(*c));
	const char *missing = tls_library_load(&c->library);

	if (missing != NULL)
		fail(why, "load of libtls failed: %s", missing);
	if (missing == NULL && set_up(c, settings, why) == 0)
		return c;
	tls_context_free(c);
	return NULL;
}

void
tls_context_free(struct tls_context *c)
{
	if (c == NULL)
		return;
	if (c->server != NULL)
		c->library.tls_free(c->server);
	if (c->config != NULL)
		c->library.tls_config_free(c->config);
	tls_keypair_free(&c->own);
	tls_library_free(&c->library);
	free(c->suites);
	free(c);
}

const char *
tls_context_pin(const struct tls_context *c)
{
	return c->own.pin[0] == '\0' ? NULL : c->own.pin;
}

static struct tls *
begin(struct tls_context *c, const char *sni, struct tls_stream *stream,
    const char **why)
{
	const struct tls_library *lib = &c->library;
	struct tls *tls = NULL;
	int result;

	if (c->server != NULL) {
		result = lib->tls_accept_cbs(
		    c->server, &tls, tls_stream_pull, tls_stream_push, stream);
		*why = result == 0 ? NULL : lib->tls_error(c->server);
		return tls;
	}
	tls = lib->tls_client();
	result = lib->tls_configure(tls, c->config);
	if (result == 0)
		result = lib->tls_connect_cbs(
		    tls, tls_stream_pull, tls_stream_push, stream, sni);
	*why = result == 0 ? NULL : lib->tls_error(tls);
	return tls;
}

struct tls *
tls_context_start(struct tls_context *c, const char *sni,
    struct tls_stream *stream, SSL **ssl, const char **why)
{
	const struct tls_library *lib = &c->library;
	struct tls *tls = begin(c, sni, stream, why);

	if (*why != NULL)
		return tls;
	*ssl = c->library.made;
	if (c->ask)
		lib->SSL_set_verify(*ssl,
		    SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	if (c->suites != NULL && c->suites[0] != '\0')
		lib->SSL_set_ciphersuites(*ssl, c->suites);
	lib->SSL_set_num_tickets(*ssl, 0); /* nothing is ever resumed */
	return tls;
}
