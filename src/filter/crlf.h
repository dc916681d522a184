/* SPDX-License-Identifier: ISC */
/* crlf.h - the filter that ends lines with CR LF */
#ifndef NCX_CRLF_H
#define NCX_CRLF_H

#include "flow.h"

/* A LF becomes CR LF; a CR LF that is there stays, also when it is split over
 * two reads. */
struct filter *crlf_filter(void);

#endif
