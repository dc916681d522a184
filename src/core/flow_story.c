/* SPDX-License-Identifier: ISC */
/* flow_story.c - the steps of a flow in words */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flow_story.h"
#include "flow_ways.h"
#include "log.h"

/* bytes; "18446744073709551615 bytes" */
#define COUNT_TEXT 32

/* What ends a direction of it. */
struct wire {
	unsigned mask, flags; /* it is this where the flags under mask are so */
	const char *end;      /* NULL: nothing does */
};

static const struct wire wires[] = {
	{ CH_FAREWELL, CH_FAREWELL, "close_notify" },
	{ CH_TCP, CH_TCP, "FIN" },
	{ CH_DGRAM | CH_RECORDS, CH_DGRAM, NULL },
	{ 0, 0, "end" },
};

/* Our side, by the name of its operations. */
static const struct side {
	const char *name;
	const char *said; /* what is read of it */
	const char *it;   /* who hears the peer */
} sides[] = {
	{ "stdio", "our input", "our output" },
	{ "program", "the output of the program", "the program" },
	{ "hub", "what the others say", "the place where the others hear it" },
	{ NULL, "what the target says", "the target" },
};

static const struct channel *
network(const struct flow *f)
{
	return f->outbound ? f->dst : f->src;
}

/* A hub is none: who sits there has a flow of his own. */
static bool
has_network(const struct flow *f)
{
	return network(f)->rfd != -1 || network(f)->wfd != -1;
}

static const struct side *
side(const struct flow *f)
{
	const struct channel *ours = f->outbound ? f->src : f->dst;
	const struct side *s = sides;

	while (s->name != NULL && strcmp(s->name, ours->ops->name) != 0)
		s++;
	return s;
}

static const struct wire *
wire(const struct flow *f)
{
	const struct wire *w = wires;

	while ((network(f)->flags & w->mask) != w->flags)
		w++;
	return w;
}

static const char *
count(uint64_t n, char text[COUNT_TEXT])
{
	snprintf(text, COUNT_TEXT, "%llu byte%s", (unsigned long long)n,
	    n == 1 ? "" : "s");
	return text;
}

void
flow_tell_way(const struct flow *f)
{
	if (f->way == &flow_memory)
		return;
	log_step(network(f)->about,
	    "%s is moved inside the system, without a copy by us (splice)",
	    f->outbound ? "what we send" : "what we receive");
}

void
flow_tell_first(const struct flow *f, size_t n)
{
	bool message = (network(f)->flags & CH_DGRAM) != 0;
	char text[COUNT_TEXT];

	if (!has_network(f))
		return;
	log_step(network(f)->about, "%s first %s: %s",
	    f->outbound ? "we have sent our" : "the peer has sent its",
	    message ? "datagram" : "bytes", count(n, text));
}

void
flow_tell(const struct flow *f, const char *step)
{
	log_step(network(f)->about, "%s", step);
}

static void
tell_last_read(const struct flow *f)
{
	const char *option = f->limit, *what = "the peer";
	char text[COUNT_TEXT];

	if (f->outbound && !channel_has_input(f->src)) {
		log_step(network(f)->about, "there is no input to send");
		return;
	}
	if (f->outbound)
		what = side(f)->said;
	log_step(network(f)->about, "%s is not read any more, after %s%s%s",
	    what, count(f->taken, text), option == NULL ? "" : ": --",
	    option == NULL ? "" : option);
}

void
flow_tell_end(const struct flow *f)
{
	const char *end = wire(f)->end;
	char text[COUNT_TEXT];

	if (f->fault != FLOW_FINE)
		return;
	if (!f->src_eof || (!f->outbound && end == NULL))
		tell_last_read(f);
	else if (f->outbound)
		log_step(network(f)->about, "end of %s, after %s%s",
		    side(f)->said, count(f->taken, text),
		    f->end_held ? "; the peer hears of it after its answer" :
				  "");
	else
		log_step(network(f)->about,
		    "their %s: the peer sends no more, after %s", end,
		    count(f->taken, text));
}

static const char *
meaning(const struct channel *ch)
{
	switch (ch->error_code) {
	case ECONNRESET:
		return "a reset (RST) has come: the peer's system knows this "
		       "connection no more, and drops what is on its way";
	case ECONNREFUSED:
		return "an ICMP message has come: nobody listens at the "
		       "peer's port";
	case EPIPE:
		return "the peer takes nothing any more";
	case ETIMEDOUT:
		return "the peer's system has not answered for too long";
	default:
		return NULL;
	}
}

void
flow_tell_fault(const struct flow *f, enum flow_fault fault)
{
	struct channel *ch = fault == FLOW_SRC ? f->src : f->dst;
	const char *about = network(f)->about, *words = meaning(ch);

	if (ch->fault_told)
		return;
	ch->fault_told = true;
	if (ch != network(f) && ch->error_code == EPIPE)
		log_step(about, "%s: nobody reads it any more", side(f)->it);
	else if (ch != network(f))
		log_step(about, "%s has failed: %s",
		    f->outbound ? side(f)->said : side(f)->it, ch->error);
	else if (words != NULL)
		log_step(about, "%s", words);
	else
		log_step(about, "the connection has failed: %s", ch->error);
}

/* Without an end of ours the peer waits for more. */
void
flow_tell_shut(const struct flow *f)
{
	const char *end = wire(f)->end;
	bool told = (f->dst->flags & CH_SHUT) != 0;
	char text[COUNT_TEXT];

	if (!f->outbound || !has_network(f))
		return;
	count(f->bytes, text);
	if (end == NULL)
		log_step(f->dst->about,
		    "we send no more, after %s; datagrams have no end to tell",
		    text);
	else if (told)
		log_step(f->dst->about, "our %s: we send no more, after %s",
		    end, text);
	else if (f->fault == FLOW_SRC)
		log_step(f->dst->about,
		    "no %s from us: %s are not all there was", end, text);
	else
		log_step(f->dst->about,
		    "no %s from us, though we send no more, after %s", end,
		    text);
}

void
flow_tell_done(const struct flow *f)
{
	char text[COUNT_TEXT];

	if (f->bytes == 0 || f->fault != FLOW_FINE || !has_network(f))
		return;
	count(f->bytes, text);
	if (!f->outbound)
		log_step(f->src->about, "%s has all %s of the peer",
		    side(f)->it, text);
	else if (f->dst->flags & CH_TCP)
		log_step(f->dst->about,
		    "all %s are acknowledged by the peer's system", text);
}
