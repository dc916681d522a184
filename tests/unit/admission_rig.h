/* SPDX-License-Identifier: ISC */
/* admission_rig.h - an admission in a folder of its own */
#ifndef NCX_TEST_ADMISSION_RIG_H
#define NCX_TEST_ADMISSION_RIG_H

#include "admission.h"
#include "command_line.h"
#include "network.h"

/* What is said of a word, after it. */
#define WRONG "expected an address, a prefix such as 10.0.0.0/8, or a name\n"

struct admission_rig {
	struct options o;
	struct loop loop;
	struct admission *admission;
	char folder[32];
	struct capture capture;
	unsigned answers; /* so often */
	enum status status;
	char text[4096];     /* what stderr has seen */
	const char *replace; /* when ready: the FIFO by a file; NULL: not */
};

/* We are in the folder then, and files can be written. */
void admission_rig_init(struct admission_rig *);
void write_bytes(const char *name, const void *, size_t);
void write_text(const char *name, const char *text);
int admission_rig_fifo(void); /* makes "fifo": we are its writer */

/* With a listener's options. */
void admission_rig_start(struct admission_rig *, const char *options);

/* Until nothing is under way; text is what was said since the last time. */
void admission_rig_run(struct admission_rig *);

bool admission_rig_allows(const struct admission_rig *, const char *peer);

/* It ended once, in this way, and said this. */
void admission_rig_check(
    const struct admission_rig *, enum status, const char *text);

/* Nothing more may have been said, and no child be left. */
void admission_rig_free(struct admission_rig *);

#endif
