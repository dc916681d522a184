/* SPDX-License-Identifier: ISC */
/* fuzz_starttls_pop3.c - answers to the STLS of POP3 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	fuzz_starttls(STARTTLS_POP3, bytes, n);
	return 0;
}
