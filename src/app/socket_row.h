/* SPDX-License-Identifier: ISC */
/* socket_row.h - a connection as a line of columns, those of ss(8) first */
#ifndef NCX_SOCKET_ROW_H
#define NCX_SOCKET_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "columns.h"
#include "endpoint.h"

struct socket_row {
	int fd; /* -1: it has none of its own */
	/* Instead of what the system says; or NULL */
	const struct address *peer, *local;
	const struct address_text *name; /* of the peer, likewise */
	bool counted;                    /* it has these */
	uint64_t received, sent, rate;   /* bytes, bytes a second */
	const char *note;                /* what it waits for; NULL: nothing */
};

void socket_row_head(struct columns *);
void socket_row_add(struct columns *, const struct socket_row *);

#endif
