/* SPDX-License-Identifier: ISC */
/* descriptors.c - how many descriptors there are to use */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "descriptors.h"

/* descriptors; for the loop, a lookup and what a library may open */
#define RESERVE 16

/* Those we were started with are below the first free one, as a rule. */
static rlim_t
in_use(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd != -1)
		close(fd);
	return fd == -1 ? 0 : (rlim_t)fd + RESERVE;
}

size_t
descriptors_for(size_t wanted, size_t each)
{
	rlim_t used = in_use(), need = used + wanted * each;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return 1;
	if (limit.rlim_cur < need && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = need < limit.rlim_max ? need : limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 ||
	    limit.rlim_cur < used + each)
		return 1;
	if (limit.rlim_cur >= need)
		return wanted;
	return (limit.rlim_cur - used) / each;
}

bool
no_descriptor(int error)
{
	return error == EMFILE || error == ENFILE;
}
