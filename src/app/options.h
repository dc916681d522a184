/* SPDX-License-Identifier: ISC */
/* options.h - what the command line said */
#ifndef NCX_OPTIONS_H
#define NCX_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ports.h"
#include "sockopts.h"
#include "starttls.h"

#define TIME_UNSET (-1)

enum shutdown { SHUTDOWN_DEFAULT, SHUTDOWN_YES, SHUTDOWN_NO };
/* In the order of their words in options.def */
enum proxy_type { PROXY_SOCKS4, PROXY_SOCKS4A, PROXY_SOCKS5, PROXY_HTTP };
enum proxy_dns { PROXY_DNS_LOCAL, PROXY_DNS_REMOTE, PROXY_DNS_DEFAULT };
/* ... and of digest.h */
enum hash { HASH_SHA256, HASH_SHA384, HASH_SHA512, HASH_NONE };
enum timestamps { TIMESTAMPS_REL, TIMESTAMPS_ABS, TIMESTAMPS_DELTA };
enum report_form { REPORT_TEXT, REPORT_JSON };
enum log_form { LOG_FORM_TEXT, LOG_FORM_JSON };
enum tls_min { TLS_MIN_1_2, TLS_MIN_1_3 };

/* Of an option that may be given several times, all. */
struct texts {
	const char **list; /* owned; the strings are not */
	size_t count;
};

#define RETRY_FOREVER (-1)

enum show { SHOW_NOTHING, SHOW_HELP, SHOW_VERSION, SHOW_OPTIONS };

/* Filled from options.def, which says what each one is; then const.  Strings
 * belong to argv. */
struct options {
	int family; /* AF_UNSPEC: either IP family */
	bool seqpacket, udp;
	bool listen, keep_open, reuse_port;
	bool broker, chat;
	const char *relay; /* as typed; NULL: none */
	int max_conns;     /* 0: not given */
	int64_t stall_timeout_ms;
	bool nodns, pass_fd, scan, randomize, dccp, tcp_md5;
	int rtable;             /* -1: not given */
	int retry;              /* more tries; RETRY_FOREVER */
	int64_t retry_delay_ms; /* before the first of them */
	int parallel;           /* ports at the same time */
	const char *proxy;      /* as typed; NULL: none */
	int proxy_type;         /* enum proxy_type */
	int proxy_dns;          /* enum proxy_dns */
	const char *proxy_auth; /* USER[:PASS]; NULL: nobody */
	const char *source_port_text;
	int source_port; /* SOCKOPT_UNSET: not given */
	const char *source;
	/* SPEC[,SPEC...], and paths */
	struct texts allow, deny, allow_files, deny_files;
	bool tls;       /* towards the peer, or the clients */
	bool relay_tls; /* towards the target of relay */
	/* Who we are, whom we trust: paths or NULL, and texts as typed */
	const char *tls_ca, *tls_crl, *tls_cert, *tls_key, *tls_client_ca;
	const char *tls_name, *tls_alpn, *tls_ciphers;
	struct texts tls_pins; /* each "sha256:" and 64 hex digits */
	bool tls_tofu, tls_insecure, ssl_verify;
	const char *tls_tofu_file;    /* NULL: the default one */
	int64_t handshake_timeout_ms; /* of a client */
	int tls_min;                  /* enum tls_min */
	int starttls; /* enum starttls_protocol, in the order of options.def */
	bool crlf, recv_only, send_only, telnet;
	const char *exec;    /* the words of -e; NULL: not given */
	const char *sh_exec; /* the line of -c; NULL: not given */
	int64_t interval_ms;
	int recv_limit;             /* 0: none */
	int mtu;                    /* bytes */
	int shutdown;               /* enum shutdown */
	int64_t quit_after_ms;      /* negative: never */
	int64_t wait_ms;            /* TIME_UNSET: no limit */
	int64_t connect_timeout_ms; /* TIME_UNSET: no limit */
	int64_t idle_timeout_ms;    /* TIME_UNSET: no limit */
	int64_t linger_ms;
	const char *port_file; /* NULL: none */
	bool escape, hex;      /* what stdin is written in */
	/* bytes a second, 0: any; rate is for the directions without one */
	int64_t rate, rate_in, rate_out;
	int64_t max_bytes; /* of a direction; 0: any number */
	int64_t max_time_ms;
	const char *until;   /* as typed; NULL: not given */
	uint8_t *until_text; /* what it stands for; owned */
	size_t until_len;    /* bytes of it; 0: not given */
	int hash;            /* enum hash */
	/* Records: paths, "-" for stdout; NULL: none */
	const char *pcap, *hex_dump, *output, *output_in, *output_out;
	bool stdout_taken; /* one of them, or the report, is "-" */
	int pcap_port;     /* 0: the real one */
	bool force, append_output;
	int timestamps;     /* enum timestamps */
	const char *report; /* form[:file]; "": the usual; NULL: none */
	/* Of that: enum report_form, and a path, "-", or NULL for stderr */
	int report_form;
	const char *report_file;
	bool progress;
	int64_t size; /* bytes to come; 0: not given */
	int log_form; /* enum log_form */
	int ready_fd; /* -1: none */
	bool inetd;
	bool inherits;    /* a socket, instead of an address to listen on */
	int64_t drain_ms; /* TIME_UNSET: not given */
	struct sockopts sockopts;
	int verbose;
	int show; /* enum show */

	char *command;      /* owned; as it was typed, without passwords */
	const char *host;   /* name, address or path; NULL: any address */
	struct ports ports; /* to try in order; a listener has one */

	const char *tcp_md5_password; /* borrowed; asked for after parsing */

	/* Of the word in relay */
	char *relay_text;       /* owned; NULL: not given */
	const char *relay_host; /* in relay_text: a name or a path */
	int relay_port;         /* 0: it is a path */

	/* Of the words in proxy and proxy_auth; owned, NULL: not given */
	char *proxy_text, *proxy_user;
	const char *proxy_host; /* in proxy_text */
	int proxy_port;
	const char *proxy_pass; /* in proxy_user; NULL: none was typed */
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
