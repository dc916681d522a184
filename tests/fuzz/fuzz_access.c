/* SPDX-License-Identifier: ISC */
/* fuzz_access.c - words of an access list: each lets its own prefix in */
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct access access = { .allow = { .list = NULL } };
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct address peer = { .len = sizeof(sin6) };
	char *word = fuzz_text(bytes, n);

	if (access_add(&access.allow, word) == ACCESS_ADDED) {
		sin6.sin6_addr = access.allow.list->prefix;
		memcpy(&peer.addr, &sin6, sizeof(sin6));
		PROMISED(access_allows(&access, &peer));
	}
	access_free(&access);
	free(word);
	return 0;
}
