/* SPDX-License-Identifier: ISC */
/* address_json.h - addresses as members of JSON objects */
#ifndef NCX_ADDRESS_JSON_H
#define NCX_ADDRESS_JSON_H

#include "endpoint.h"
#include "json.h"

/* "address": the number, or the path; null where there is none (len 0, a Unix
 * socket without a name).  "port": null where there is none. */
void address_json_members(struct json *, const struct address *);

/* An object of these; null for len 0. */
void address_json(struct json *, const char *key, const struct address *);

/* The same with a "name", "" or NULL where there is none but the number; the
 * port is for an address that is not known.  Null where there is neither. */
void address_json_named(struct json *, const char *key, const struct address *,
    const char *name, int port);

#endif
