/* SPDX-License-Identifier: ISC */
/* starttls_script.h - what we and a server say to each other before TLS */
#ifndef NCX_TEST_STARTTLS_SCRIPT_H
#define NCX_TEST_STARTTLS_SCRIPT_H

#include "hearing.h"
#include "starttls.h"

/* What both sides say, one after the other, and how that ends. */
struct talk_script {
	struct {
		struct bytes said, heard;
	} turns[4];
	const char *error; /* NULL: TLS may begin */
};

/* Plays each script to its end: the answers one by one, and all at once, in
 * pieces of many sizes; at a yes also with more behind it.  Our name is
 * "me.example". */
void play_starttls(
    enum starttls_protocol, const struct talk_script *scripts, size_t count);

/* The server sends this, `count` times, behind its answers so far; this is
 * the end. */
void check_flood(enum starttls_protocol, const char *answers, const char *piece,
    size_t count, const char *error);

/* Random bytes end any talk. */
void check_noise(enum starttls_protocol, struct bytes likely);

#endif
