/* SPDX-License-Identifier: ISC */
/* support.h - what the unit tests share */
#ifndef NCX_TEST_SUPPORT_H
#define NCX_TEST_SUPPORT_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "channel.h"
#include "flow.h"
#include "loop.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ms; how long something that must happen may take on a busy machine */
#define PATIENCE_MS 10000

/* Runs the tests of a module; how many failed. */
int run_tests(const char *module, const TTest *const *tests, size_t count);

/* The same numbers for the same seed, everywhere. */
struct rng {
	uint64_t state;
};
struct rng rng_of(uint64_t seed);
uint64_t rng_next(struct rng *);
size_t rng_below(struct rng *, size_t n); /* 0 to n - 1 */
void rng_fill(struct rng *, void *, size_t);

/* Descriptors; a test fails where the system has none to give. */
void pair_of(int type, int fds[2]); /* Unix sockets */
void tcp_pair(int fds[2]);          /* over loopback */
void pipe_pair(int fds[2]);         /* [0] reads, [1] writes */
int file_of(const void *, size_t);  /* without a name, at its start */
void set_nonblocking(int fd);
void close_pair(const int fds[2]);

/* Without waiting: what is there, or -1. */
ssize_t take(int fd, void *, size_t);
void put(int fd, const char *text); /* all of it, in one go */

/* What comes next is exactly this text. */
void expect(int fd, const char *text);
void expect_end(int fd);  /* end of file */
void expect_none(int fd); /* nothing now, and not the end either */

/* A file from its start. */
size_t file_bytes(int fd, void *, size_t);

/* poll(2) for what the channel waits for; false: it did not come at once. */
bool channel_ready(struct channel *, unsigned wanted);
/* The same, but it must come. */
void channel_await(struct channel *, unsigned wanted);

/* Pumps, as long as there is something to do or to be had without waiting. */
void flow_settle_at(struct flow *, int64_t now_ms);

/* Runs the loop and frees it; fails when it does not end. */
int drive(struct loop *);

/* A task by hand, without a loop: at a time of our choice, never sleeping. */
struct bench {
	struct task *task; /* NULL: finished */
	struct pollset set;
	int64_t now_ms;
	int64_t deadline_ms; /* of the last turn */
	unsigned turns;      /* since bench_settle() */
};
/* Turns until nothing more can be done now.  False: it is finished. */
bool bench_settle(struct bench *);
void bench_free(struct bench *);

/* Descriptor fd goes to a file until capture_end(), which gives its text. */
struct capture {
	int fd, saved, file;
};
void capture_start(struct capture *, int fd);
void capture_end(struct capture *, char *text, size_t size);

/* A folder for sockets; temp_path() of it is valid until the next call. */
void temp_folder_make(char folder[32]);
void temp_folder_remove(const char *folder);
const char *temp_path(const char *folder, const char *name);

#endif
