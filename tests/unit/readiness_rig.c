/* SPDX-License-Identifier: ISC */
/* readiness_rig.c - a listener's options, and what is told of it */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "readiness_rig.h"
#include "support.h"

void
readiness_rig_init(struct readiness_rig *r)
{
	*r = (struct readiness_rig){ .options = {
					 .listen = true, .ready_fd = -1 } };
	temp_folder_make(r->folder);
	strlcpy(r->file, temp_path(r->folder, "port"), sizeof(r->file));
}

void
readiness_rig_free(struct readiness_rig *r)
{
	temp_folder_remove(r->folder);
}

void
readiness_rig_check(struct readiness_rig *r, enum status status)
{
	struct capture c;
	enum status result;

	capture_start(&c, STDERR_FILENO);
	result = readiness_check(&r->options);
	capture_end(&c, r->said, sizeof(r->said));
	ck_assert_int_eq(result, status);
}

void
readiness_rig_tell(
    struct readiness_rig *r, const char *where, enum status status)
{
	struct capture c;
	enum status result;

	capture_start(&c, STDERR_FILENO);
	result = readiness_tell(&r->readiness, &r->options, where);
	capture_end(&c, r->said, sizeof(r->said));
	ck_assert_int_eq(result, status);
}

void
readiness_rig_said(
    const struct readiness_rig *r, const char *verb, const char *reason)
{
	char words[PATH_MAX + 128];

	snprintf(words, sizeof(words), "ncx: %s failed: %s\n", verb, reason);
	ck_assert_str_eq(r->said, words);
}

void
readiness_rig_broken(struct readiness_rig *r, int fd, const char *reason)
{
	char verb[64];

	snprintf(verb, sizeof(verb), "write to descriptor %d", fd);
	r->options.ready_fd = fd;
	readiness_rig_check(r, STATUS_OK);
	readiness_rig_tell(r, "51234", STATUS_LOCAL);
	readiness_rig_said(r, verb, reason);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
