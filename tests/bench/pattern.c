/* SPDX-License-Identifier: ISC */

/* pattern.c - the bytes that load.c sends and compares */

#include <sys/mman.h>

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pattern.h"

void
pattern_make(struct pattern *p)
{
	char line[PATTERN_LINE + 1], *bytes;

	p->fd = memfd_create("pattern", MFD_CLOEXEC);
	if (p->fd == -1 || ftruncate(p->fd, (off_t)PATTERN_SIZE) == -1)
		err(1, "pattern");
	bytes = mmap(
	    NULL, PATTERN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, p->fd, 0);
	if (bytes == MAP_FAILED)
		err(1, "pattern");
	for (unsigned i = 0; i < PATTERN_LINES; i++) {
		snprintf(line, sizeof(line), "%c client %06u\n", "ud"[i % 2],
		    i % 1000000);
		memcpy(bytes + (size_t)i * PATTERN_LINE, line, PATTERN_LINE);
	}
	p->bytes = bytes;
}

size_t
pattern_piece(uint64_t at, uint64_t wanted)
{
	uint64_t left = PATTERN_SIZE - at % PATTERN_SIZE;

	return wanted < left ? wanted : left;
}

bool
pattern_matches(const struct pattern *p, uint64_t at, const char *buf, size_t n)
{
	while (n > 0) {
		size_t piece = pattern_piece(at, n);

		if (memcmp(buf, p->bytes + at % PATTERN_SIZE, piece) != 0)
			return false;
		at += piece;
		buf += piece;
		n -= piece;
	}
	return true;
}
