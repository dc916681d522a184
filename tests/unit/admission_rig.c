/* SPDX-License-Identifier: ISC */
/* admission_rig.c - an admission in a folder of its own */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admission_rig.h"
#include "log.h"

void
admission_rig_init(struct admission_rig *r)
{
	*r = (struct admission_rig){ .answers = 0 };
	temp_folder_make(r->folder);
	ck_assert_int_eq(chdir(r->folder), 0);
	ck_assert_int_eq(loop_init(&r->loop), 0);
}

void
write_bytes(const char *name, const void *bytes, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

void
write_text(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

int
admission_rig_fifo(void)
{
	int fd;

	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	fd = open("fifo", O_RDWR | O_CLOEXEC);
	ck_assert_int_ne(fd, -1);
	return fd;
}

static void
note(enum status status, void *arg)
{
	struct admission_rig *r = arg;

	r->answers++;
	r->status = status;
	if (r->replace != NULL) {
		unlink("fifo");
		write_text("fifo", r->replace);
	}
}

void
admission_rig_start(struct admission_rig *r, const char *options)
{
	char line[512];

	snprintf(line, sizeof(line), "-l 80 %s", options);
	r->o = line_parsed(line);
	log_set_level(r->o.verbose);
	capture_start(&r->capture, STDERR_FILENO);
	r->admission = admission_new(&r->o, &r->loop, note, r);
	admission_start(r->admission);
}

void
admission_rig_run(struct admission_rig *r)
{
	ck_assert_int_eq(loop_run(&r->loop), 0);
	capture_end(&r->capture, r->text, sizeof(r->text));
	capture_start(&r->capture, STDERR_FILENO);
}

bool
admission_rig_allows(const struct admission_rig *r, const char *peer)
{
	struct address *list = NULL;
	bool result;

	address_add(&list, peer, 4321, SOCK_STREAM);
	result = admission_allows(r->admission, list);
	address_free(list);
	return result;
}

void
admission_rig_check(
    const struct admission_rig *r, enum status status, const char *text)
{
	ck_assert_str_eq(r->text, text);
	ck_assert_uint_ge(r->answers, 1);
	ck_assert_int_eq(r->status, status);
	if (status != STATUS_OK)
		ck_assert(!admission_rig_allows(r, "10.0.0.1"));
}

void
admission_rig_free(struct admission_rig *r)
{
	char text[16];

	capture_end(&r->capture, text, sizeof(text));
	ck_assert_str_eq(text, "");
	log_set_level(0);
	loop_free(&r->loop);
	admission_free(r->admission);
	options_free(&r->o);
	ck_assert_int_eq(chdir("/"), 0);
	temp_folder_remove(r->folder);
	ck_assert(!has_children());
}
