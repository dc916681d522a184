/* SPDX-License-Identifier: ISC */
/* telnet.c - the filter that refuses every telnet option (RFC 854) */
#include <stdlib.h>

#include "telnet.h"
#include "xalloc.h"

/* RFC 854, "TELNET command structure" */
enum command {
	SE = 240, /* end of subnegotiation */
	SB = 250, /* subnegotiation */
	WILL = 251,
	WONT = 252,
	DO = 253,
	DONT = 254,
	IAC = 255, /* interpret as command */
};

enum telnet_state {
	TELNET_DATA,
	TELNET_COMMAND,    /* after IAC */
	TELNET_OPTION,     /* after WILL, WONT, DO, DONT */
	TELNET_SUB,        /* in a subnegotiation */
	TELNET_SUB_COMMAND /* in one, after IAC */
};

struct telnet {
	struct filter filter; /* first: it is a filter */
	struct flow *to_peer;
	enum telnet_state state;
	uint8_t verb; /* TELNET_OPTION: which of the four */
};

/* WONT and DONT are refusals already: to answer them could go on for ever
 * (RFC 1143 section 2). */
static void
refuse(struct telnet *t, uint8_t option)
{
	uint8_t answer[] = { IAC, t->verb == WILL ? DONT : WONT, option };

	if (t->verb == WILL || t->verb == DO)
		flow_answer(t->to_peer, answer, sizeof(answer));
}

static enum telnet_state
after_command(struct telnet *t, uint8_t byte, struct buffer *out)
{
	switch (byte) {
	case IAC:
		buffer_append(out, &byte, 1);
		return TELNET_DATA;
	case SB:
		return TELNET_SUB;
	case WILL:
	case WONT:
	case DO:
	case DONT:
		t->verb = byte;
		return TELNET_OPTION;
	default:
		return TELNET_DATA;
	}
}

static enum telnet_state
after_byte(struct telnet *t, uint8_t byte, struct buffer *out)
{
	switch (t->state) {
	case TELNET_COMMAND:
		return after_command(t, byte, out);
	case TELNET_OPTION:
		refuse(t, byte);
		return TELNET_DATA;
	case TELNET_SUB:
		return byte == IAC ? TELNET_SUB_COMMAND : TELNET_SUB;
	case TELNET_SUB_COMMAND:
		return byte == SE ? TELNET_DATA : TELNET_SUB;
	default:
		if (byte == IAC)
			return TELNET_COMMAND;
		buffer_append(out, &byte, 1);
		return TELNET_DATA;
	}
}

static void
telnet_run(
    struct filter *filter, const uint8_t *bytes, size_t n, struct buffer *out)
{
	struct telnet *t = (struct telnet *)filter;

	for (size_t i = 0; i < n; i++)
		t->state = after_byte(t, bytes[i], out);
}

static void
telnet_free(struct filter *filter)
{
	free(filter);
}

static const struct filter_ops telnet_ops = {
	.name = "telnet",
	.grow = 1,
	.run = telnet_run,
	.free = telnet_free,
};

struct filter *
telnet_filter(struct flow *to_peer)
{
	struct telnet *t = xcalloc(1, sizeof(*t));

	t->filter.ops = &telnet_ops;
	t->to_peer = to_peer;
	to_peer->answering = true;
	return &t->filter;
}
