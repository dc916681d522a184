/* SPDX-License-Identifier: ISC */
/* options_limits.c - what is left to settle of --until and --rate */
#include <string.h>

#include "c_escape.h"
#include "log.h"
#include "options_limits.h"
#include "options_words.h"
#include "status.h"
#include "xalloc.h"

static int
parse_until(struct options *o)
{
	size_t len = strlen(o->until), wrong;
	char words[C_ESCAPE_COMPLAINT];
	ssize_t n;

	if (len == 0)
		return options_wrong_value(
		    "--until", o->until, "a text of at least one byte");
	o->until_text = xreallocarray(NULL, len, 1);
	n = c_escape_decode(o->until_text, o->until, len, &wrong);
	if (n == -1) {
		log_error("--until %s",
		    c_escape_complaint(o->until + wrong, len - wrong, words));
		return STATUS_USAGE;
	}
	o->until_len = (size_t)n;
	return OPTIONS_GO_ON;
}

int
options_parse_limits(struct options *o)
{
	if (o->rate_in == 0)
		o->rate_in = o->rate;
	if (o->rate_out == 0)
		o->rate_out = o->rate;
	return o->until == NULL ? OPTIONS_GO_ON : parse_until(o);
}
