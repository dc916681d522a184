/* SPDX-License-Identifier: ISC */
/* known_peers_rig.c - known peers in a file of their own */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "known_peers_rig.h"
#include "support.h"

void
known_init(struct known_rig *r)
{
	*r = (struct known_rig){ 0 };
	temp_folder_make(r->folder);
	snprintf(r->path, sizeof(r->path), "%s/known", r->folder);
}

void
known_free(struct known_rig *r)
{
	known_peers_free(r->known);
	temp_folder_remove(r->folder);
}

void
known_write(const struct known_rig *r, const char *text, size_t len)
{
	FILE *f = fopen(r->path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

void
check_known_file(const struct known_rig *r, const char *want)
{
	char text[2048];
	int fd = open(r->path, O_RDONLY | O_CLOEXEC);

	ck_assert_int_ne(fd, -1);
	text[file_bytes(fd, text, sizeof(text) - 1)] = '\0';
	close(fd);
	ck_assert_str_eq(text, want);
}

void
known_read_again(struct known_rig *r)
{
	known_peers_free(r->known);
	r->known = known_peers_read(r->path, &r->bad_line);
	ck_assert_msg(r->known != NULL, "%s", strerror(errno));
}

void
known_init_text(struct known_rig *r, const char *text)
{
	known_init(r);
	known_write(r, text, strlen(text));
	known_read_again(r);
}

void
check_known(
    const struct known_rig *r, const char *who, unsigned line, const char *pin)
{
	unsigned found = 0;

	ck_assert_str_eq(known_peers_find(r->known, who, &found), pin);
	ck_assert_uint_eq(found, line);
}

void
check_unknown(const struct known_rig *r, const char *who)
{
	unsigned line;

	ck_assert_ptr_null(known_peers_find(r->known, who, &line));
}

void
check_unreadable(const char *path, int error, unsigned line)
{
	unsigned bad_line = 99;

	errno = 0;
	ck_assert_ptr_null(known_peers_read(path, &bad_line));
	ck_assert_int_eq(errno, error);
	ck_assert_uint_eq(bad_line, line);
}

void
check_added(struct known_rig *r, const char *who, const char *pin)
{
	ck_assert_msg(known_peers_add(r->known, who, pin) == 0, "%s: %s", who,
	    strerror(errno));
}

void
check_not_added(
    struct known_rig *r, const char *who, const char *pin, int error)
{
	errno = 0;
	ck_assert_int_eq(known_peers_add(r->known, who, pin), -1);
	ck_assert_int_eq(errno, error);
}
