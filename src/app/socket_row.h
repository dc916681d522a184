/* SPDX-License-Identifier: ISC */
/* socket_row.h - a connection as a line of columns, those of ss(8) first */
#ifndef NCX_SOCKET_ROW_H
#define NCX_SOCKET_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "columns.h"
#include "endpoint.h"

struct socket_row {
	int fd;                     /* -1: it has none of its own */
	const struct address *peer; /* where the system does not know it yet */
	const char *peer_text; /* where there is no such address; or NULL */
	const struct address *local;   /* without fd; NULL: not known */
	bool counted;                  /* it has these */
	uint64_t received, sent, rate; /* bytes, bytes a second */
	const char *note;              /* what it waits for; NULL: nothing */
};

void socket_row_head(struct columns *);
void socket_row_add(struct columns *, const struct socket_row *);

#endif
