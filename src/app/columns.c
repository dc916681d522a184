/* SPDX-License-Identifier: ISC */
/* columns.c - lines whose words stand below each other */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "log.h"
#include "xalloc.h"

/* bytes of a line; longer ones are cut, as all messages are */
#define LINE_SIZE 2048

void
columns_add(struct columns *c, const char *const words[COLUMNS_MAX])
{
	if (c->count == c->cap) {
		c->cap = c->cap == 0 ? 16 : c->cap * 2;
		c->lines = xreallocarray(c->lines, c->cap, sizeof(c->lines[0]));
	}
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		c->lines[c->count][i] = xstrdup(words[i] ? words[i] : "");
	c->count++;
}

static int
width_of(const struct columns *c, size_t column)
{
	size_t widest = 0;

	for (size_t i = 0; i < c->count; i++) {
		size_t len = strlen(c->lines[i][column]);

		if (len > widest)
			widest = len;
	}
	return (int)widest;
}

static void
print_line(char *const words[COLUMNS_MAX], const int widths[COLUMNS_MAX])
{
	char text[LINE_SIZE];
	size_t len = 0;

	for (size_t i = 0; i < COLUMNS_MAX && len < sizeof(text); i++) {
		bool left = i == 0 || i == COLUMNS_MAX - 1;

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%*s",
		    i == 0 ? "" : " ", left ? -widths[i] : widths[i], words[i]);
	}
	len = strlen(text);
	while (len > 0 && text[len - 1] == ' ')
		text[--len] = '\0';
	log_line("%s", text);
}

void
columns_print(const struct columns *c)
{
	int widths[COLUMNS_MAX];

	for (size_t i = 0; i < COLUMNS_MAX; i++)
		widths[i] = width_of(c, i);
	for (size_t i = 0; i < c->count; i++)
		print_line(c->lines[i], widths);
}

void
columns_free(struct columns *c)
{
	for (size_t i = 0; i < c->count; i++) {
		for (size_t k = 0; k < COLUMNS_MAX; k++)
			free(c->lines[i][k]);
	}
	free(c->lines);
	*c = (struct columns){ 0 };
}
