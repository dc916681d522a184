/* SPDX-License-Identifier: ISC */
/* known_peers.h - the file of --tls-tofu: who showed which certificate
 *
 * A line is HOST:PORT and a pin, with blanks between; a line that begins with #
 * is a comment.  The first line of a HOST:PORT counts.  What is no letter to be
 * seen in it (the blank in the path of a Unix socket) is written as vis(3)
 * does.  Several ncx may add to the file at once. */
#ifndef NCX_KNOWN_PEERS_H
#define NCX_KNOWN_PEERS_H

#include <stddef.h>

/* bytes; a larger file is EFBIG */
#define KNOWN_PEERS_MAX (4 * 1024 * 1024)

struct known_peers;

/* The file need not be there.  NULL: errno; EINVAL: line *bad_line (from 1) is
 * none of ours; ENOTSUP: it is no regular file. */
struct known_peers *known_peers_read(const char *path, unsigned *bad_line);
void known_peers_free(struct known_peers *); /* NULL is fine */

/* The pin of HOST:PORT, and the line that has it; NULL: it is not known.
 * The case of letters does not matter.  Valid until the next addition. */
const char *known_peers_find(
    const struct known_peers *, const char *who, unsigned *line);

/* Add a line, and make the file (mode 0600) and its folder (0700) if need be,
 * and that one's.  0, also where somebody else was first with the same pin; or
 * -1: errno, EEXIST: somebody was first with another pin; the file is as it
 * was. */
int known_peers_add(struct known_peers *, const char *who, const char *pin);

const char *known_peers_path(const struct known_peers *);

#endif
