/* SPDX-License-Identifier: ISC */
/* dgram_peers.h - the peers of datagram sockets, each a channel of its own
 *
 * Theory of operation: whoever waits for a socket reads it here.  A datagram is
 * put into the queue of the peer that sent it, from where its channel is read;
 * the channel of a new peer is handed out with its first datagram.  Who writes
 * to two of our addresses, or sockets, is two peers.  A peer is forgotten when
 * its channel is closed, and is a new one should it write again.
 *
 * Nothing is promised on the way, and so a queue that is full drops what comes,
 * and what a peer does not take is dropped: none can hold up the others.  All
 * Unix sockets without a name are one peer, which cannot be answered. */
#ifndef NCX_DGRAM_PEERS_H
#define NCX_DGRAM_PEERS_H

#include <stdint.h>

#include "channel.h"
#include "endpoint.h"

/* what one peer may have queued: bytes, and datagrams */
#define PEER_QUEUE_MAX   (1024 * 1024)
#define PEER_QUEUE_COUNT 4096
/* bytes queued of all peers: beyond it a peer may have one datagram queued */
#define PEERS_QUEUE_MAX (64 * 1024 * 1024)
/* ms of silence after which a new peer may take another's place */
#define PEER_SILENT_MS 10000
/* datagrams read in one turn, and of one peer: as many as a relay moves */
#define PEERS_TURN 64
#define PEER_TURN  16

/* Owns the channel of a new peer; address is NULL where it has no name. */
typedef void dgram_peer_fn(
    struct channel *, const struct address *peer, void *arg);

struct dgram_peers;

/* At most max peers; 0: no limit.  A new one beyond it takes the place of the
 * one that has been silent longest, whose channel ends; or is not heard. */
struct dgram_peers *dgram_peers_new(
    size_t max, dgram_peer_fn *accept, void *arg);

/* The next socket; owns fd. */
void dgram_peers_add(struct dgram_peers *, int fd);

/* Read what socket i has, in the order they were added.  0, or -1: errno */
int dgram_peers_receive(struct dgram_peers *, size_t i, int64_t now_ms);

/* Which of our addresses the peer of such a channel wrote to.  0; -1: it is
 * another kind of channel, or errno */
int dgram_peer_local(const struct channel *, struct address *);

/* Nothing more is received.  The channels that are left end when their queues
 * are read, and may be written to; the sockets are closed with the last one. */
void dgram_peers_close(struct dgram_peers *);

#endif
