/* SPDX-License-Identifier: ISC */
/* scan_result.h - what a scan found out about a port */
#ifndef NCX_SCAN_RESULT_H
#define NCX_SCAN_RESULT_H

#include <stddef.h>
#include <stdint.h>

#include "lines.h"
#include "options.h"
#include "status.h"

enum port_state {
	PORT_UNKNOWN, /* not yet */
	PORT_OPEN,
	PORT_CLOSED,      /* somebody said no */
	PORT_FILTERED,    /* nobody said anything, or not whether it is open */
	PORT_UNREACHABLE, /* somebody said that there is no way */
	PORT_NO_TLS,      /* open, but TLS was not agreed on */
	PORT_FAILED,      /* the question was not asked: proxy, our side */
	PORT_STATES
};

struct scan_result {
	enum port_state state;
	enum status status;
	int64_t us; /* that it took */
	struct lines lines;
};

/* From how its dial ended: status and errno */
void scan_result_set(struct scan_result *, enum status, int reason);

/* Say under -v which ports are in which state.  The status of it all: 0 where
 * one is open; else that of a failure; 4 where time limits left it open (over
 * UDP one of them, over TCP all); else 1.  ports NULL: a path */
int scan_summary(const struct scan_result *, const int *ports, size_t count,
    const struct options *);

#endif
