/* SPDX-License-Identifier: ISC */
/* dgram_peers.c - the peers of datagram sockets, each a channel of its own */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "dgram_path.h"
#include "dgram_peers.h"
#include "log.h"
#include "xalloc.h"

/* of the table when it is new; it doubles */
#define FIRST_BUCKETS 16

struct datagram {
	STAILQ_ENTRY(datagram) next;
	size_t len;
	uint8_t bytes[];
};
STAILQ_HEAD(datagram_list, datagram);

struct peer {
	struct dgram_peers *peers;
	struct channel *channel; /* whose state this is */
	struct dgram_path path;
	uint64_t hash;           /* of path */
	LIST_ENTRY(peer) bucket; /* until it is over */
	TAILQ_ENTRY(peer) order;
	struct datagram_list queue;
	size_t bytes, count; /* in queue */
	int64_t heard_ms;
	uint64_t turn; /* in which it was heard last */
	int in_turn;   /* datagrams heard in that turn */
	bool over;     /* nothing more will come */
};
LIST_HEAD(peer_bucket, peer);
TAILQ_HEAD(peer_order, peer);

struct dgram_peers {
	size_t refs; /* the owner's, one of each channel, one of a receive */
	struct dgram_socket *sockets;
	size_t socket_count;
	size_t max; /* peers; 0: no limit */
	dgram_peer_fn *accept;
	void *arg;
	struct peer_bucket *buckets;
	size_t bucket_count;     /* a power of two */
	uint64_t seed;           /* of the hashes */
	struct peer_order order; /* those not over, the longest silent first */
	size_t count;            /* of them */
	size_t bytes;            /* in all queues */
	uint64_t turn;
	bool full;       /* a new peer found no room, and that was said */
	bool closed;     /* by the owner */
	uint8_t *buffer; /* PEER_QUEUE_MAX, of the datagram just received */
};

static void
release(struct dgram_peers *p)
{
	if (--p->refs > 0)
		return;
	for (size_t i = 0; i < p->socket_count; i++)
		close(p->sockets[i].fd);
	free(p->sockets);
	free(p->buckets);
	free(p->buffer);
	free(p);
}

static struct peer_bucket *
bucket_of(const struct dgram_peers *p, uint64_t hash)
{
	return &p->buckets[hash & (p->bucket_count - 1)];
}

static void
table_resize(struct dgram_peers *p, size_t count)
{
	struct peer *peer;

	free(p->buckets);
	p->buckets = xcalloc(count, sizeof(p->buckets[0]));
	p->bucket_count = count;
	TAILQ_FOREACH (peer, &p->order, order)
		LIST_INSERT_HEAD(bucket_of(p, peer->hash), peer, bucket);
}

static struct peer *
table_find(struct dgram_peers *p, const struct dgram_path *path, uint64_t hash)
{
	struct peer *peer;

	LIST_FOREACH (peer, bucket_of(p, hash), bucket) {
		if (peer->hash == hash && dgram_path_same(&peer->path, path))
			return peer;
	}
	return NULL;
}

static void
table_insert(struct dgram_peers *p, struct peer *peer)
{
	if (p->count == p->bucket_count)
		table_resize(p, p->bucket_count * 2);
	LIST_INSERT_HEAD(bucket_of(p, peer->hash), peer, bucket);
	TAILQ_INSERT_TAIL(&p->order, peer, order);
	p->count++;
}

/* Nothing more comes of it; whoever reads the channel gets to know. */
static void
peer_end(struct peer *peer)
{
	struct dgram_peers *p = peer->peers;

	if (peer->over)
		return;
	peer->over = true;
	peer->channel->rwait = peer->channel->wwait = 0;
	LIST_REMOVE(peer, bucket);
	TAILQ_REMOVE(&p->order, peer, order);
	p->count--;
	p->full = false;
}

static bool
queue_has_room(const struct peer *peer, size_t len)
{
	return peer->count == 0 ||
	    (peer->count < PEER_QUEUE_COUNT &&
		peer->bytes + len <= PEER_QUEUE_MAX &&
		peer->peers->bytes + len <= PEERS_QUEUE_MAX);
}

static void
queue_put(struct peer *peer, const void *bytes, size_t len)
{
	struct datagram *d = xcalloc(1, sizeof(*d) + len);

	d->len = len;
	memcpy(d->bytes, bytes, len);
	STAILQ_INSERT_TAIL(&peer->queue, d, next);
	peer->count++;
	peer->bytes += len;
	peer->peers->bytes += len;
	peer->channel->rwait = 0;
}

/* The caller frees it; NULL: there is none. */
static struct datagram *
queue_take(struct peer *peer)
{
	struct datagram *d = STAILQ_FIRST(&peer->queue);

	if (d == NULL)
		return NULL;
	STAILQ_REMOVE_HEAD(&peer->queue, next);
	peer->count--;
	peer->bytes -= d->len;
	peer->peers->bytes -= d->len;
	return d;
}

/* The end is for good: there is nobody left to write to either. */
static ssize_t
peer_read(struct channel *ch, void *bytes, size_t n)
{
	struct peer *peer = ch->state;
	struct datagram *d = queue_take(peer);
	size_t len;

	if (d == NULL && peer->over) {
		ch->lost = true;
		return IO_EOF;
	}
	if (d == NULL) {
		ch->rwait = POLLIN;
		return IO_WAIT;
	}
	len = d->len;
	if (len <= n)
		memcpy(bytes, d->bytes, len);
	free(d);
	if (len > n)
		return channel_fail(
		    ch, "message of %zu bytes is longer than %zu", len, n);
	return (ssize_t)len;
}

/* Only our own socket's buffer is worth waiting for.  A Unix peer's full queue
 * says EAGAIN as well, but no poll(2) would tell when it has room. */
static ssize_t
peer_write(struct channel *ch, const void *bytes, size_t n)
{
	struct peer *peer = ch->state;
	const struct address *to = &peer->path.remote;

	if (to->len == 0) {
		log_step(ch->about, "%zu bytes not sent: no address", n);
		return (ssize_t)n;
	}
	if (dgram_send(&peer->path, bytes, n) == 0)
		return (ssize_t)n;
	if (errno == EAGAIN && to->addr.ss_family != AF_UNIX) {
		ch->wwait = POLLOUT;
		return IO_WAIT;
	}
	log_verbose("datagram of %zu bytes not sent: %s", n, strerror(errno));
	return (ssize_t)n;
}

static int
peer_shut(struct channel *ch)
{
	(void)ch;
	return 0;
}

static void
peer_close(struct channel *ch)
{
	struct peer *peer = ch->state;
	struct datagram *d;

	peer_end(peer);
	if (peer->count > 0)
		log_debug("%zu datagrams of a peer not read", peer->count);
	while ((d = queue_take(peer)) != NULL)
		free(d);
	release(peer->peers);
	free(peer);
}

static const struct channel_ops peer_ops = {
	.name = "datagram peer",
	.read = peer_read,
	.write = peer_write,
	.shut = peer_shut,
	.close = peer_close,
};

static struct peer *
peer_new(struct dgram_peers *p, const struct dgram_path *path, uint64_t hash)
{
	struct channel *ch = channel_new(&peer_ops);
	struct peer *peer = xcalloc(1, sizeof(*peer));

	*peer = (struct peer){
		.peers = p, .channel = ch, .path = *path, .hash = hash
	};
	STAILQ_INIT(&peer->queue);
	ch->state = peer;
	ch->wfd = path->fd;
	ch->flags = CH_DGRAM | CH_MEMORY;
	p->refs++;
	table_insert(p, peer);
	return peer;
}

static bool
has_place(const struct dgram_peers *p, int64_t now_ms)
{
	const struct peer *oldest = TAILQ_FIRST(&p->order);

	return p->max == 0 || p->count < p->max ||
	    now_ms - oldest->heard_ms >= PEER_SILENT_MS;
}

/* Once, until there was room: who forges addresses could fill a disk. */
static void
say_full(struct dgram_peers *p)
{
	if (!p->full)
		log_verbose("no room for another peer");
	p->full = true;
}

/* False: it has had its share of this turn. */
static bool
hear(struct peer *peer, size_t len, int64_t now_ms)
{
	struct dgram_peers *p = peer->peers;

	TAILQ_REMOVE(&p->order, peer, order);
	TAILQ_INSERT_TAIL(&p->order, peer, order);
	peer->heard_ms = now_ms;
	if (peer->turn != p->turn)
		peer->in_turn = 0;
	peer->turn = p->turn;
	peer->in_turn++;
	if (queue_has_room(peer, len))
		queue_put(peer, p->buffer, len);
	else
		log_step(peer->channel->about, "one dropped: too many wait");
	return peer->in_turn < PEER_TURN;
}

/* One that is refused at once takes nobody's place. */
static void
welcome(struct peer *peer)
{
	struct dgram_peers *p = peer->peers;
	struct address from = peer->path.remote;

	p->accept(peer->channel, from.len > 0 ? &from : NULL, p->arg);
	if (p->max != 0 && p->count > p->max)
		peer_end(TAILQ_FIRST(&p->order));
}

/* False: enough for this turn. */
static bool
deliver(struct dgram_peers *p, const struct dgram_path *path, size_t len,
    int64_t now_ms)
{
	uint64_t hash = dgram_path_hash(path, p->seed);
	struct peer *peer = table_find(p, path, hash);

	if (len > PEER_QUEUE_MAX) {
		log_debug("datagram of %zu bytes dropped: too long", len);
		return true;
	}
	if (peer != NULL)
		return hear(peer, len, now_ms);
	if (!has_place(p, now_ms)) {
		say_full(p);
		return true;
	}
	peer = peer_new(p, path, hash);
	hear(peer, len, now_ms);
	welcome(peer);
	return true;
}

struct dgram_peers *
dgram_peers_new(size_t max, dgram_peer_fn *accept, void *arg)
{
	struct dgram_peers *p = xcalloc(1, sizeof(*p));

	*p = (struct dgram_peers){
		.refs = 1, .max = max, .accept = accept, .arg = arg
	};
	arc4random_buf(&p->seed, sizeof(p->seed));
	TAILQ_INIT(&p->order);
	table_resize(p, FIRST_BUCKETS);
	p->buffer = xcalloc(1, PEER_QUEUE_MAX);
	return p;
}

void
dgram_peers_add(struct dgram_peers *p, int fd)
{
	p->sockets = xreallocarray(
	    p->sockets, p->socket_count + 1, sizeof(p->sockets[0]));
	p->sockets[p->socket_count++] = dgram_socket_of(fd);
}

/* The new peer's owner may close us meanwhile. */
int
dgram_peers_receive(struct dgram_peers *p, size_t i, int64_t now_ms)
{
	bool more = true;
	int error = 0;

	p->refs++;
	p->turn++;
	for (int n = 0; n < PEERS_TURN && more && !p->closed; n++) {
		struct dgram_path path;
		ssize_t got = dgram_receive(
		    &p->sockets[i], p->buffer, PEER_QUEUE_MAX, &path);

		if (got == -1) {
			error = errno == EAGAIN ? 0 : errno;
			break;
		}
		more = deliver(p, &path, (size_t)got, now_ms);
	}
	release(p);
	errno = error;
	return error == 0 ? 0 : -1;
}

int
dgram_peer_local(const struct channel *ch, struct address *a)
{
	const struct peer *peer = ch->state;

	return ch->ops == &peer_ops ? dgram_path_local(&peer->path, a) : -1;
}

void
dgram_peers_close(struct dgram_peers *p)
{
	p->closed = true;
	while (!TAILQ_EMPTY(&p->order))
		peer_end(TAILQ_FIRST(&p->order));
	release(p);
}
