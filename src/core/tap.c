/* SPDX-License-Identifier: ISC */
/* tap.c - what sees the bytes of a flow, and changes nothing */
#include "tap.h"

void
taps_add(struct tap **list, struct tap *tap)
{
	while (*list != NULL)
		list = &(*list)->next;
	*list = tap;
}

void
taps_see(struct tap *list, const struct flow *f, const void *bytes, size_t n)
{
	for (struct tap *tap = list; tap != NULL; tap = tap->next) {
		if (tap->ops->see != NULL)
			tap->ops->see(tap, f, bytes, n);
	}
}

void
taps_end(struct tap *list, const struct flow *f)
{
	for (struct tap *tap = list; tap != NULL; tap = tap->next) {
		if (tap->ops->end != NULL)
			tap->ops->end(tap, f);
	}
}

void
taps_free(struct tap *list)
{
	while (list != NULL) {
		struct tap *tap = list;

		list = tap->next;
		tap->ops->free(tap);
	}
}
