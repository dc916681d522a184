/* SPDX-License-Identifier: ISC */
/* chat.h - the filter that makes a talker's bytes fit for other terminals
 *
 * Each line gets the talker's name in front.  CR LF becomes LF; what could
 * steer a terminal, or is no UTF-8, is shown as \ooo; a line that gets too long
 * is ended, and so is the last one. */
#ifndef NCX_CHAT_H
#define NCX_CHAT_H

#include "flow.h"

/* bytes of a line, as it is shown */
#define CHAT_LINE 4096
#define CHAT_NAME 32

/* The name is copied.  messages: what is read in one go is a line at least. */
struct filter *chat_filter(const char *name, bool messages);

#endif
