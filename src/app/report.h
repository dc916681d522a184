/* SPDX-License-Identifier: ISC */
/* report.h - what a session was, in text and in JSON
 *
 * The facts are fields of the session, its relay and its channels, and are
 * gathered at its end, while the sockets are still open.  Times are ns, of
 * clock.h where they are points. */
#ifndef NCX_REPORT_H
#define NCX_REPORT_H

#include "ending.h"
#include "json.h"
#include "session.h"
#include "tcp_facts.h"

/* A connection: that of the session, or its upstream. */
struct report_leg {
	const struct session *session; /* whose timeline and TLS it is */
	const struct options *options;
	struct address local, remote; /* len 0: not known, or none */
	struct address proxy;         /* likewise */
	/* As it was typed, or looked up; "": there is none but the number, or
	 * the path */
	char name[ADDRESS_TEXT];
	int port; /* of the remote address, or behind the proxy; 0: none */
	/* How long these took, those that were done; -1: there was none */
	int64_t lookup_ns, connect_ns, proxy_ns, tls_ns;
	struct tcp_facts tcp;
};

/* What went one way; all 0 where nothing did. */
struct report_way {
	uint64_t bytes, moves;
	int64_t first_ns, last_ns, end_ns, acked_ns; /* 0: not, or not yet */
	int64_t goodput; /* bytes a second, first to last; -1: no telling */
};

enum report_acknowledged { ACKED_NO, ACKED_YES, ACKED_UNKNOWN };

struct report {
	const struct session *session;
	const char *protocol; /* "tcp", "udp", "unix", "unix-datagram", ... */
	struct report_leg leg;
	bool has_upstream;
	struct report_leg upstream;
	struct report_way received, sent;
	enum report_acknowledged acknowledged;
	struct ending ending;
	int64_t duration_ns;
};

/* In a watcher's end.  What it points to belongs to the session. */
void report_gather(struct report *, const struct session *);

/* "protocol", "local" and "remote" of a session whose channel is up. */
void report_ends_json(
    struct json *, const struct session *, const struct channel *);

/* A sentence: who, for how long, how many bytes, how it ended. */
#define REPORT_SENTENCE (2 * ADDRESS_TEXT + 512)
void report_sentence(const struct report *, char text[REPORT_SENTENCE]);

/* The same of a relay that is over, of a peer that came to us. */
void report_relay_sentence(const struct session *, const struct relay *,
    enum relay_result, int64_t ms, char text[REPORT_SENTENCE]);

/* An object on one line, without its end. */
void report_json(const struct report *, struct json *);

/* Lines for people.  The caller frees it. */
char *report_text(const struct report *);

/* Both steps in one: the JSON of a session in its watcher's end.  The caller
 * frees it. */
char *report_json_text(const struct session *);

#endif
