/* SPDX-License-Identifier: ISC */
/* crlf.c - the filter that ends lines with CR LF */
#include <stdlib.h>

#include "crlf.h"
#include "xalloc.h"

struct crlf {
	struct filter filter; /* first: it is a filter */
	bool after_cr;        /* the last byte seen was a CR */
};

static void
crlf_run(
    struct filter *filter, const uint8_t *bytes, size_t n, struct buffer *out)
{
	struct crlf *crlf = (struct crlf *)filter;
	size_t start = 0;

	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n' && !crlf->after_cr) {
			buffer_append(out, bytes + start, i - start);
			buffer_append(out, "\r\n", 2);
			start = i + 1;
		}
		crlf->after_cr = bytes[i] == '\r';
	}
	buffer_append(out, bytes + start, n - start);
}

static void
crlf_free(struct filter *filter)
{
	free(filter);
}

static const struct filter_ops crlf_ops = {
	.name = "crlf",
	.grow = 2,
	.run = crlf_run,
	.free = crlf_free,
};

struct filter *
crlf_filter(void)
{
	struct crlf *crlf = xcalloc(1, sizeof(*crlf));

	crlf->filter.ops = &crlf_ops;
	return &crlf->filter;
}
