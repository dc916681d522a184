/* SPDX-License-Identifier: ISC */
/* dial_report.h - what a dial has to say, and what it learns from it
 *
 * Each failure sets the dial's status and reason, and says so. */
#ifndef NCX_DIAL_REPORT_H
#define NCX_DIAL_REPORT_H

#include "connect.h"
#include "dial.h"

/* A message, printed or held back. */
void dial_say(struct dial *, enum line_kind, const char *, ...)
    __attribute__((format(printf, 3, 4)));

/* What lookup.h, connect.h and udp_probe.h call; arg is the dial. */
void dial_looked_up(const struct endpoint *, int code, void *arg);
void dial_attempted(const struct connect_attempt *, void *arg);
void dial_not_answered(int error, void *arg);

/* Whom it talks to, or will: behind a proxy the host that was typed. */
void dial_peer(const struct dial *, struct address_text *);

/* It is connected. */
void dial_announce(struct dial *, const struct channel *);

#endif
