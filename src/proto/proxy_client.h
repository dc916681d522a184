/* SPDX-License-Identifier: ISC */
/* proxy_client.h - the handshake with a proxy: a dialogue over a channel */
#ifndef NCX_PROXY_CLIENT_H
#define NCX_PROXY_CLIENT_H

#include "channel.h"
#include "dialogue.h"

/* ms; a proxy that has not answered by then is given up */
#define PROXY_LIMIT_MS 60000

struct proxy_request {
	/* The dialogue, once the proxy is connected; the handshake owns it */
	struct dialogue *(*begin)(void *arg);
	/* Another connection to the proxy, for DIALOGUE_RECONNECT */
	struct handshake *(*connect)(void *arg);
	/* Called when it fails, with the words, and the errno of the target as
	 * in dialogue.h */
	void (*failed)(const char *why, int error_code, void *arg);
	void *arg;
};

/* On a channel that is connected to the proxy.  Takes no byte that belongs to
 * the session. */
struct handshake *proxy_handshake(const struct proxy_request *);

#endif
