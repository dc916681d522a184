/* SPDX-License-Identifier: ISC */
/* fuzz.h - what the fuzzers share
 *
 * A fuzz_<parser>.c has the LLVMFuzzerTestOneInput() of one parser.  The build
 * type Fuzz links it with libFuzzer, every other with replay.c, which feeds it
 * the files of corpus/<parser>.  A promise that does not hold ends it by
 * abort(3). */
#ifndef NCX_FUZZ_H
#define NCX_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "dialogue.h"
#include "flow.h"
#include "starttls.h"

/* libFuzzer's name for it; always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define PROMISED(it)                                          \
	do {                                                  \
		if (!(it))                                    \
			fuzz_broken(#it, __FILE__, __LINE__); \
	} while (0)
void fuzz_broken(const char *promise, const char *file, int line)
    __attribute__((noreturn));

/* The bytes as a text, to be freed; it ends where they have a NUL. */
char *fuzz_text(const uint8_t *, size_t);

/* A dialogue that has said nothing yet, each time the same. */
typedef struct dialogue *fuzz_dialogue_fn(void *arg);

/* It hears the bytes one by one, and then what it took of them in one piece:
 * the end is the same.  When it hears all of them in one piece it does not take
 * more.  Its words can be printed. */
void fuzz_dialogue(fuzz_dialogue_fn *, void *arg, const uint8_t *, size_t);

/* The same for one that asks for TLS. */
void fuzz_starttls(enum starttls_protocol, const uint8_t *, size_t);

/* What the filter makes of the bytes, in runs of at most `step`: no more than
 * it said.  Frees the filter; *out is to be freed. */
void fuzz_filter(struct filter *, const uint8_t *, size_t n, size_t step,
    struct buffer *out);
bool fuzz_same(const struct buffer *, const struct buffer *);

#endif
