/* SPDX-License-Identifier: ISC */
/* log.h - lines on stderr
 *
 * A line is one write(2), so that the lines of several processes do not mix.
 * Whatever a user or a peer put into it is made printable (printable.h), so
 * that it stays one line and cannot steer the terminal. */
#ifndef NCX_LOG_H
#define NCX_LOG_H

/* 0: failures only; 1 (-v): what nc says; 2 (-vv): every step with its time */
void log_set_level(int);
int log_level(void);

/* The name we were called by, without its path; "ncx" where there was none. */
const char *log_program(void);

/* "ncx: ...", always printed. */
void log_error(const char *, ...) __attribute__((format(printf, 1, 2)));

/* The bare line, at level 1: scripts read these sentences. */
void log_verbose(const char *, ...) __attribute__((format(printf, 1, 2)));

/* The bare line, always printed: what was asked for. */
void log_line(const char *, ...) __attribute__((format(printf, 1, 2)));

/* "ncx: 0.012s ...", at level 2; the time is since the first such line. */
void log_debug(const char *, ...) __attribute__((format(printf, 1, 2)));

#endif
