/* SPDX-License-Identifier: ISC */
/* tap.h - what sees the bytes of a flow, and changes nothing
 *
 * It sees them on the network's side of the filters: what the peer has sent, as
 * it is read, and what goes to it, once it has been written.  A flow with a tap
 * holds its bytes in memory. */
#ifndef NCX_TAP_H
#define NCX_TAP_H

#include <stddef.h>
#include <stdint.h>

struct flow;
struct tap;

struct tap_ops {
	const char *name;
	/* An empty datagram is 0 bytes.  NULL: it looks at the end only */
	void (*see)(struct tap *, const struct flow *, const uint8_t *, size_t);
	/* The direction has ended as it should: a FIN was read, or sent.
	 * NULL: of no interest */
	void (*end)(struct tap *, const struct flow *);
	void (*free)(struct tap *);
};

/* The first member of what it is. */
struct tap {
	const struct tap_ops *ops;
	struct tap *next;
};

/* The list of a flow: its taps see everything in the order of the list. */
void taps_add(struct tap **list, struct tap *); /* at its end; owns it */
void taps_see(struct tap *list, const struct flow *, const void *, size_t);
void taps_end(struct tap *list, const struct flow *);
void taps_free(struct tap *list);

#endif
