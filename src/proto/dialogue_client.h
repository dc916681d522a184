/* SPDX-License-Identifier: ISC */
/* dialogue_client.h - the handshake that carries a dialogue over a channel */
#ifndef NCX_DIALOGUE_CLIENT_H
#define NCX_DIALOGUE_CLIENT_H

#include "channel.h"
#include "dialogue.h"

/* The strings are borrowed, and outlive the handshake. */
struct dialogue_request {
	const char *name; /* of the handshake: "proxy" */
	const char *peer; /* who is talked to, in messages: "the proxy" */
	int64_t limit_ms; /* for all of it, over each connection */
	/* The dialogue, once the peer is connected; the handshake owns it */
	struct dialogue *(*begin)(void *arg);
	/* Another connection to the peer, for DIALOGUE_RECONNECT; NULL where
	 * the dialogue never says so */
	struct handshake *(*connect)(void *arg);
	/* Called when it fails, with the words, and the errno of the target as
	 * in dialogue.h */
	void (*failed)(const char *why, int error_code, void *arg);
	void *arg;
};

/* On a channel that is connected to the peer.  Takes no byte that belongs to
 * the session. */
struct handshake *dialogue_handshake(const struct dialogue_request *);

#endif
