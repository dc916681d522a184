/* SPDX-License-Identifier: ISC */
/* readiness_rig.h - a listener's options, and what is told of it */
#ifndef NCX_TEST_READINESS_RIG_H
#define NCX_TEST_READINESS_RIG_H

#include <limits.h>

#include "readiness.h"

struct readiness_rig {
	struct options options;
	struct readiness readiness;
	char folder[32], file[PATH_MAX]; /* for the port; not made */
	char said[512];                  /* on stderr, by the last call */
};

void readiness_rig_init(struct readiness_rig *);
void readiness_rig_free(struct readiness_rig *);

/* readiness_check() and readiness_tell() give this status. */
void readiness_rig_check(struct readiness_rig *, enum status);
void readiness_rig_tell(struct readiness_rig *, const char *where, enum status);

/* The last call said "ncx: VERB failed: REASON". */
void readiness_rig_said(
    const struct readiness_rig *, const char *verb, const char *reason);

/* It is a good descriptor, and the write fails. */
void readiness_rig_broken(struct readiness_rig *, int fd, const char *reason);

#endif
