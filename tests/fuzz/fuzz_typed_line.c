/* SPDX-License-Identifier: ISC */
/* fuzz_typed_line.c - lines that are typed by hand */
#include <stdlib.h>

#include "c_escape.h"
#include "fuzz.h"
#include "typed_line.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	bool goes_on = n > C_ESCAPE_LONGEST && bytes[0] % 2 == 0;
	size_t least = goes_on ? n - C_ESCAPE_LONGEST : n;
	struct typed_said said;

	for (int form = TYPED_ESCAPES; form <= TYPED_HEX; form++) {
		uint8_t *out = malloc(n + 1);

		PROMISED(out != NULL);
		typed_line((enum typed_form)form, (const char *)bytes, n,
		    goes_on, out, &said);
		PROMISED(said.n <= said.used && said.used <= n);
		PROMISED(said.wrong[0] != '\0' || said.used >= least);
		free(out);
	}
	return 0;
}
