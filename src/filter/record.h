/* SPDX-License-Identifier: ISC */
/* record.h - the tap that keeps what was said as it was */
#ifndef NCX_RECORD_H
#define NCX_RECORD_H

#include "sink.h"
#include "tap.h"

/* Writes all it sees there, and nothing else.  Borrows the sink. */
struct tap *record_tap(struct sink *);

#endif
