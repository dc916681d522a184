/* SPDX-License-Identifier: ISC */
/* replay.c - feeds the files of a folder to a fuzzer, where libFuzzer is not */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "xalloc.h"

/* In memory of its own, so that a sanitizer sees who reads behind it. */
static void
replay(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint8_t *bytes;

	if (fd == -1 || fstat(fd, &st) == -1)
		err(1, "%s", name);
	bytes = xreallocarray(NULL, (size_t)st.st_size, 1);
	if (read(fd, bytes, (size_t)st.st_size) != st.st_size)
		err(1, "%s", name);
	close(fd);
	fprintf(stderr, "%s\n", name);
	LLVMFuzzerTestOneInput(bytes, (size_t)st.st_size);
	free(bytes);
}

int
main(int argc, char **argv)
{
	const struct dirent *entry;
	unsigned count = 0;
	DIR *dir;

	if (argc != 2)
		errx(1, "usage: replay FOLDER");
	dir = opendir(argv[1]);
	if (dir == NULL)
		err(1, "%s", argv[1]);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		replay(dirfd(dir), entry->d_name);
		count++;
	}
	closedir(dir);
	if (count == 0)
		errx(1, "%s: no files", argv[1]);
	return 0;
}
