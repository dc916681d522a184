/* SPDX-License-Identifier: ISC */
/* fuzz_starttls_ftp.c - answers to the AUTH TLS of FTP */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	fuzz_starttls(STARTTLS_FTP, bytes, n);
	return 0;
}
