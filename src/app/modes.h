/* SPDX-License-Identifier: ISC */
/* modes.h - what ncx can be: each takes the options and gives the status */
#ifndef NCX_MODES_H
#define NCX_MODES_H

#include "options.h"

int mode_connect(const struct options *);
int mode_listen(const struct options *);
int mode_scan(const struct options *);
int mode_pass_fd(const struct options *);

#endif
