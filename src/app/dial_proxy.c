/* SPDX-License-Identifier: ISC */
/* dial_proxy.c - a dial through a proxy */
#include <stdio.h>
#include <string.h>

#include "dial_proxy.h"
#include "dial_report.h"
#include "dialogue_client.h"
#include "http_connect.h"
#include "log.h"
#include "session.h"
#include "socks.h"

/* ms; a proxy that has not answered by then is given up */
#define PROXY_LIMIT_MS 60000

static const enum socks_version versions[] = {
	[PROXY_SOCKS4] = SOCKS_4,
	[PROXY_SOCKS4A] = SOCKS_4A,
	[PROXY_SOCKS5] = SOCKS_5,
};

const char *
dial_proxy_type(const struct options *o)
{
	static const char *const names[] = {
		[PROXY_SOCKS4] = "socks4",
		[PROXY_SOCKS4A] = "socks4a",
		[PROXY_SOCKS5] = "socks5",
		[PROXY_HTTP] = "http",
	};

	return names[o->proxy_type];
}

/* CONTRACT 7: the name goes to the proxy, but for SOCKS 4. */
static bool
looks_up_here(const struct options *o)
{
	if (o->proxy_dns != PROXY_DNS_DEFAULT)
		return o->proxy_dns == PROXY_DNS_LOCAL;
	return o->proxy_type == PROXY_SOCKS4 && !o->nodns;
}

static struct dialogue *
begin(void *arg)
{
	struct dial *d = arg;
	const struct options *o = d->options;
	struct address_text here;
	const char *host = o->host;

	if (d->beyond != NULL) {
		address_format(d->beyond, true, &here);
		host = here.host;
	}
	log_step(d->about, "asking the proxy for %s port %d (%s)", host,
	    d->ports[d->port], dial_proxy_type(o));
	if (o->proxy_type == PROXY_HTTP) {
		struct http_connect_request http = { .host = host,
			.port = d->ports[d->port],
			.credentials = &d->login->credentials };

		return http_connect_dialogue(&http);
	}
	struct socks_request socks = { .version = versions[o->proxy_type],
		.host = host,
		.port = d->ports[d->port],
		.credentials = &d->login->credentials };

	return socks_dialogue(&socks);
}

static void
failed(const char *why, int error_code, void *arg)
{
	struct dial *d = arg;
	const struct options *o = d->options;

	d->status = STATUS_PROXY;
	d->reason = error_code;
	dial_say(d, error_code != 0 ? LINE_ATTEMPT : LINE_ERROR,
	    "connect to %s port %d (tcp) through proxy %s port %d (%s) failed: "
	    "%s",
	    o->host, d->ports[d->port], o->proxy_host, o->proxy_port,
	    dial_proxy_type(o), why);
}

static struct handshake *
connect_to_proxy(void *arg)
{
	struct dial *d = arg;

	return dial_connect(d, &d->options->proxy_port, 1);
}

void
dial_look_up_beyond(struct dial *d, struct channel *ch)
{
	const struct options *o = d->options;
	bool ipv4 =
	    o->proxy_type == PROXY_SOCKS4 || o->proxy_type == PROXY_SOCKS4A;
	struct endpoint target = { .host = o->host,
		.family = ipv4 ? AF_INET : AF_UNSPEC };

	if (looks_up_here(o))
		dial_look_up(d, ch, &target, &d->beyond,
		    d->looked_up == NULL ? NULL : d->looked_up->beyond);
}

void
dial_through_proxy(struct dial *d, struct channel *ch)
{
	struct dialogue_request request = { .name = "proxy",
		.peer = "the proxy",
		.limit_ms = PROXY_LIMIT_MS,
		.begin = begin,
		.connect = connect_to_proxy,
		.failed = failed,
		.arg = d };

	if (d->session != NULL)
		d->session->target_port = d->ports[d->port];
	channel_add_handshake(ch, connect_to_proxy(d));
	channel_add_handshake(ch, dialogue_handshake(&request));
}
