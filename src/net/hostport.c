/* SPDX-License-Identifier: ISC */
/* hostport.c - "host:port" as a user types it */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "hostport.h"

static const char *
split_bracketed(char *text, const char **host, const char **port)
{
	char *end = strchr(text, ']');

	if (end == NULL)
		return "missing closing bracket";
	if (end == text + 1)
		return "missing host";
	if (end[1] != '\0' && end[1] != ':')
		return "garbage port delimiter";
	if (end[1] == ':' && end[2] == '\0')
		return "missing port";
	*port = end[1] == ':' ? end + 2 : NULL;
	*host = text + 1;
	*end = '\0';
	return NULL;
}

const char *
hostport_split(char *text, const char **host, const char **port)
{
	char *colon = strchr(text, ':');
	bool bare_v6 = colon != NULL && strchr(colon + 1, ':') != NULL;

	if (text[0] == '[')
		return split_bracketed(text, host, port);
	if (text[0] == '\0' || (colon == text && !bare_v6))
		return "missing host";
	*host = text;
	*port = NULL;
	if (colon == NULL || bare_v6)
		return NULL;
	if (colon[1] == '\0')
		return "missing port";
	*colon = '\0';
	*port = colon + 1;
	return NULL;
}
