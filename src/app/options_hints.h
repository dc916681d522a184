/* SPDX-License-Identifier: ISC */
/* options_hints.h - letters that mean something else to another netcat */
#ifndef NCX_OPTIONS_HINTS_H
#define NCX_OPTIONS_HINTS_H

/* Print a line where the argument of a letter shows that its meaning in Ncat
 * was wanted; it names the long option that has it. */
void options_hint(int letter, const char *argument);

#endif
