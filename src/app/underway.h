/* SPDX-License-Identifier: ISC */
/* underway.h - what there is besides sessions, as lines of columns */
#ifndef NCX_UNDERWAY_H
#define NCX_UNDERWAY_H

#include "columns.h"
#include "dial.h"
#include "server.h"

/* A dial that has not ended: the sockets of its attempts, or what it does
 * before it has one. */
void underway_dial(struct columns *, const struct dial *);

/* The sockets that listen, and the clients that are not served yet. */
void underway_listener(struct columns *, const struct listener *);
void underway_clients(struct columns *, const struct server *);

#endif
