/* SPDX-License-Identifier: ISC */
/* filter_pair.h - two filters that act as one */
#ifndef NCX_FILTER_PAIR_H
#define NCX_FILTER_PAIR_H

#include "flow.h"

/* The second sees what the first gives, in the same read, and ends after it.
 * Owns both; where one of them is NULL it is just the other. */
struct filter *filter_pair(struct filter *first, struct filter *second);

#endif
