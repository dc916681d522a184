/* SPDX-License-Identifier: ISC */
/* meter.h - how far a transfer is, as a line of text
 *
 * No terminal and no clock: numbers come in, and a line goes out that is no
 * wider than asked for.  What is least worth knowing is left out of it first:
 * the bar gets narrower, then other parts go. */
#ifndef NCX_METER_H
#define NCX_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ms; what lies so long back has a little more than a third of its weight left
 */
#define METER_MEMORY_MS 3000

/* A moving average.  Zeroed is one that knows nothing. */
struct meter_rate {
	double value, weight;
	uint64_t bytes; /* at the last look */
	int64_t at_ms;  /* when that was; 0: never */
};

/* So many bytes at this time; the first look only begins it. */
void meter_rate_look(struct meter_rate *, uint64_t bytes, int64_t now_ms);
uint64_t meter_rate(const struct meter_rate *); /* bytes a second */

/* All sessions together. */
struct meter {
	uint64_t received, sent; /* bytes, on the network's side */
	uint64_t done, size;     /* of what has a size; size 0: not known */
	uint64_t rate;           /* bytes a second */
	int64_t elapsed_ms;
	unsigned open, total; /* sessions; total 0: they are not counted */
};

/* bytes of a line, with the NUL; more columns are not used */
#define METER_LINE 200

/* As it stands, in at most so many columns.  All of it is ASCII. */
void meter_line(const struct meter *, int columns, char text[METER_LINE]);

/* What it was, at the end.  size is what was said before, done what came. */
#define METER_SUMMARY 300
void meter_summary(const struct meter *, char text[METER_SUMMARY]);

/* bytes, with the NUL, of any number and any time */
#define METER_TEXT 32

/* "999B", "1.21GiB": at most three digits and a point, but for the largest. */
const char *meter_bytes(uint64_t, char text[METER_TEXT]);
/* "0:07", "1:02:03", "12d 4h" */
const char *meter_time(int64_t ms, char text[METER_TEXT]);

#endif
