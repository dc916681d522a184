/* SPDX-License-Identifier: ISC */
/* unix_path.c - the path of a Unix socket that we made and have to remove */
#include <errno.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "unix_path.h"

static int
bind_to(int fd, const struct address *a)
{
	return bind(fd, (const struct sockaddr *)&a->addr, a->len);
}

/* 0 when nobody listens at the path any more, or -1: errno */
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
	fd = socket(AF_UNIX, a->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
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

int
unix_path_bind(struct unix_path *own, int fd, const struct address *a)
{
	struct address_text text;
	struct stat st;

	address_format(a, true, &text);
	if (a->addr.ss_family != AF_UNIX || text.host[0] == '@')
		return bind_to(fd, a);
	if (bind_to(fd, a) == -1) {
		if (errno != EADDRINUSE || check_stale(text.host, a) == -1)
			return -1;
		if (unlink(text.host) == -1 || bind_to(fd, a) == -1)
			return -1;
	}
	if (lstat(text.host, &st) == -1)
		return -1;
	strlcpy(own->path, text.host, sizeof(own->path));
	own->device = st.st_dev;
	own->inode = st.st_ino;
	return 0;
}

void
unix_path_remove(struct unix_path *own)
{
	struct stat st;

	if (own->path[0] != '\0' && lstat(own->path, &st) == 0 &&
	    st.st_dev == own->device && st.st_ino == own->inode)
		unlink(own->path);
	own->path[0] = '\0';
}
