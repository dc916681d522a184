/* SPDX-License-Identifier: ISC */
/* address_json.c - addresses as members of JSON objects */
#include "address_json.h"

static const char *
or_null(const char *text)
{
	return text == NULL || text[0] == '\0' ? NULL : text;
}

static void
members(struct json *j, const char *host, int port)
{
	json_string(j, "address", or_null(host));
	if (port == 0)
		json_null(j, "port");
	else
		json_integer(j, "port", port);
}

void
address_json_members(struct json *j, const struct address *a)
{
	struct address_text text;

	address_format(a, true, &text);
	members(j, text.host, address_port(a));
}

void
address_json(struct json *j, const char *key, const struct address *a)
{
	if (a->len == 0) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	address_json_members(j, a);
	json_close(j);
}

void
address_json_named(struct json *j, const char *key, const struct address *a,
    const char *name, int port)
{
	if (a->len == 0 && or_null(name) == NULL) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	if (a->len > 0)
		address_json_members(j, a);
	else
		members(j, NULL, port);
	json_string(j, "name", or_null(name));
	json_close(j);
}
