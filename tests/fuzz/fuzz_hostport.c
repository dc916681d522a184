/* SPDX-License-Identifier: ISC */
/* fuzz_hostport.c - "host:port" as a user types it */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "hostport.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = fuzz_text(bytes, n), *before = fuzz_text(bytes, n);
	const char *host, *port, *wrong = hostport_split(text, &host, &port);
	size_t len = strlen(before);

	PROMISED(wrong == NULL || strcmp(text, before) == 0);
	if (wrong == NULL) {
		PROMISED(host[0] != '\0' && host <= text + 1);
		PROMISED(port == NULL || port[0] != '\0');
		PROMISED(port == NULL || port + strlen(port) == text + len);
	}
	free(text);
	free(before);
	return 0;
}
