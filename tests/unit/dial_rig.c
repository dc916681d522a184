/* SPDX-License-Identifier: ISC */
/* dial_rig.c - a command line, dialed over loopback */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "dial_rig.h"
#include "log.h"

static void
note_dialed(struct dial *d, struct channel *ch, enum status status, void *arg)
{
	struct dial_rig *r = arg;

	ck_assert_ptr_eq(d, &r->dial);
	ck_assert((ch != NULL) == (status == STATUS_OK));
	r->ends++;
	r->ch = ch;
	r->status = status;
}

static void init(struct dial_rig *, const char *, va_list)
    __attribute__((format(printf, 2, 0)));

static void
init(struct dial_rig *r, const char *line, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), line, ap);
	*r = (struct dial_rig){ .o = line_parsed(text) };
	r->dial.options = &r->o;
	r->dial.loop = &r->loop;
	r->dial.ports = r->o.ports.list;
	r->dial.port_count = r->o.ports.count;
	proxy_login_init(&r->login, &r->o);
	r->dial.login = &r->login;
	r->dial.dialed = note_dialed;
	r->dial.arg = r;
	ck_assert_int_eq(loop_init(&r->loop), 0);
}

void
dial_rig_init(struct dial_rig *r, const char *line, ...)
{
	va_list ap;

	va_start(ap, line);
	init(r, line, ap);
	va_end(ap);
}

void
dial_rig_run(struct dial_rig *r)
{
	struct capture c;

	log_set_level(r->o.verbose);
	capture_start(&c, STDERR_FILENO);
	dial_start(&r->dial);
	drive(&r->loop);
	capture_end(&c, r->text, sizeof(r->text));
	log_set_level(0);
}

/* Every "%d" of it is the port. */
static void
fill_in(const char *text, int port, char *filled, size_t size)
{
	size_t len = 0;

	filled[0] = '\0';
	for (const char *next; (next = strstr(text, "%d")) != NULL;
	     text = next + 2)
		len += (size_t)snprintf(filled + len, size - len, "%.*s%d",
		    (int)(next - text), text, port);
	snprintf(filled + len, size - len, "%s", text);
}

void
dial_rig_check(
    const struct dial_rig *r, enum status status, const char *text, int port)
{
	char want[4096];

	fill_in(text, port, want, sizeof(want));
	ck_assert_str_eq(r->text, want);
	ck_assert_uint_eq(r->ends, 1);
	ck_assert_int_eq(r->status, status);
}

void
dial_rig_free(struct dial_rig *r)
{
	channel_close(r->ch);
	dial_free(&r->dial);
	options_free(&r->o);
	ck_assert(!has_children());
}

void
check_dial(
    enum status status, const char *text, int port, const char *line, ...)
{
	struct dial_rig r;
	va_list ap;

	va_start(ap, line);
	init(&r, line, ap);
	va_end(ap);
	dial_rig_run(&r);
	dial_rig_check(&r, status, text, port);
	dial_rig_free(&r);
}
