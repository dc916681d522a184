/* SPDX-License-Identifier: ISC */
/* fuzz_starttls_postgres.c - answers to the SSLRequest of PostgreSQL */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	fuzz_starttls(STARTTLS_POSTGRES, bytes, n);
	return 0;
}
