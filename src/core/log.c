/* SPDX-License-Identifier: ISC */
/* log.c - lines on stderr */
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "printable.h"

/* bytes; longer lines are cut */
#define LOG_LINE 2048
/* bytes of program name and time before it */
#define LOG_PREFIX 64

/* Of a terminal: to the start of the line, and nothing from there to the end of
 * the screen (ECMA-48, 8.3.15 and 8.3.39) */
#define TO_START "\r"
#define ERASE    "\033[J"

static int level;

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

const char *
log_program(void)
{
	const char *name = getprogname();

	return name == NULL || name[0] == '\0' ? "ncx" : name;
}

static void print(const char *, const char *, va_list)
    __attribute__((format(printf, 2, 0)));

/* When stderr itself is broken there is nobody to tell. */
static void
put(const char *bytes, size_t len)
{
	if (write(STDERR_FILENO, bytes, len) == -1)
		return;
}

/* What is drawn; its length. */
static size_t
live_bytes(char *bytes, size_t size)
{
	return (size_t)snprintf(
	    bytes, size, TO_START "%s" ERASE TO_START, live.text);
}

/* A byte takes up to four characters when it is made visible. */
static void
print(const char *prefix, const char *fmt, va_list ap)
{
	char text[LOG_LINE], line[LOG_LINE * 4 + 2 * LOG_LIVE];
	size_t len = strlcpy(text, prefix, sizeof(text)), at = 0;

	vsnprintf(text + len, sizeof(text) - len, fmt, ap);
	if (live.shown)
		at = strlcpy(line, TO_START ERASE, sizeof(line));
	at += printable_text(line + at, LOG_LINE * 4 + 1, text, strlen(text));
	line[at++] = '\n';
	if (live.shown)
		at += live_bytes(line + at, sizeof(line) - at);
	put(line, at);
}

void
log_error(const char *fmt, ...)
{
	char prefix[LOG_PREFIX];
	va_list ap;

	snprintf(prefix, sizeof(prefix), "%s: ", log_program());
	va_start(ap, fmt);
	print(prefix, fmt, ap);
	va_end(ap);
}

void
log_verbose(const char *fmt, ...)
{
	va_list ap;

	if (level < 1)
		return;
	va_start(ap, fmt);
	print("", fmt, ap);
	va_end(ap);
}

void
log_line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print("", fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	static int64_t start_ms;
	char prefix[LOG_PREFIX];
	va_list ap;
	int64_t ms;

	if (level < 2)
		return;
	if (start_ms == 0)
		start_ms = clock_ms();
	ms = clock_ms() - start_ms;
	snprintf(prefix, sizeof(prefix), "%s: %lld.%03llds ", log_program(),
	    (long long)ms / 1000, (long long)ms % 1000);
	va_start(ap, fmt);
	print(prefix, fmt, ap);
	va_end(ap);
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
	char bytes[2 * LOG_LIVE];

	if (poll(&terminal, 1, 0) != 1 || !(terminal.revents & POLLOUT))
		return;
	live.shown = true;
	put(bytes, live_bytes(bytes, sizeof(bytes)));
}

void
log_live_end(void)
{
	if (live.shown)
		put(TO_START ERASE, strlen(TO_START ERASE));
	live.shown = false;
}
