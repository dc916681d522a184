/* SPDX-License-Identifier: ISC */
/* lookup.c - the handshakes that look up names, so that nothing else waits */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "log.h"
#include "lookup.h"
#include "resolver.h"
#include "xalloc.h"

/* bytes; a list that is longer is cut */
#define LIST_TEXT 1024

/* The addresses of an endpoint */

struct lookup {
	struct handshake handshake; /* first: it is a handshake */
	struct lookup_request request;
	struct resolver *resolver; /* owned; NULL: not asked yet */
	const char *about;         /* as that of the channel */
};

/* "127.0.0.1, ::1" */
static void
list_addresses(const struct address *list, char text[LIST_TEXT])
{
	struct address_text one;
	size_t len = 0;

	text[0] = '\0';
	for (; list != NULL && len < LIST_TEXT; list = list->next) {
		address_format(list, true, &one);
		len += (size_t)snprintf(text + len, LIST_TEXT - len, "%s%s",
		    len == 0 ? "" : ", ", one.host);
	}
}

static double
ms_since(const struct handshake *h)
{
	return (double)(clock_ns() - h->start_ns) / 1e6;
}

/* Only what had to be looked up is a step. */
static void
tell(const struct lookup *l, int code)
{
	char found[LIST_TEXT];
	int error = errno;

	if (l->resolver == NULL || log_level() < 2)
		return;
	list_addresses(*l->request.found, found);
	errno = error;
	log_step(l->about, "looked up \"%s\" in %.3f ms: %s",
	    l->request.endpoint.host, ms_since(&l->handshake),
	    code == 0 ? found : endpoint_strerror(code));
	errno = error;
}

static int
lookup_done(struct lookup *l, struct channel *ch, int code)
{
	const struct lookup_request *r = &l->request;

	tell(l, code);
	r->done(&r->endpoint, code, r->arg);
	return code == 0 ? 0 : channel_fail(ch, "lookup failed");
}

/* True: *code is the answer; no child is needed for a number or a path. */
static bool
answer_at_once(const struct lookup *l, int *code)
{
	struct endpoint ep = l->request.endpoint;
	bool final = ep.host == NULL || ep.numeric || ep.family == AF_UNIX;

	ep.numeric = true;
	*code = endpoint_resolve(&ep, l->request.found);
	return final || *code != EAI_NONAME;
}

static int
lookup_run(struct handshake *handshake, struct channel *ch)
{
	struct lookup *l = (struct lookup *)handshake;
	int code;

	l->about = ch->about;
	if (l->resolver == NULL) {
		if (answer_at_once(l, &code))
			return lookup_done(l, ch, code);
		log_step(
		    ch->about, "looking up \"%s\"", l->request.endpoint.host);
		l->resolver = resolver_addresses(&l->request.endpoint);
		if (l->resolver == NULL)
			return lookup_done(l, ch, EAI_SYSTEM);
	}
	code = resolver_finish_addresses(l->resolver, l->request.found);
	return code == RESOLVER_WAIT ? IO_WAIT : lookup_done(l, ch, code);
}

static void
lookup_prepare(struct handshake *handshake, struct channel *ch,
    struct pollset *set, int64_t *deadline_ms)
{
	const struct lookup *l = (const struct lookup *)handshake;

	(void)ch;
	if (l->resolver == NULL)
		clock_lower(deadline_ms, 0);
	else
		pollset_add(set, resolver_fd(l->resolver), POLLIN);
}

static void
lookup_expire(struct handshake *handshake)
{
	const struct lookup *l = (const struct lookup *)handshake;

	errno = ETIMEDOUT;
	tell(l, EAI_SYSTEM);
	l->request.done(&l->request.endpoint, EAI_SYSTEM, l->request.arg);
}

static void
lookup_free(struct handshake *handshake)
{
	struct lookup *l = (struct lookup *)handshake;

	resolver_free(l->resolver);
	free(l);
}

static const struct handshake_ops lookup_ops = {
	.name = "lookup",
	.prepare = lookup_prepare,
	.run = lookup_run,
	.expire = lookup_expire,
	.free = lookup_free,
};

struct handshake *
lookup_handshake(const struct lookup_request *request)
{
	struct lookup *l = xcalloc(1, sizeof(*l));

	l->handshake.ops = &lookup_ops;
	l->request = *request;
	return &l->handshake;
}

/* The name of an address */

struct name {
	struct handshake handshake; /* first: it is a handshake */
	struct address address;
	struct address_text *text;
	struct resolver *resolver; /* owned; NULL: not asked yet */
	int64_t deadline_ms;
};

static void
tell_name(const struct name *n, const struct channel *ch, bool found)
{
	struct address_text number;

	if (log_level() < 2)
		return;
	address_format(&n->address, true, &number);
	log_step(ch->about, "looked up the name of %s in %.3f ms: %s",
	    number.host, ms_since(&n->handshake),
	    found ? n->text->host : "it has none");
}

static int
name_run(struct handshake *handshake, struct channel *ch)
{
	struct name *n = (struct name *)handshake;
	int code;

	if (n->resolver == NULL) {
		n->deadline_ms = clock_after(clock_ms(), NAME_LIMIT_MS);
		address_format(&n->address, true, n->text);
		n->resolver = resolver_name(&n->address);
		if (n->resolver == NULL)
			return 0;
	}
	code = resolver_finish_name(n->resolver, n->text);
	if (code == RESOLVER_WAIT && clock_ms() < n->deadline_ms)
		return IO_WAIT;
	tell_name(n, ch, code == 0);
	return 0;
}

static void
name_prepare(struct handshake *handshake, struct channel *ch,
    struct pollset *set, int64_t *deadline_ms)
{
	const struct name *n = (const struct name *)handshake;

	(void)ch;
	clock_lower(deadline_ms, n->deadline_ms); /* 0 before the first run */
	if (n->resolver != NULL)
		pollset_add(set, resolver_fd(n->resolver), POLLIN);
}

static void
name_free(struct handshake *handshake)
{
	struct name *n = (struct name *)handshake;

	resolver_free(n->resolver);
	free(n);
}

static const struct handshake_ops name_ops = {
	.name = "name",
	.prepare = name_prepare,
	.run = name_run,
	.free = name_free,
};

struct handshake *
name_handshake(const struct address *address, struct address_text *text)
{
	struct name *n = xcalloc(1, sizeof(*n));

	n->handshake.ops = &name_ops;
	n->address = *address;
	n->text = text;
	return &n->handshake;
}
