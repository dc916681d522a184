/* SPDX-License-Identifier: ISC */
/* relay_limits.h - when a relay has to do something by itself
 *
 * Each is a point in time, from what the relay is now; CLOCK_NEVER. */
#ifndef NCX_RELAY_LIMITS_H
#define NCX_RELAY_LIMITS_H

#include <stdint.h>

#include "relay.h"

int64_t relay_idle_deadline(const struct relay *);     /* idle_ms */
int64_t relay_quit_deadline(const struct relay *);     /* quit_ms */
int64_t relay_max_deadline(const struct relay *);      /* max_ms */
int64_t relay_linger_deadline(const struct relay *);   /* linger_ms */
int64_t relay_patience_deadline(const struct relay *); /* patience_ms */
int64_t relay_loss_deadline(const struct relay *);     /* lost_ms */
int64_t relay_stall_deadline(const struct relay *);    /* stall_ms */
int64_t relay_abandon_deadline(const struct relay *);  /* abandon_ms */
int64_t relay_next_deadline(const struct relay *);     /* of all these */

#endif
