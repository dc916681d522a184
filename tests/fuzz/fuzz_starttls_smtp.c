/* SPDX-License-Identifier: ISC */
/* fuzz_starttls_smtp.c - answers to the STARTTLS of SMTP */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	fuzz_starttls(STARTTLS_SMTP, bytes, n);
	return 0;
}
