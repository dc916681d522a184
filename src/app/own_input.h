/* SPDX-License-Identifier: ISC */
/* own_input.h - stdin as the options want it to be read */
#ifndef NCX_OWN_INPUT_H
#define NCX_OWN_INPUT_H

#include <stdbool.h>

#include "channel.h"
#include "options.h"

/* Our own input and output, as channel_stdio(), with --escape and --hex.  A
 * wrong line is left out where it was typed at a terminal, and said; in a file
 * it is an error of the channel. */
struct channel *own_input(const struct options *, int rfd, int wfd);

/* True: what it reads has its line ends as --crlf wants them. */
bool own_input_has_crlf(const struct options *);

/* True: it gives one line a read, which is not to be cut where a byte of it is
 * a newline. */
bool own_input_has_messages(const struct options *);

#endif
