/* SPDX-License-Identifier: ISC */
/* options_relay.c - the target of --relay */
#include <string.h>
#include <sys/socket.h>

#include "hostport.h"
#include "log.h"
#include "options_relay.h"
#include "options_words.h"
#include "status.h"
#include "xalloc.h"

#define PATH_PREFIX "unix:"

static int
wrong_target(const struct options *o)
{
	return options_wrong_value(
	    "--relay", o->relay, "host:port, [v6]:port or unix:path");
}

static int
parse_target(struct options *o)
{
	const char *port;
	size_t prefix = strlen(PATH_PREFIX);
	bool is_path;

	o->relay_text = xstrdup(o->relay);
	o->relay_host = o->relay_text + prefix;
	is_path = strncmp(o->relay, PATH_PREFIX, prefix) == 0;
	if (is_path && o->proxy != NULL) {
		log_error("no proxy support for unix sockets");
		return STATUS_USAGE;
	}
	if (!is_path && o->seqpacket) {
		log_error("must use --relay unix:path with --seqpacket");
		return STATUS_USAGE;
	}
	if (is_path)
		return o->relay_host[0] != '\0' ? OPTIONS_GO_ON :
						  wrong_target(o);
	if (hostport_split(o->relay_text, &o->relay_host, &port) != NULL ||
	    port == NULL)
		return wrong_target(o);
	o->relay_port = port_parse(port, options_protocol(o), 1);
	return o->relay_port != -1 ?
	    OPTIONS_GO_ON :
	    options_wrong_value("--relay port", port,
		"a number from 1 to 65535 or the name of a service");
}

int
options_parse_relay(struct options *o)
{
	if (o->relay != NULL)
		return parse_target(o);
	if (o->listen && o->proxy != NULL)
		log_error("no proxy support for listen");
	else if (o->family == AF_UNIX && o->proxy != NULL)
		log_error("no proxy support for unix sockets");
	else if (o->listen && o->retry != 0)
		log_error("cannot use --retry and -l");
	else
		return OPTIONS_GO_ON;
	return STATUS_USAGE;
}
