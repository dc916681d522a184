/* SPDX-License-Identifier: ISC */
/* options_proxy.c - the words of --proxy and --proxy-auth */
#include <string.h>

#include "hostport.h"
#include "log.h"
#include "options_proxy.h"
#include "options_words.h"
#include "status.h"
#include "xalloc.h"

/* RFC 1928; HTTP proxies have no port of their own, nc takes squid's */
#define SOCKS_PORT 1080
#define HTTP_PORT  3128

/* A path is what Ncat's -x takes. */
static int
wrong_proxy(const struct options *o, const char *why)
{
	if (strchr(o->proxy, '/') != NULL)
		log_error("-x \"%s\": expected the address of a proxy; a dump "
			  "of the traffic is --hex-dump",
		    o->proxy);
	else
		log_error("-x \"%s\": %s in proxy", o->proxy, why);
	return STATUS_USAGE;
}

static int
parse_address(struct options *o)
{
	const char *why, *port;

	o->proxy_text = xstrdup(o->proxy);
	why = hostport_split(o->proxy_text, &o->proxy_host, &port);
	if (why != NULL || strchr(o->proxy, '/') != NULL)
		return wrong_proxy(o, why);
	o->proxy_port = o->proxy_type == PROXY_HTTP ? HTTP_PORT : SOCKS_PORT;
	if (port == NULL)
		return OPTIONS_GO_ON;
	o->proxy_port = port_parse(port, "tcp", 1);
	return o->proxy_port != -1 ?
	    OPTIONS_GO_ON :
	    options_wrong_value("-x port", port,
		"a number from 1 to 65535 or the name of a service");
}

static int
parse_user(struct options *o)
{
	char *colon;

	o->proxy_user = xstrdup(o->proxy_auth);
	colon = strchr(o->proxy_user, ':');
	if (colon != NULL) {
		*colon = '\0';
		o->proxy_pass = colon + 1;
	}
	if (o->proxy_user[0] != '\0')
		return OPTIONS_GO_ON;
	log_error("-P: expected a user, or user:password");
	return STATUS_USAGE;
}

int
options_parse_proxy(struct options *o)
{
	int result = OPTIONS_GO_ON;

	if (o->proxy != NULL)
		result = parse_address(o);
	if (result == OPTIONS_GO_ON && o->proxy_auth != NULL)
		result = parse_user(o);
	return result;
}
