/* SPDX-License-Identifier: ISC */
/* unix_path.c - the path of a Unix socket that we made and have to remove */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "unix_path.h"

static int
bind_to(int fd, const struct address *a)
{
	return bind(fd, (const struct sockaddr *)&a->addr, a->len);
}

/* 0 when nobody listens at the path any more, or -1: errno.  No listener
 * notices the question: a stream refuses a datagram socket by its type. */
static int
check_stale(const char *path, const struct address *a)
{
	struct stat st;
	int fd, error;

	if (lstat(path, &st) == -1)
		return -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	error = connect(fd, (const struct sockaddr *)&a->addr, a->len) == -1 ?
	    errno :
	    0;
	close(fd);
	if (error == ECONNREFUSED)
		return 0;
	errno = error == EACCES ? EACCES : EADDRINUSE;
	return -1;
}

static int
look(const char *path, struct statx *st)
{
	return statx(
	    AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, st);
}

/* An inode number may be another's by now, so the birth counts as well. */
static bool
same_file(const struct statx *a, const struct statx *b)
{
	return a->stx_dev_major == b->stx_dev_major &&
	    a->stx_dev_minor == b->stx_dev_minor && a->stx_ino == b->stx_ino &&
	    a->stx_btime.tv_sec == b->stx_btime.tv_sec &&
	    a->stx_btime.tv_nsec == b->stx_btime.tv_nsec;
}

int
unix_path_bind(struct unix_path *own, int fd, const struct address *a)
{
	struct address_text text;

	address_format(a, true, &text);
	if (a->addr.ss_family != AF_UNIX || text.host[0] == '@')
		return bind_to(fd, a);
	if (bind_to(fd, a) == -1) {
		if (errno != EADDRINUSE || check_stale(text.host, a) == -1)
			return -1;
		if (unlink(text.host) == -1 || bind_to(fd, a) == -1)
			return -1;
	}
	if (look(text.host, &own->made) == -1) {
		unlink(text.host);
		return -1;
	}
	strlcpy(own->path, text.host, sizeof(own->path));
	return 0;
}

void
unix_path_remove(struct unix_path *own)
{
	struct statx now;

	if (own->path[0] != '\0' && look(own->path, &now) == 0 &&
	    same_file(&now, &own->made))
		unlink(own->path);
	own->path[0] = '\0';
}
