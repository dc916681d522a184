/* SPDX-License-Identifier: ISC */
/* tls_setup.c - from the options to what TLS sessions have in common */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "log.h"
#include "own_names.h"
#include "tls_setup.h"

/* Where --tls-tofu keeps what it knows, unless it says where. */
#define KNOWN_PEERS "ncx/known_peers"

static char *
ask_password(const char *file, void *arg)
{
	struct password *password = arg;
	char prompt[512];

	snprintf(
	    prompt, sizeof(prompt), "Password for the key in %.400s: ", file);
	return password_ask(password, prompt) == NULL ? NULL : password->text;
}

/* The way to the file that is usual; "" where there is no home. */
static const char *
known_path(const struct options *o, char *text, size_t size)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (o->tls_tofu_file != NULL)
		return o->tls_tofu_file;
	text[0] = '\0';
	if (config != NULL && config[0] == '/')
		snprintf(text, size, "%s/" KNOWN_PEERS, config);
	else if (home != NULL)
		snprintf(text, size, "%s/.config/" KNOWN_PEERS, home);
	return text;
}

static enum status
read_known(struct tls_setup *setup, const struct options *o)
{
	char text[4096];
	const char *path = known_path(o, text, sizeof(text));
	unsigned bad_line = 0;

	if (path[0] == '\0') {
		log_error("--tls-tofu: expected a file, as HOME is not set");
		return STATUS_USAGE;
	}
	setup->known = known_peers_read(path, &bad_line);
	if (setup->known != NULL)
		return STATUS_OK;
	if (bad_line != 0)
		log_error("read of %s failed: line %u: expected HOST:PORT and "
			  "a pin",
		    path, bad_line);
	else
		log_error("read of %s failed: %s", path, strerror(errno));
	return STATUS_LOCAL;
}

static enum status
make(struct tls_setup *setup, struct tls_settings *settings)
{
	struct tls_why why = { 0 };

	settings->ask_password = ask_password;
	settings->arg = &setup->password;
	setup->context = tls_context_new(settings, &why);
	password_forget(&setup->password);
	if (setup->context != NULL)
		return STATUS_OK;
	log_error("%s", why.words);
	return why.settings ? STATUS_USAGE : STATUS_LOCAL;
}

static struct tls_settings
common(const struct options *o)
{
	return (struct tls_settings){
		.crl = o->tls_crl,
		.cert = o->tls_cert,
		.key = o->tls_key,
		.alpn = o->tls_alpn,
		.ciphers = o->tls_ciphers,
		.tls13_only = o->tls_min == TLS_MIN_1_3,
		.pins = o->tls_pins.list,
		.pin_count = o->tls_pins.count,
	};
}

enum status
tls_setup_client(struct tls_setup *setup, const struct options *o)
{
	struct tls_settings settings = common(o);
	enum status status = STATUS_OK;

	if (!o->tls)
		return STATUS_OK;
	if (o->tls_tofu)
		status = read_known(setup, o);
	if (status != STATUS_OK)
		return status;
	settings.ca = o->tls_ca;
	settings.insecure = o->tls_insecure;
	settings.known = setup->known;
	return make(setup, &settings);
}

/* With --relay-tls what is said of a peer is said of the target. */
static void
ask_clients(struct tls_settings *settings, const struct options *o)
{
	settings->ca = o->tls_client_ca;
	if (o->relay_tls) {
		settings->crl = settings->alpn = NULL;
		settings->pin_count = 0;
	}
	if (o->ssl_verify && settings->ca == NULL && !o->relay_tls)
		settings->ca = o->tls_ca;
	settings->ask_client = o->tls_client_ca != NULL || o->ssl_verify ||
	    settings->pin_count > 0;
}

enum status
tls_setup_server(struct tls_setup *setup, const struct options *o)
{
	struct tls_settings settings = common(o);
	struct own_names names;
	enum status status;

	if (!o->tls)
		return STATUS_OK;
	ask_clients(&settings, o);
	settings.server = true;
	own_names_find(&names, o->family == AF_UNIX ? NULL : o->host);
	settings.names = names.list;
	settings.name_count = names.count;
	status = make(setup, &settings);
	own_names_free(&names);
	if (status == STATUS_OK && tls_context_pin(setup->context) != NULL)
		log_error("certificate for this run: %s",
		    tls_context_pin(setup->context));
	return status;
}

void
tls_setup_free(struct tls_setup *setup)
{
	tls_context_free(setup->context);
	known_peers_free(setup->known);
}
