/* SPDX-License-Identifier: ISC */
/* peers_rig.h - datagram sockets, and the peers that they got */
#ifndef NCX_TEST_PEERS_RIG_H
#define NCX_TEST_PEERS_RIG_H

#include "dgram_peers.h"
#include "support.h"

#define RIG_PEERS 8

struct peers_rig {
	struct dgram_peers *peers;
	struct address at[2]; /* where the sockets are bound */
	int fds[2];           /* owned by the peers */
	size_t sockets;
	int64_t now_ms;
	char folder[32]; /* of Unix sockets; "": none */

	/* Those that came, in their order; the first RIG_PEERS are kept. */
	struct channel *ch[RIG_PEERS];
	struct address from[RIG_PEERS]; /* len 0: without a name */
	size_t count;
	bool refuse; /* close them at once */
	bool close;  /* and the peers as well */
};

/* True where the machine has ::1. */
bool peers_rig_ipv6(void);

void peers_rig_init(struct peers_rig *, size_t max);
/* Another socket, at a numeric host, or "unix": a path in a folder. */
void peers_rig_add(struct peers_rig *, const char *host);
void peers_rig_free(struct peers_rig *);

/* A client that writes to the first socket, or to the host at its port;
 * connected. */
int peers_rig_client(struct peers_rig *, const char *host);
/* A Unix client, bound to this name in the folder; connected. */
int peers_rig_named(struct peers_rig *, const char *name);

/* Waits until socket i has something, and takes one turn of it. */
void peers_rig_hear(struct peers_rig *, size_t i);

/* The client says this to socket 0, which takes it. */
void peers_rig_say(struct peers_rig *, int client, const void *, size_t);
void peers_rig_text(struct peers_rig *, int client, const char *);

/* The next datagram of a channel is exactly this; there is none. */
void expect_datagram(struct channel *, const void *, size_t);
void expect_no_datagram(struct channel *);

#endif
