/* SPDX-License-Identifier: ISC */
/* hearing.h - lets a dialogue hear what a test has for it */
#ifndef NCX_TEST_HEARING_H
#define NCX_TEST_HEARING_H

#include "dialogue.h"
#include "support.h"

/* Bytes that may have a NUL among them. */
struct bytes {
	const char *at; /* NULL: none */
	size_t len;
};
#define BYTES(text)                    \
	{                              \
		text, sizeof(text) - 1 \
	}

/* What a session says right behind the last answer. */
#define SESSION "SSH-2.0-x\r\n\r\n"

/* It hears the bytes, at most `step` at once, until it wants no more; *used is
 * how many it took.  Fails where that is not as dialogue.h says. */
enum dialogue_result hear(
    struct dialogue *, const void *, size_t n, size_t step, size_t *used);

/* What it wants to say is exactly this; takes it. */
void expect_said(struct dialogue *, const void *, size_t n);

/* Random bytes, most of them drawn from `likely`.  It has to end, at the latest
 * after `limit` of them. */
void hear_noise(
    struct dialogue *, uint64_t seed, struct bytes likely, size_t limit);

#endif
