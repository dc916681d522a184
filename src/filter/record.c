/* SPDX-License-Identifier: ISC */
/* record.c - the tap that keeps what was said as it was */
#include <stdlib.h>

#include "record.h"
#include "xalloc.h"

struct record {
	struct tap tap; /* first: it is a tap */
	struct sink *sink;
};

static void
record_see(
    struct tap *tap, const struct flow *f, const uint8_t *bytes, size_t n)
{
	const struct record *record = (struct record *)tap;

	(void)f;
	sink_write(record->sink, bytes, n);
}

static void
record_free(struct tap *tap)
{
	free(tap);
}

static const struct tap_ops record_ops = {
	.name = "record",
	.see = record_see,
	.free = record_free,
};

struct tap *
record_tap(struct sink *sink)
{
	struct record *record = xcalloc(1, sizeof(*record));

	record->tap.ops = &record_ops;
	record->sink = sink;
	return &record->tap;
}
