/* SPDX-License-Identifier: ISC */
/* descriptors.h - how many descriptors there are to use */
#ifndef NCX_DESCRIPTORS_H
#define NCX_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

/* How many of the wanted jobs, each with so many descriptors, can be done at
 * the same time: at least one.  Raises the soft limit where that helps. */
size_t descriptors_for(size_t wanted, size_t each);

/* True for an errno that says that there was none left. */
bool no_descriptor(int error);

#endif
