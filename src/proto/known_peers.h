/* SPDX-License-Identifier: ISC */
/* known_peers.h - the file of --tls-tofu: who showed which certificate
 *
 * A line is HOST:PORT and a pin; # begins a comment.  The first line of a
 * HOST:PORT counts.  Several ncx may add to it at once. */
#ifndef NCX_KNOWN_PEERS_H
#define NCX_KNOWN_PEERS_H

#include <stddef.h>

struct known_peers;

/* The file need not be there.  NULL: errno; EINVAL: line *bad_line (from 1) is
 * none of ours. */
struct known_peers *known_peers_read(const char *path, unsigned *bad_line);
void known_peers_free(struct known_peers *); /* NULL is fine */

/* The pin of HOST:PORT, and the line that has it; NULL: it is not known.
 * The case of letters does not matter. */
const char *known_peers_find(
    const struct known_peers *, const char *who, unsigned *line);

/* Add a line, and make the file (mode 0600) and its folder (0700) if need be.
 * 0, or -1: errno */
int known_peers_add(struct known_peers *, const char *who, const char *pin);

const char *known_peers_path(const struct known_peers *);

#endif
