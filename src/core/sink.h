/* SPDX-License-Identifier: ISC */
/* sink.h - a file that records are written to
 *
 * What is written to it arrives as a whole or, at the end of a full disk, not
 * at all.  A sink that has failed is broken: it says so once, and drops what
 * comes after that.  A pipe or a terminal whose reader is slow makes us wait;
 * but once a signal asks us to leave, it has only a moment. */
#ifndef NCX_SINK_H
#define NCX_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

enum sink_mode {
	SINK_NEW,     /* a file that is there already is an error */
	SINK_REPLACE, /* ... is emptied */
	SINK_APPEND,  /* ... is gone on with */
};

/* Called once, when it fails; error is an errno.  The path is "stdout" for
 * "-". */
typedef void sink_failed_fn(const char *path, int error, void *arg);

struct sink;

/* "-": stdout, borrowed.  The path is borrowed too.  A new file is for its
 * owner only (0600).  All writes go to the end of the file, so that several
 * sinks may share one.  Waits for the reader of a FIFO.  NULL: errno */
struct sink *sink_open(
    const char *path, enum sink_mode, sink_failed_fn *failed, void *arg);

/* All of it, or it is broken.  The vector is used up. */
void sink_writev(struct sink *, struct iovec *, int count);
void sink_write(struct sink *, const void *, size_t);

bool sink_is_broken(const struct sink *);
bool sink_is_terminal(const struct sink *);

/* True: all that was written is there.  NULL is fine, and true */
bool sink_close(struct sink *);

#endif
