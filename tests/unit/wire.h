/* SPDX-License-Identifier: ISC */
/* wire.h - a started flow, and the ends of it that a test holds */
#ifndef NCX_TEST_WIRE_H
#define NCX_TEST_WIRE_H

#include "flow.h"
#include "support.h"

struct wire {
	int in, out; /* what the test writes to and reads from; -1: closed */
	int stdio;   /* what src or dst borrows; -1: closed */
	struct channel *src, *dst;
	struct flow f;
};

/* From a Unix or TCP socket to a pipe, or to a file that out reads as well. */
void wire_to_pipe(struct wire *, bool tcp, const struct flow_way *);
void wire_to_file(struct wire *, bool tcp, const struct flow_way *);

/* To a Unix socket, from a pipe or from a file of so many bytes. */
void wire_from_pipe(struct wire *, const struct flow_way *);
void wire_from_file(struct wire *, size_t size, const struct flow_way *);

/* With channels and descriptors of the test's choice. */
void wire_start(struct wire *, const struct flow_way *);

void wire_close(int *fd); /* one of the descriptors; makes it -1 */
void wire_free(struct wire *);

#endif
