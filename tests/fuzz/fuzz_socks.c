/* SPDX-License-Identifier: ISC */
/* fuzz_socks.c - answers of a SOCKS proxy; the first byte chooses the version
 */
#include "fuzz.h"
#include "socks.h"

static struct dialogue *
begin(void *arg)
{
	return socks_dialogue(arg);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct credentials who = { .user = "bob", .password = "secret" };
	struct socks_request request = {
		.host = "192.0.2.7", .port = 80, .credentials = &who
	};

	if (n > 0) {
		request.version = bytes[0] % 3;
		fuzz_dialogue(begin, &request, bytes + 1, n - 1);
	}
	return 0;
}
