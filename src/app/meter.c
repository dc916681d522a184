/* SPDX-License-Identifier: ISC */
/* meter.c - how far a transfer is, as a line of text */
#include <stdio.h>
#include <string.h>

#include "meter.h"

/* columns between two parts */
#define GAP 2
/* columns of a bar, with its ends: less says nothing */
#define BAR_MIN 8
#define BAR_MAX (METER_LINE / 2)
/* seconds; beyond it an end is not worth telling */
#define ETA_MAX (100.0 * 24 * 3600)

/* From left to right. */
enum part {
	SESSIONS,
	RECEIVED,
	SENT,
	RATE,
	ELAPSED,
	BAR,
	PER_CENT,
	ETA,
	PARTS,
};

/* What is kept longest first, but for the busier direction, which is the
 * second; the bar takes what is left. */
static const enum part by_worth[] = { RATE, ETA, SENT, RECEIVED, ELAPSED,
	SESSIONS };

struct parts {
	char text[PARTS][METER_LINE]; /* "": there is none */
	size_t width;                 /* of those that are shown, with gaps */
	bool shown[PARTS];
};

void
meter_rate_look(struct meter_rate *r, uint64_t bytes, int64_t now_ms)
{
	double ms = (double)(now_ms - r->at_ms), share;

	if (r->at_ms != 0 && ms <= 0)
		return;
	if (r->at_ms != 0) {
		share = ms / (METER_MEMORY_MS + ms);
		r->value +=
		    share * ((double)(bytes - r->bytes) * 1000 / ms - r->value);
		r->weight += share * (1 - r->weight);
	}
	r->bytes = bytes;
	r->at_ms = now_ms;
}

uint64_t
meter_rate(const struct meter_rate *r)
{
	return r->weight > 0 ? (uint64_t)(r->value / r->weight + 0.5) : 0;
}

const char *
meter_bytes(uint64_t n, char text[METER_TEXT])
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB",
		"EiB" };
	double value = (double)n / 1024;
	size_t unit = 0;

	if (n < 1000) {
		snprintf(text, METER_TEXT, "%uB", (unsigned)n);
		return text;
	}
	while (value >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1024;
		unit++;
	}
	snprintf(text, METER_TEXT, "%.*f%s",
	    value < 9.995     ? 2 :
		value < 99.95 ? 1 :
				0,
	    value, units[unit]);
	return text;
}

const char *
meter_time(int64_t ms, char text[METER_TEXT])
{
	long long s = (long long)ms / 1000;

	if (s < 3600)
		snprintf(text, METER_TEXT, "%lld:%02lld", s / 60, s % 60);
	else if (s < 100LL * 3600)
		snprintf(text, METER_TEXT, "%lld:%02lld:%02lld", s / 3600,
		    s / 60 % 60, s % 60);
	else
		snprintf(
		    text, METER_TEXT, "%lldd %lldh", s / 86400, s / 3600 % 24);
	return text;
}

static bool
is_over(const struct meter *m)
{
	return m->size != 0 && m->done > m->size;
}

/* 100 is said when all of it is done, and not before. */
static int
per_cent(const struct meter *m)
{
	int n = (int)(100.0 * (double)m->done / (double)m->size);

	if (m->done >= m->size)
		return 100;
	return n > 99 ? 99 : n;
}

static void
set_eta(const struct meter *m, char *text)
{
	double s = m->rate == 0 ? ETA_MAX :
				  (double)(m->size - m->done) / (double)m->rate;
	char time[METER_TEXT];

	snprintf(text, METER_LINE, "ETA %s",
	    s >= ETA_MAX ? "-:--" : meter_time((int64_t)(s * 1000), time));
}

/* Numbers have room to grow: what moves about cannot be read. */
static void
set_parts(const struct meter *m, struct parts *p)
{
	char bytes[METER_TEXT];

	if (m->total != 0)
		snprintf(p->text[SESSIONS], METER_LINE, "%u of %u open",
		    m->open, m->total);
	snprintf(p->text[RECEIVED], METER_LINE, "in %7s",
	    meter_bytes(m->received, bytes));
	snprintf(
	    p->text[SENT], METER_LINE, "out %7s", meter_bytes(m->sent, bytes));
	snprintf(
	    p->text[RATE], METER_LINE, "%7s/s", meter_bytes(m->rate, bytes));
	meter_time(m->elapsed_ms, p->text[ELAPSED]);
	if (m->size == 0)
		return;
	if (is_over(m)) {
		strlcpy(p->text[PER_CENT], "more than expected", METER_LINE);
		return;
	}
	snprintf(p->text[PER_CENT], METER_LINE, "%3d%%", per_cent(m));
	set_eta(m, p->text[ETA]);
}

static void
show(struct parts *p, enum part part, size_t columns)
{
	size_t len = strlen(p->text[part]);
	size_t gap = p->width > 0 ? GAP : 0;

	if (len == 0 || p->width + gap + len > columns)
		return;
	p->width += gap + len;
	p->shown[part] = true;
}

/* "[=====>     ]" */
static void
set_bar(const struct meter *m, char *text, size_t width)
{
	size_t room = width - 2, done;

	done = (size_t)((double)room * (double)m->done / (double)m->size);
	memset(text, ' ', width);
	text[0] = '[';
	text[width - 1] = ']';
	text[width] = '\0';
	if (m->done >= m->size)
		memset(text + 1, '=', room);
	else {
		memset(text + 1, '=', done);
		text[1 + (done < room ? done : room - 1)] = '>';
	}
}

static void
add_bar(const struct meter *m, struct parts *p, size_t columns)
{
	size_t room;

	if (m->size == 0 || is_over(m) || p->width + GAP + BAR_MIN > columns)
		return;
	room = columns - p->width - GAP;
	set_bar(m, p->text[BAR], room > BAR_MAX ? BAR_MAX : room);
	show(p, BAR, columns);
}

void
meter_line(const struct meter *m, int columns, char text[METER_LINE])
{
	size_t room = columns < 0 ? 0 : (size_t)columns;
	struct parts p = { 0 };

	if (room > METER_LINE - 1)
		room = METER_LINE - 1;
	set_parts(m, &p);
	show(&p, PER_CENT, room);
	show(&p, m->received > m->sent ? RECEIVED : SENT, room);
	for (size_t i = 0; i < sizeof(by_worth) / sizeof(by_worth[0]); i++) {
		if (!p.shown[by_worth[i]])
			show(&p, by_worth[i], room);
	}
	add_bar(m, &p, room);
	text[0] = '\0';
	for (int i = 0; i < PARTS; i++) {
		if (!p.shown[i])
			continue;
		if (text[0] != '\0')
			strlcat(text, "  ", METER_LINE);
		strlcat(text, p.text[i], METER_LINE);
	}
}

/* The whole number, and what it is in words where that is shorter. */
static void
append_bytes(char *text, const char *what, uint64_t n)
{
	char number[64], bytes[METER_TEXT];

	snprintf(number, sizeof(number), "%llu bytes %s", (unsigned long long)n,
	    what);
	strlcat(text, number, METER_SUMMARY);
	if (n < 1000)
		return;
	snprintf(number, sizeof(number), " (%s)", meter_bytes(n, bytes));
	strlcat(text, number, METER_SUMMARY);
}

static void
append_size(char *text, const struct meter *m)
{
	char expected[64];

	if (m->size == 0 || m->done == m->size)
		return;
	snprintf(expected, sizeof(expected), ", where %llu were expected",
	    (unsigned long long)m->size);
	strlcat(text, expected, METER_SUMMARY);
}

void
meter_summary(const struct meter *m, char text[METER_SUMMARY])
{
	uint64_t most = m->sent > m->received ? m->sent : m->received;
	int64_t ms = m->elapsed_ms > 0 ? m->elapsed_ms : 1;
	char time[64], bytes[METER_TEXT];

	text[0] = '\0';
	append_bytes(text, "received", m->received);
	strlcat(text, ", ", METER_SUMMARY);
	append_bytes(text, "sent", m->sent);
	snprintf(time, sizeof(time), " in %lld.%03lld s, %s/s",
	    (long long)m->elapsed_ms / 1000, (long long)m->elapsed_ms % 1000,
	    meter_bytes((uint64_t)((double)most * 1000 / (double)ms), bytes));
	strlcat(text, time, METER_SUMMARY);
	if (m->total != 0) {
		snprintf(time, sizeof(time), ", %u session%s", m->total,
		    m->total == 1 ? "" : "s");
		strlcat(text, time, METER_SUMMARY);
	}
	append_size(text, m);
}
