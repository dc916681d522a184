/* SPDX-License-Identifier: ISC */
/* tls_setup.h - from the options to what TLS sessions have in common */
#ifndef NCX_TLS_SETUP_H
#define NCX_TLS_SETUP_H

#include "known_peers.h"
#include "options.h"
#include "password.h"
#include "status.h"
#include "tls_context.h"

/* Zeroed is one without TLS. */
struct tls_setup {
	struct tls_context *context; /* owned; NULL: no TLS */
	struct known_peers *known;   /* owned; NULL: nobody asks */
	struct password password;    /* of the key */
};

/* Of a client, as the options have it; --tls may be off.  Prints why it cannot
 * be.  The options are borrowed. */
enum status tls_setup_client(struct tls_setup *, const struct options *);

/* Of a listener, towards its clients; the same, and prints the pin of a
 * certificate that was made for this run. */
enum status tls_setup_server(struct tls_setup *, const struct options *);

void tls_setup_free(struct tls_setup *);

#endif
