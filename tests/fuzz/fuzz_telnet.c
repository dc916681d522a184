/* SPDX-License-Identifier: ISC */
/* fuzz_telnet.c - negotiations of a telnet server */
#include "fuzz.h"
#include "telnet.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct flow to_slow, to_whole;
	struct buffer slow, whole;

	flow_init(&to_slow, NULL, NULL);
	flow_init(&to_whole, NULL, NULL);
	fuzz_filter(telnet_filter(&to_slow), bytes, n, 1, &slow);
	fuzz_filter(telnet_filter(&to_whole), bytes, n, SIZE_MAX, &whole);
	PROMISED(fuzz_same(&slow, &whole));
	PROMISED(fuzz_same(&to_slow.answers, &to_whole.answers));
	PROMISED(to_whole.answers.len <= n);
	flow_free(&to_slow);
	flow_free(&to_whole);
	buffer_free(&slow);
	buffer_free(&whole);
	return 0;
}
