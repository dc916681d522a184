/* SPDX-License-Identifier: ISC */
/* known_peers_rig.h - known peers in a file of their own */
#ifndef NCX_KNOWN_PEERS_RIG_H
#define NCX_KNOWN_PEERS_RIG_H

#include <stddef.h>

#include "known_peers.h"

#define ZEROS "00000000000000000000000000000000000000000000000000000000000000"
#define PIN_A "sha256:" ZEROS "0a"
#define PIN_B "sha256:" ZEROS "0b"

struct known_rig {
	char folder[32];
	char path[64];
	unsigned bad_line;
	struct known_peers *known;
};

/* The file is not there, and nothing is read yet. */
void known_init(struct known_rig *);
/* With this text in the file, and read. */
void known_init_text(struct known_rig *, const char *text);
void known_free(struct known_rig *);

void known_write(const struct known_rig *, const char *text, size_t len);
void known_read_again(struct known_rig *);

void check_known_file(const struct known_rig *, const char *text);
void check_known(
    const struct known_rig *, const char *who, unsigned line, const char *pin);
void check_unknown(const struct known_rig *, const char *who);
/* line: the bad one, or 0 */
void check_unreadable(const char *path, int error, unsigned line);
void check_added(struct known_rig *, const char *who, const char *pin);
void check_not_added(
    struct known_rig *, const char *who, const char *pin, int error);

#endif
