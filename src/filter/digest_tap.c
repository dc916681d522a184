/* SPDX-License-Identifier: ISC */
/* digest_tap.c - the tap that digests what it sees */
#include <stdio.h>
#include <stdlib.h>

#include "digest_tap.h"
#include "xalloc.h"

struct digester {
	struct tap tap;        /* first: it is a tap */
	struct digest *digest; /* owned; NULL: it has ended */
	char *text;            /* borrowed */
};

static void
digester_see(
    struct tap *tap, const struct flow *f, const uint8_t *bytes, size_t n)
{
	const struct digester *d = (struct digester *)tap;

	(void)f;
	if (d->digest != NULL)
		d->digest->ops->add(d->digest, bytes, n);
}

static void
drop_digest(struct digester *d)
{
	if (d->digest != NULL)
		d->digest->ops->free(d->digest);
	d->digest = NULL;
}

static void
digester_free(struct tap *tap)
{
	drop_digest((struct digester *)tap);
	free(tap);
}

static const struct tap_ops digester_ops = {
	.name = "digest",
	.see = digester_see,
	.free = digester_free,
};

struct tap *
digest_tap(struct digest *digest, char text[static DIGEST_TEXT])
{
	struct digester *d = xcalloc(1, sizeof(*d));

	d->tap.ops = &digester_ops;
	d->digest = digest;
	d->text = text;
	text[0] = '\0';
	return &d->tap;
}

static void
write_text(struct digester *d)
{
	size_t size = digest_size(d->digest->kind);
	uint8_t bytes[DIGEST_BYTES];

	if (!d->digest->ops->end(d->digest, bytes))
		return;
	for (size_t i = 0; i < size; i++)
		snprintf(d->text + 2 * i, 3, "%02x", bytes[i]);
}

void
digest_taps_end(struct tap *list)
{
	for (struct tap *tap = list; tap != NULL; tap = tap->next) {
		struct digester *d = (struct digester *)tap;

		if (tap->ops != &digester_ops || d->digest == NULL)
			continue;
		write_text(d);
		drop_digest(d);
	}
}
