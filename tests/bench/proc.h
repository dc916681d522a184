/* SPDX-License-Identifier: ISC */

/* proc.h - what /proc says about a server */

#ifndef PROC_H
#define PROC_H

#include <sys/types.h>

/* A line of /proc/PID/status, as "VmRSS"; 0: the process is not there, or has
 * no memory any more. */
long proc_kib(pid_t, const char *name);

/* Of CPU, with those of children that were waited for; -1: it has ended. */
long proc_ticks(pid_t);

/* Open ones; 0: the process is not there. */
unsigned proc_descriptors(pid_t);

/* Children, and how many of them have ended and not been waited for. */
unsigned proc_children(pid_t, unsigned *zombies);

#endif
