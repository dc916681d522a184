/* SPDX-License-Identifier: ISC */
/* channel.h - one end of a relay: where bytes come from and go to
 *
 * rwait and wwait are the poll(2) events that reading and writing need before
 * they can make progress; 0 means "just try".  An operation sets them when it
 * returns IO_WAIT, and may set them after a success when it knows that the
 * next try would have to wait; channel_collect() clears them when poll(2)
 * reports the event.  So 0 never promises data; it says that nobody has said
 * "wait" since. */
#ifndef NCX_CHANNEL_H
#define NCX_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "loop.h"

/* What reading and writing return besides a count.  0 is a count: an empty
 * datagram. */
enum io_result {
	IO_ERROR = -1, /* channel->error has the words */
	IO_WAIT = -2,  /* rwait or wwait says for what */
	IO_EOF = -3,   /* read only: the other side ended its direction */
};

/* What a descriptor is, as far as moving bytes without a copy goes. */
enum fd_kind {
	FD_OTHER,  /* only read(2) and write(2) */
	FD_FILE,   /* a regular file or block device */
	FD_PIPE,   /* a pipe or FIFO */
	FD_STREAM, /* a stream socket of ours */
	FD_NULL,   /* /dev/null */
};

#define CH_DGRAM   0x1 /* a read is a message, a write is a message */
#define CH_RECORDS 0x2 /* ... of a connection, which has an end */
#define CH_TCP     0x4 /* the peer's acknowledgements can be asked for */
#define CH_SHUT    0x8 /* channel_shut() has been done */
/* A reader that leaves early is no fault: what is written then is dropped. */
#define CH_INDIFFERENT 0x10
/* Is read without a descriptor: whoever fills it clears rwait. */
#define CH_MEMORY 0x20
/* Its end is a word of its own, which a broken stream must not get. */
#define CH_FAREWELL 0x40

/* What channel_prepare() is to wait for. */
#define CH_READ  0x1
#define CH_WRITE 0x2
#define CH_WATCH 0x4 /* nothing but the loss of the other side */

#define CHANNEL_ERROR_LEN 160

struct channel;
struct handshake;

struct channel_ops {
	const char *name; /* for messages: "stdio", "tcp" */
	ssize_t (*read)(struct channel *, void *, size_t);
	ssize_t (*write)(struct channel *, const void *, size_t);
	/* End the write direction: 0, IO_WAIT, IO_ERROR */
	int (*shut)(struct channel *);
	void (*close)(struct channel *); /* free what belongs to ops */
};

/* Something to finish before bytes may flow: lookup, connect, proxy, TLS.
 * Run in order, each until it returns 0, then freed. */
struct handshake_ops {
	const char *name;
	/* Add what the next run has to wait for, and lower *deadline_ms.
	 * NULL: it waits for rwait and wwait of the channel */
	void (*prepare)(struct handshake *, struct channel *, struct pollset *,
	    int64_t *deadline_ms);
	int (*run)(struct handshake *, struct channel *); /* 0, IO_WAIT/ERROR */
	/* Its time is over: report what it was doing.  NULL: nothing to say */
	void (*expire)(struct handshake *);
	void (*free)(struct handshake *);
};

/* The first member of what it is. */
struct handshake {
	const struct handshake_ops *ops;
	struct handshake *next;
	int64_t start_ns; /* its turn came; 0: it has not */
};

/* When a handshake was done (clock.h). */
struct handshake_mark {
	const char *name;
	int64_t start_ns, end_ns;
};

/* more than a channel ever has */
#define CHANNEL_MARKS 8

struct channel {
	const struct channel_ops *ops;
	void *state;                  /* belongs to ops */
	struct handshake *handshakes; /* owned; up when NULL */
	int rfd, wfd;                 /* -1: none; equal for a socket */
	enum fd_kind rkind, wkind; /* wkind may become FD_OTHER at any time */
	short rwait, wwait;
	unsigned flags;   /* CH_* */
	int rslot, wslot; /* places in this turn's poll set, -1: none */
	bool lost;        /* poll(2) said that nobody is at the other side */
	int held_error;   /* datagrams: an errno to report after the data */
	struct handshake_mark marks[CHANNEL_MARKS]; /* in their order */
	size_t mark_count;
	size_t farewell; /* bytes sent by shut, which a peer may not take */
	/* For log_step(): whose it is, of several; borrowed.  NULL: there is
	 * only one session */
	const char *about;
	bool fault_told;
	int error_code; /* errno of the failure; 0: none, or no errno */
	char error[CHANNEL_ERROR_LEN];
};

/* A socket; owns fd, makes it non-blocking.  fd -1: a handshake will give it
 * one by channel_attach(). */
struct channel *channel_socket(int fd);
void channel_attach(struct channel *, int fd);

/* What a socket is, as far as a channel has to know.  Sets the options that all
 * our sockets have; those that a listening socket accepts inherit them, and are
 * what it is. */
struct socket_traits {
	enum fd_kind kind;
	unsigned flags; /* CH_* */
};
struct socket_traits channel_traits(int fd);

/* The same as channel_socket(), for a socket that is known and non-blocking. */
struct channel *channel_accepted(int fd, struct socket_traits);

/* Our own input and output, borrowed and never made non-blocking.
 * -1 for rfd: no input; -1 for wfd: what is written is dropped. */
struct channel *channel_stdio(int rfd, int wfd);

void channel_close(struct channel *); /* frees; NULL is fine */

void channel_add_handshake(struct channel *, struct handshake *); /* owns it */
int channel_handshake(struct channel *); /* 0 when up; IO_WAIT; IO_ERROR */

/* Wait for what the handshakes need.  True: they can go on now. */
bool channel_prepare_handshake(
    struct channel *, struct pollset *, int64_t *deadline_ms);

/* The time for the handshakes is over: let the one under way say so. */
void channel_expire_handshake(struct channel *);

/* Close the socket; the handshake, which is to give the channel another, runs
 * before those that are left.  For a handshake that has to start over. */
void channel_reconnect(struct channel *, struct handshake *); /* owns it */

/* False where there is nothing to be read, ever. */
bool channel_has_input(const struct channel *);

ssize_t channel_read(struct channel *, void *, size_t);
/* After IO_WAIT the same bytes have to come again, and more may follow them. */
ssize_t channel_write(struct channel *, const void *, size_t);
int channel_shut(struct channel *); /* 0: done, once is enough; or IO_WAIT */

/* Bytes that were written and that the peer's system has not acknowledged;
 * 0 where that cannot be known, IO_ERROR when they never will be. */
ssize_t channel_unacked(struct channel *);

/* Datagrams: drop those of others that were queued before the socket was
 * connected to this peer, an address as the system gives it. */
void channel_only_peer(struct channel *, const void *address, size_t len);

/* IO_ERROR when the system knows of an error that no read or write has told
 * yet; else 0.  A failure that was told before keeps its words. */
int channel_check(struct channel *);

/* Let the close of a TCP connection be a reset: what was sent is not all there
 * was, and the peer must not take it for complete. */
void channel_abort(struct channel *);

/* Let the system notice a peer that has vanished without a word. */
void channel_keepalive(struct channel *);

/* Set the words of an error; return IO_ERROR. */
int channel_fail(struct channel *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
int channel_fail_errno(struct channel *, int error);

void channel_prepare(struct channel *, struct pollset *, unsigned wanted);
void channel_collect(struct channel *, const struct pollset *);

/* True: poll(2) reported something. */
bool channel_has_news(const struct channel *, const struct pollset *);

/* Acknowledge now what has come: before that a peer may not send what it has
 * next (RFC 896). */
void channel_acknowledge(struct channel *);

/* For implementations: a channel with these operations, without descriptors. */
struct channel *channel_new(const struct channel_ops *);

#endif
