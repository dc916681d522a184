/* SPDX-License-Identifier: ISC */
/* until.h - the filter that ends a flow behind a text */
#ifndef NCX_UNTIL_H
#define NCX_UNTIL_H

#include "flow.h"

/* Lets everything pass, up to the end of the text, however it is split over
 * reads or datagrams; then the limit of the flow is "until", and what is behind
 * is dropped.  The text is borrowed; len is not 0. */
struct filter *until_filter(const uint8_t *text, size_t len, struct flow *);

#endif
