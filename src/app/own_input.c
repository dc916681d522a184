/* SPDX-License-Identifier: ISC */
/* own_input.c - stdin as the options want it to be read */
#include <unistd.h>

#include "log.h"
#include "own_input.h"
#include "typed.h"

static bool
is_typed(const struct options *o)
{
	return o->escape || o->hex;
}

bool
own_input_has_crlf(const struct options *o)
{
	return o->crlf && is_typed(o);
}

bool
own_input_has_messages(const struct options *o)
{
	return is_typed(o) && !o->chat &&
	    (options_messages(o) || o->interval_ms > 0);
}

static void
left_out(unsigned long line, const char *why, void *arg)
{
	(void)arg;
	log_error("send of line %lu failed: %s", line, why);
}

struct channel *
own_input(const struct options *o, int rfd, int wfd)
{
	struct channel *ch = channel_stdio(rfd, wfd);
	struct typed_style style = {
		.form = o->hex ? TYPED_HEX : TYPED_ESCAPES,
		.crlf = o->crlf,
		.messages = own_input_has_messages(o),
		.message_max = options_messages(o) ? (size_t)o->mtu : 0,
		.wrong = rfd != -1 && isatty(rfd) ? left_out : NULL,
	};

	if (rfd != -1 && is_typed(o))
		typed_channel(ch, &style);
	return ch;
}
