/* SPDX-License-Identifier: ISC */
/* connect_story.c - the attempts to connect in words */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "connect_story.h"
#include "log.h"

/* bytes; "HOST port PORT", or a path */
#define PLACE_TEXT (ADDRESS_JOINED + sizeof(" port"))

static const char *
place(const struct address *a, char text[PLACE_TEXT])
{
	struct address_text words;

	address_format(a, true, &words);
	if (a->addr.ss_family == AF_UNIX)
		snprintf(text, PLACE_TEXT, "%s",
		    words.host[0] == '\0' ? "a socket without a path" :
					    words.host);
	else
		snprintf(
		    text, PLACE_TEXT, "%s port %s", words.host, words.port);
	return text;
}

/* What goes out to find out. */
static const char *
means(const struct address *to)
{
	if (to->addr.ss_family == AF_UNIX)
		return "";
	return to->socktype == SOCK_DGRAM ? " (UDP: nothing is sent for that)" :
					    " (a SYN is sent)";
}

void
connect_tell_start(
    const char *about, const struct address *to, const struct address *source)
{
	char there[PLACE_TEXT], here[PLACE_TEXT];

	if (log_level() < 2)
		return;
	place(to, there);
	if (source == NULL)
		log_step(about, "trying %s%s", there, means(to));
	else
		log_step(about, "trying %s from %s%s", there,
		    place(source, here), means(to));
}

/* In a student's words, where the system's are not enough. */
static const char *
outcome(const struct connect_attempt *attempt)
{
	bool stream = attempt->to->socktype == SOCK_STREAM &&
	    attempt->to->addr.ss_family != AF_UNIX;

	switch (attempt->error) {
	case ECANCELED:
		return "given up: another address was quicker";
	case ECONNREFUSED:
		return stream ? "refused: nobody listens there, says its "
				"system by a reset (RST)" :
				"refused: nobody listens there";
	case ETIMEDOUT:
		return "timed out: no answer";
	case ENETUNREACH:
	case EHOSTUNREACH:
		return "unreachable: no way leads there";
	default:
		return strerror(attempt->error);
	}
}

/* Without a port in it there is nothing to tell of our own address. */
static void
tell_connected(const char *about, const struct connect_attempt *attempt,
    const char *there, double ms)
{
	bool stream = attempt->to->socktype == SOCK_STREAM;
	char here[PLACE_TEXT];

	if (attempt->to->addr.ss_family == AF_UNIX || attempt->local.len == 0)
		log_step(about, "connected to %s in %.3f ms", there, ms);
	else if (stream)
		log_step(about,
		    "connected to %s from %s in %.3f ms (SYN, SYN-ACK, ACK)",
		    there, place(&attempt->local, here), ms);
	else
		log_step(about, "%s is the peer of our socket, %s", there,
		    place(&attempt->local, here));
}

void
connect_tell_end(const char *about, const struct connect_attempt *attempt)
{
	double ms = (double)(attempt->end_ns - attempt->start_ns) / 1e6;
	char there[PLACE_TEXT];
	int error = errno;

	if (log_level() < 2)
		return;
	place(attempt->to, there);
	if (attempt->error == 0)
		tell_connected(about, attempt, there, ms);
	else if (strcmp(attempt->what, "connect") == 0)
		log_step(
		    about, "%s after %.3f ms: %s", there, ms, outcome(attempt));
	else
		log_step(about, "%s not tried: %s: %s", there, attempt->what,
		    strerror(attempt->error));
	errno = error;
}
