/* SPDX-License-Identifier: ISC */
/* admission.h - who may come in, as the options and their files say */
#ifndef NCX_ADMISSION_H
#define NCX_ADMISSION_H

#include <stdbool.h>

#include "endpoint.h"
#include "loop.h"
#include "options.h"
#include "status.h"

struct admission;

/* Called at the end of the first reading, and of each that was asked for later:
 * STATUS_OK, or why the lists cannot be had; that has been printed.  It must
 * not free the admission. */
typedef void admission_fn(enum status, void *arg);

/* Nobody is allowed yet.  Options and loop are borrowed. */
struct admission *admission_new(
    const struct options *, struct loop *, admission_fn *ready, void *arg);

/* The first reading of files and looking up of names, without holding up the
 * loop.  May call back before it returns. */
void admission_start(struct admission *);

/* See access_allows(): a peer that is not IP, or NULL, always is. */
bool admission_allows(const struct admission *, const struct address *peer);

/* False: there are no lists to read again. */
bool admission_has_lists(const struct admission *);

/* Read and look up all of it again.  Meanwhile, and where anything fails, which
 * is printed, what was known stays in force.  If that is under way, it is done
 * once more afterwards. */
void admission_reload(struct admission *);

/* The loop must not run any more; it may be free.  NULL is fine. */
void admission_free(struct admission *);

#endif
