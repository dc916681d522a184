/* SPDX-License-Identifier: ISC */
/* log.c - lines on stderr */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "printable.h"

/* bytes; longer lines are cut */
#define LOG_LINE 2048
/* bytes of program name and time before it */
#define LOG_PREFIX 64
/* the event of a line that has no other */
#define LOG_MESSAGE "message"

/* Of a terminal: to the start of the line, and nothing from there to the end of
 * the screen (ECMA-48, 8.3.15 and 8.3.39) */
#define TO_START "\r"
#define ERASE    "\033[J"
/* bytes of the live line, with what draws it */
#define LIVE_BYTES (LOG_LIVE + 16)

static int level;
static bool in_json;
static int64_t start_us; /* 0: log_start() has not been called */

/* The live line; shown: it is the last one of the terminal. */
static struct {
	char text[LOG_LIVE];
	bool shown;
} live;

void
log_set_level(int wanted)
{
	level = wanted;
}

int
log_level(void)
{
	return level;
}

void
log_set_json(bool wanted)
{
	in_json = wanted;
}

bool
log_is_json(void)
{
	return in_json;
}

const char *
log_program(void)
{
	const char *name = getprogname();

	return name == NULL || name[0] == '\0' ? "ncx" : name;
}

/* What stands before a line. */
static void
set_prefix(enum log_kind kind, char prefix[LOG_PREFIX])
{
	int64_t us;

	prefix[0] = '\0';
	if (kind == LOG_ERROR)
		snprintf(prefix, LOG_PREFIX, "%s: ", log_program());
	if (kind != LOG_STEP)
		return;
	if (start_us == 0)
		log_start();
	us = clock_us() - start_us;
	snprintf(prefix, LOG_PREFIX, "%s: %lld.%06llds ", log_program(),
	    (long long)us / 1000000, (long long)us % 1000000);
}

/* In one call, so that lines of others do not come between. */
static void
put(const struct iovec *iov, int count)
{
	if (writev(STDERR_FILENO, iov, count) == -1)
		return; /* nobody is there to be told */
}

/* The live line, over itself; its length. */
static size_t
live_bytes(char bytes[static LIVE_BYTES])
{
	return (size_t)snprintf(
	    bytes, LIVE_BYTES, TO_START "%s" ERASE TO_START, live.text);
}

void
log_write(const char *text, size_t n)
{
	char again[LIVE_BYTES];
	union {
		const char *in;
		char *out;
	} bytes = { .in = text };
	struct iovec iov[] = {
		{ TO_START ERASE, strlen(TO_START ERASE) },
		{ bytes.out, n },
		{ again, 0 },
	};

	if (!live.shown) {
		put(&iov[1], 1);
		return;
	}
	iov[2].iov_len = live_bytes(again);
	put(iov, 3);
}

/* A byte takes up to four characters when it is made visible. */
static void
print_text(const char *prefix, const char *sentence)
{
	char text[LOG_PREFIX + LOG_LINE], line[LOG_LINE * 4 + 1];
	size_t len = strlcpy(text, prefix, sizeof(text));

	strlcpy(text + len, sentence, LOG_LINE - len);
	len = printable_text(line, sizeof(line) - 1, text, strlen(text));
	line[len++] = '\n';
	log_write(line, len);
}

static void
print_json(enum log_kind kind, const char *event, const struct json *members,
    const char *sentence)
{
	struct json line = { 0 };

	json_object(&line, NULL);
	log_begin(&line, kind, event, sentence);
	json_members(&line, members);
	json_close(&line);
	json_line(&line);
	log_write(line.text, line.len);
	json_free(&line);
}

static void print(enum log_kind, const char *, const struct json *,
    const char *, va_list) __attribute__((format(printf, 4, 0)));

static void
print(enum log_kind kind, const char *event, const struct json *members,
    const char *fmt, va_list ap)
{
	char prefix[LOG_PREFIX], sentence[LOG_LINE];

	if (level < (int)kind)
		return;
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	set_prefix(kind, prefix);
	if (in_json)
		print_json(kind, event, members, sentence);
	else
		print_text(prefix, sentence);
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(LOG_ERROR, LOG_MESSAGE, NULL, fmt, ap);
	va_end(ap);
}

void
log_verbose(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(LOG_NOTE, LOG_MESSAGE, NULL, fmt, ap);
	va_end(ap);
}

void
log_line(const char *fmt, ...)
{
	char sentence[LOG_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	if (in_json)
		print_json(LOG_NOTE, LOG_MESSAGE, NULL, sentence);
	else
		print_text("", sentence);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(LOG_STEP, LOG_MESSAGE, NULL, fmt, ap);
	va_end(ap);
}

void
log_step(const char *about, const char *fmt, ...)
{
	char sentence[LOG_LINE];
	size_t len = 0;
	va_list ap;

	if (level < LOG_STEP)
		return;
	if (about != NULL)
		len = (size_t)snprintf(
		    sentence, sizeof(sentence), "[%.200s] ", about);
	va_start(ap, fmt);
	vsnprintf(sentence + len, sizeof(sentence) - len, fmt, ap);
	va_end(ap);
	log_debug("%s", sentence);
}

void
log_start(void)
{
	start_us = clock_us();
}

void
log_live_set(const char *text)
{
	strlcpy(live.text, text, sizeof(live.text));
}

void
log_live_draw(void)
{
	struct pollfd terminal = { .fd = STDERR_FILENO, .events = POLLOUT };
	char bytes[LIVE_BYTES];
	struct iovec iov = { .iov_base = bytes };

	if (poll(&terminal, 1, 0) != 1 || !(terminal.revents & POLLOUT))
		return;
	live.shown = true;
	iov.iov_len = live_bytes(bytes);
	put(&iov, 1);
}

void
log_live_end(void)
{
	if (!live.shown)
		return;
	live.shown = false;
	log_write(TO_START ERASE, strlen(TO_START ERASE));
}

void
log_event(enum log_kind kind, const char *event, const struct json *members,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(kind, event, members, fmt, ap);
	va_end(ap);
}

void
log_begin(struct json *line, enum log_kind kind, const char *event,
    const char *sentence)
{
	static const char *const levels[] = {
		[LOG_ERROR] = "error",
		[LOG_NOTE] = "note",
		[LOG_STEP] = "step",
	};

	json_time(line, "time", clock_wall_ns(clock_ns()));
	json_string(line, "level", levels[kind]);
	json_string(line, "event", event);
	json_string(line, "text", sentence);
}
