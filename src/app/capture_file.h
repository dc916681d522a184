/* SPDX-License-Identifier: ISC */
/* capture_file.h - the file of a capture: whole blocks, each by one write
 *
 * The first ones are there when it has been opened, the others as soon as there
 * is something to tell: it can be read while it is written. */
#ifndef NCX_CAPTURE_FILE_H
#define NCX_CAPTURE_FILE_H

#include "endpoint.h"
#include "options.h"
#include "pcapng.h"
#include "status.h"

struct capture_file;

/* That of --pcap; both texts are comments of all of it.  NULL: *status, and it
 * has been said. */
struct capture_file *capture_file_open(const struct options *,
    const char *comment, const char *command, enum status *status);

/* False: nothing more is written. */
bool capture_file_works(const struct capture_file *);

/* A point of clock_ns() as time since 1970, in ns: goes on steadily, unless the
 * system's clock is set. */
int64_t capture_file_time(struct capture_file *, int64_t at_ns);

/* A conversation_put_fn, whose arg the file is. */
void capture_file_packet(const struct pcapng_packet *, void *arg);

/* The name of an IP address; a number and NULL are no names. */
void capture_file_name(
    struct capture_file *, const struct address *, const char *name);

/* What has been written so far, with these comments. */
void capture_file_statistics(
    struct capture_file *, const struct pcapng_comments *);

/* Frees it.  STATUS_OK: it is complete; else that has been said */
enum status capture_file_close(struct capture_file *);

#endif
