/* SPDX-License-Identifier: ISC */
/* fuzz_starttls_imap.c - answers to the STARTTLS of IMAP */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	fuzz_starttls(STARTTLS_IMAP, bytes, n);
	return 0;
}
