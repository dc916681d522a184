/* SPDX-License-Identifier: ISC */

/* proc.c - what /proc says about a server */

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc.h"

long
proc_kib(pid_t pid, const char *name)
{
	char path[64], line[256];
	size_t len = strlen(name);
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			kib = strtol(line + len + 1, NULL, 10);
	fclose(f);
	return kib;
}

/* The next entry that is a number; -1: there is none. */
static long
next_number(DIR *dir)
{
	const struct dirent *e;

	while ((e = readdir(dir)) != NULL)
		if (isdigit((unsigned char)e->d_name[0]))
			return strtol(e->d_name, NULL, 10);
	return -1;
}

long
proc_ticks(pid_t pid)
{
	char path[64], line[1024] = "", state = 'Z';
	long utime = 0, stime = 0, cutime = 0, cstime = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if ((f = fopen(path, "r")) == NULL)
		return -1;
	/* the name before the bracket may have anything in it */
	if (fgets(line, sizeof(line), f) != NULL && strrchr(line, ')') != NULL)
		sscanf(strrchr(line, ')') + 1,
		    " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u"
		    " %ld %ld %ld %ld",
		    &state, &utime, &stime, &cutime, &cstime);
	fclose(f);
	return state == 'Z' ? -1 : utime + stime + cutime + cstime;
}

unsigned
proc_descriptors(pid_t pid)
{
	char path[64];
	unsigned n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	if ((dir = opendir(path)) == NULL)
		return 0;
	while (next_number(dir) != -1)
		n++;
	closedir(dir);
	return n;
}

/* Returns the state; 0: it has ended meanwhile. */
static char
state_and_parent(long pid, int *parent)
{
	char path[64], line[512] = "", state = 0;
	const char *rest;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	/* the name before the bracket may have anything in it */
	if (fgets(line, sizeof(line), f) == NULL ||
	    (rest = strrchr(line, ')')) == NULL ||
	    sscanf(rest + 1, " %c %d", &state, parent) != 2)
		state = 0;
	fclose(f);
	return state;
}

unsigned
proc_children(pid_t pid, unsigned *zombies)
{
	unsigned n = 0;
	int parent = 0;
	long other;
	DIR *dir;

	*zombies = 0;
	if ((dir = opendir("/proc")) == NULL)
		return 0;
	while ((other = next_number(dir)) != -1) {
		char state = state_and_parent(other, &parent);

		if (state == 0 || parent != pid)
			continue;
		n++;
		*zombies += state == 'Z';
	}
	closedir(dir);
	return n;
}
