/* SPDX-License-Identifier: ISC */
/* client_tls.h - TLS with the clients of a listener */
#ifndef NCX_CLIENT_TLS_H
#define NCX_CLIENT_TLS_H

#include "channel.h"

struct client;

/* A greet_fn; setup is the struct tls_setup of a listener.  Why it fails is
 * printed, what was agreed on is kept among the notes of the client. */
struct handshake *client_tls_greet(struct client *, void *setup);

#endif
