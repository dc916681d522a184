/* SPDX-License-Identifier: ISC */
/* dial_tls.h - TLS with whom a dial has connected to, if it is asked for */
#ifndef NCX_DIAL_TLS_H
#define NCX_DIAL_TLS_H

#include "dial.h"

/* STARTTLS and TLS, on a channel that will be connected to the host. */
void dial_add_tls(struct dial *, struct channel *);

/* The session that was agreed on. */
void dial_announce_tls(struct dial *);

#endif
