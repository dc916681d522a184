/* SPDX-License-Identifier: ISC */
/* client_tls.c - TLS with the clients of a listener */
#include "client_tls.h"
#include "log.h"
#include "server.h"
#include "tls_report.h"
#include "tls_session.h"
#include "tls_setup.h"
#include "xalloc.h"

static void
failed(const char *why, int error_code, void *arg)
{
	struct client *client = arg;
	char where[SESSION_PEER];

	(void)error_code;
	session_note_failure(&client->session, why);
	log_error("TLS handshake with %s failed: %s",
	    session_peer(client->session.options, &client->session.peer, where),
	    why);
}

static void
refused(const struct tls_certificate *certificate, void *arg)
{
	struct lines lines = { 0 };

	(void)arg;
	tls_report_certificate(&lines, certificate);
	lines_print(&lines, LINE_NOTE);
}

static const char *
agreed(const struct tls_facts *facts, void *arg)
{
	struct client *client = arg;

	client->tls = xcalloc(1, sizeof(*client->tls));
	*client->tls = *facts;
	client->session.tls = client->tls;
	tls_report(&client->notes, facts, &client->session.peer, false);
	return NULL;
}

/* With --relay-tls a name is the target's. */
struct handshake *
client_tls_greet(struct client *client, void *arg)
{
	const struct tls_setup *setup = arg;
	const struct options *o = client->session.options;
	struct tls_request request = { .context = setup->context,
		.name = o->relay_tls ? NULL : o->tls_name,
		.done = agreed,
		.failed = failed,
		.refused = refused,
		.arg = client };

	return tls_handshake_new(&request);
}
