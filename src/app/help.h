/* SPDX-License-Identifier: ISC */
/* help.h - what ncx prints about itself, on stdout */
#ifndef NCX_HELP_H
#define NCX_HELP_H

#include "options.h"
#include "status.h"

/* Print it.  STATUS_OK, or STATUS_LOCAL when stdout takes it not. */
enum status help_show(enum show);

#endif
