/* SPDX-License-Identifier: ISC */
/* client_report.h - the line about a client that has left */
#ifndef NCX_CLIENT_REPORT_H
#define NCX_CLIENT_REPORT_H

#include "server.h"

/* Under -v: who, for how long, how many bytes each way, and how it ended. */
void client_report(
    const struct client *, const struct relay *, enum relay_result);

#endif
