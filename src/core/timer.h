/* SPDX-License-Identifier: ISC */
/* timer.h - a task that waits for a point in time */
#ifndef NCX_TIMER_H
#define NCX_TIMER_H

#include <stdint.h>

#include "loop.h"

typedef void timer_fn(void *arg);

/* Call it once, at or after at_ms (clock.h). */
void timer_start(struct loop *, int64_t at_ms, timer_fn *, void *arg);

#endif
