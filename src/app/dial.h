/* SPDX-License-Identifier: ISC */
/* dial.h - from the options to an open channel
 *
 * Theory of operation: a try is a channel with its handshakes - lookups,
 * connect, proxy, probe - run by an opener.  When a try fails, the next port
 * behind the proxy or the next --retry begins another; the limit of -w holds
 * for all of them together.  A handshake that fails reports to the dial, which
 * puts it into words and knows from it the exit status. */
#ifndef NCX_DIAL_H
#define NCX_DIAL_H

#include "backoff.h"
#include "endpoint.h"
#include "lines.h"
#include "opener.h"
#include "options.h"
#include "proxy_login.h"
#include "spare_sockets.h"
#include "status.h"
#include "tls_setup.h"
#include "unix_path.h"

struct session;

struct dial;

/* Called at the end, once: STATUS_OK with a channel, which is the receiver's
 * from then on, or why there is none.  What is in lines has not been printed.
 * The dial may be freed in it. */
typedef void dialed_fn(struct dial *, struct channel *, enum status, void *arg);

struct dial {
	/* To be set before it starts; the rest is its own. */
	const struct options *options;
	struct loop *loop;
	const int *ports; /* tried one after the other; borrowed */
	size_t port_count;
	const struct dial *looked_up; /* has our addresses; or NULL */
	bool only_lookup;             /* no connection: it ends with those */
	bool probe;                   /* UDP: only an answer is a connection */
	struct spare_sockets *spares; /* shared by many of them; or NULL */
	struct proxy_login *login;    /* where there may be a proxy */
	const struct tls_setup *tls;  /* where there may be TLS; or NULL */
	bool hold;                    /* keep the lines, do not print them */
	dialed_fn *dialed;
	void *arg;
	struct session *session; /* is told of the attempts; NULL: nobody */
	const char *about;       /* for log_step(): whose it is, of several */

	struct address *hop;      /* owned; of the host, or of its proxy */
	struct address *beyond;   /* owned; of the host, for its proxy */
	struct address *sources;  /* owned */
	struct unix_path own;     /* of -s; removed by dial_free() */
	struct address_text peer; /* of whom messages speak */
	int peer_port;
	struct tls_facts tls_facts;       /* of the session; no version: none */
	char known_as[ADDRESS_TEXT + 16]; /* HOST:PORT among the known peers */
	char unwritten[ADDRESS_TEXT];     /* why that was not kept; or "" */
	struct lines lines;
	struct backoff backoff;
	struct opener *opener; /* of the try under way; NULL: between two */
	size_t port;           /* the one to ask the proxy for */
	size_t address;        /* the one to probe */
	int tries;             /* that have failed */
	/* errno of the last failure to get to the host, or for want of
	 * descriptors; 0: none known */
	int reason;
	enum status status; /* what it was a failure of */
	int64_t start_ms, deadline_ms;
};

void dial_start(struct dial *);
void dial_free(struct dial *);

/* What a try through a proxy is made of, too: see dial_proxy.h.
 *
 * dial_look_up: find the addresses of an endpoint, unless they are known.
 * dial_connect: the handshake that connects to the hop, at these ports; count 0
 * for a path. */
void dial_look_up(struct dial *, struct channel *, const struct endpoint *,
    struct address **found, const struct address *known);
struct handshake *dial_connect(struct dial *, const int *ports, size_t count);

#endif
