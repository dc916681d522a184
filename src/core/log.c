/* SPDX-License-Identifier: ISC */
/* log.c - lines on stderr */
#include <stdarg.h>
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

static int level;

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

/* A byte takes up to four characters when it is made visible. */
static void
print(const char *prefix, const char *fmt, va_list ap)
{
	char text[LOG_LINE], line[LOG_LINE * 4 + 1];
	size_t len = strlcpy(text, prefix, sizeof(text));

	vsnprintf(text + len, sizeof(text) - len, fmt, ap);
	len = printable_text(line, sizeof(line) - 1, text, strlen(text));
	line[len++] = '\n';
	/* when stderr itself is broken there is nobody to tell */
	if (write(STDERR_FILENO, line, len) == -1)
		return;
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
