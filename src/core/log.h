/* SPDX-License-Identifier: ISC */
/* log.h - lines on stderr
 *
 * A line is one write(2), so that the lines of several processes do not mix.
 * Whatever a user or a peer put into it is made printable (printable.h), so
 * that it stays one line and cannot steer the terminal.
 *
 * In JSON a line is one object: "time", "level" (error, note or step), "event",
 * "text" - the sentence, without what stands before it in the other form - and
 * the fields of that event.
 *
 * Below the messages there may be a live line, which is drawn over itself: a
 * message erases it, and draws it again.  The cursor waits at its start: should
 * the terminal become narrower, and fold it, all of it still is behind the
 * cursor, and is erased. */
#ifndef NCX_LOG_H
#define NCX_LOG_H

#include <stdbool.h>
#include <stddef.h>

struct json;

enum log_kind {
	LOG_ERROR, /* always */
	LOG_NOTE,  /* at level 1 */
	LOG_STEP,  /* at level 2 */
};

/* 0: failures only; 1 (-v): what nc says; 2 (-vv): every step with its time */
void log_set_level(int);
int log_level(void);

void log_set_json(bool); /* text is the usual form */
bool log_is_json(void);

/* The name we were called by, without its path; "ncx" where there was none. */
const char *log_program(void);

/* "ncx: ...", always printed. */
void log_error(const char *, ...) __attribute__((format(printf, 1, 2)));

/* The bare line, at level 1: scripts read these sentences. */
void log_verbose(const char *, ...) __attribute__((format(printf, 1, 2)));

/* The bare line, always printed: what was asked for. */
void log_line(const char *, ...) __attribute__((format(printf, 1, 2)));

/* "ncx: 0.012345s ...", at level 2; the seconds are since log_start(), or since
 * the first such line without it. */
void log_debug(const char *, ...) __attribute__((format(printf, 1, 2)));

/* A step of one session of several: "ncx: 0.012345s [about] ...".  NULL: it is
 * the only one, and the line is that of log_debug(). */
void log_step(const char *about, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* The program begins. */
void log_start(void);

/* The same by kind, with what programs want to know: one word for what has
 * happened - the lines above have "message" - and members (json.h) besides the
 * common ones; NULL: none.  As text it is the sentence alone. */
void log_event(enum log_kind, const char *event, const struct json *,
    const char *, ...) __attribute__((format(printf, 4, 5)));

/* The members that all lines have, of one that is made elsewhere. */
void log_begin(
    struct json *, enum log_kind, const char *event, const char *sentence);

/* What is complete, and printable, already. */
void log_write(const char *, size_t);
/* bytes of a live line, with the NUL; longer ones are cut */
#define LOG_LIVE 512

/* What the live line says when it is drawn the next time: one line that is
 * narrower than the terminal, plain text.  It is not drawn before it is told to
 * be, nor when the terminal takes nothing (^S). */
void log_live_set(const char *);
void log_live_draw(void);
void log_live_end(void); /* erased, where it is there */

#endif
