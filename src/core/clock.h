/* SPDX-License-Identifier: ISC */
/* clock.h - the monotonic clock; a deadline is a point on it */
#ifndef NCX_CLOCK_H
#define NCX_CLOCK_H

#include <stdint.h>

#define CLOCK_NEVER INT64_MAX

int64_t clock_ms(void); /* ms since an arbitrary start; never 0 */

int64_t clock_us(void); /* the same in us, to measure with */
int64_t clock_ns(void); /* ... in ns; never 0 */

/* A point of clock_ns() as time since 1970, in ns, as the system has it now. */
int64_t clock_wall_ns(int64_t at_ns);

/* Lower *deadline_ms to at_ms where that is sooner. */
void clock_lower(int64_t *deadline_ms, int64_t at_ms);

/* start_ms + length_ms; CLOCK_NEVER for a negative length */
int64_t clock_after(int64_t start_ms, int64_t length_ms);

#endif
