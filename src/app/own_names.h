/* SPDX-License-Identifier: ISC */
/* own_names.h - what this machine is called, for a certificate of its own */
#ifndef NCX_OWN_NAMES_H
#define NCX_OWN_NAMES_H

#include <stddef.h>

/* Addresses of interfaces; there may be thousands, as of containers */
#define OWN_ADDRESSES_MAX 64
/* Besides them: of the caller, of the host (twice), and localhost */
#define OWN_NAMES_MAX (OWN_ADDRESSES_MAX + 4)

struct own_names {
	const char *list[OWN_NAMES_MAX]; /* owned; each once */
	size_t count;                    /* at least 1 */
};

/* The host's name, whole if that costs no lookup; extra, such as what the user
 * said to listen on (NULL, what is no name, and an address that stands for any
 * are left out); localhost; and the addresses of all interfaces that are up,
 * without scopes.  What cannot be found is left out. */
void own_names_find(struct own_names *, const char *extra);
void own_names_free(struct own_names *);

#endif
