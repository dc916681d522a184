/* SPDX-License-Identifier: ISC */
/* fuzz_http_connect.c - answers of an HTTP proxy, with their challenges */
#include "fuzz.h"
#include "http_connect.h"

static struct dialogue *
begin(void *arg)
{
	return http_connect_dialogue(arg);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct credentials who = { .user = "bob", .password = "secret" };
	struct http_connect_request request = { "host.example", 80, &who };

	fuzz_dialogue(begin, &request, bytes, n);
	return 0;
}
