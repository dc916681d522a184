/* SPDX-License-Identifier: ISC */
/* options.h - what the command line said */
#ifndef NCX_OPTIONS_H
#define NCX_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "ports.h"
#include "sockopts.h"

#define TIME_UNSET (-1)

enum shutdown { SHUTDOWN_DEFAULT, SHUTDOWN_YES, SHUTDOWN_NO };
enum show { SHOW_NOTHING, SHOW_HELP, SHOW_VERSION, SHOW_OPTIONS };

/* Filled from options.def, which says what each one is; then const.  Strings
 * belong to argv. */
struct options {
	int family; /* AF_UNSPEC: either IP family */
	bool seqpacket, udp;
	bool listen, keep_open, reuse_port;
	bool nodns;
	const char *source_port_text;
	int source_port; /* SOCKOPT_UNSET: not given */
	const char *source;
	bool crlf, recv_only, send_only, telnet;
	int64_t interval_ms;
	int recv_limit;             /* 0: none */
	int mtu;                    /* bytes */
	int shutdown;               /* enum shutdown */
	int64_t quit_after_ms;      /* negative: never */
	int64_t wait_ms;            /* TIME_UNSET: no limit */
	int64_t connect_timeout_ms; /* TIME_UNSET: no limit */
	int64_t idle_timeout_ms;    /* TIME_UNSET: no limit */
	int64_t linger_ms;
	struct sockopts sockopts;
	int verbose;
	int show; /* enum show */

	const char *host;   /* name, address or path; NULL: any address */
	struct ports ports; /* to try in order; a listener has one */
};

/* Go on, or leave with a status: everything has been said. */
#define OPTIONS_GO_ON (-1)
int options_parse(struct options *, int argc, char **argv);
void options_free(struct options *);

/* SOCK_*, and "tcp" or "udp" for names of services */
int options_socktype(const struct options *);
const char *options_protocol(const struct options *);

/* True where a read or a write is a message. */
bool options_messages(const struct options *);

#endif
