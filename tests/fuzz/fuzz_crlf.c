/* SPDX-License-Identifier: ISC */
/* fuzz_crlf.c - ends of lines */
#include "crlf.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct buffer slow, whole, again;

	fuzz_filter(crlf_filter(), bytes, n, 1, &slow);
	fuzz_filter(crlf_filter(), bytes, n, SIZE_MAX, &whole);
	fuzz_filter(
	    crlf_filter(), buffer_head(&whole), whole.len, SIZE_MAX, &again);
	PROMISED(fuzz_same(&slow, &whole));
	PROMISED(fuzz_same(&again, &whole));
	buffer_free(&slow);
	buffer_free(&whole);
	buffer_free(&again);
	return 0;
}
